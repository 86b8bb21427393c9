/** What is done now and then about files of runs, in the database, the store of blobs and on the disk. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactChores } from '@tenuto/engine';
import {
  dropBlobs,
  dropOldArtifacts,
  runsLongOver,
  unwantedBlobs,
} from '../queries/artifact-prune.ts';
import { INCOMING } from './restore-files.ts';
import type { WorkspaceParts } from './run-folder.ts';
import type { OpenWorkspaces } from './workspaces.ts';

/** Looked at in one round. */
const FOLDERS = 500;
const BLOB_PAGES = 5;
/** Removed in one transaction, while whoever puts the same bytes waits. */
const BLOBS_AT_ONCE = 50;
const LEFT_OVER_MS = 24 * 3_600_000;
const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NOTHING = new Uint8Array();

export function createArtifactChores(
  parts: WorkspaceParts,
  workspaces: Pick<OpenWorkspaces, 'clear'>,
): ArtifactChores {
  const { db, blobs, root } = parts;
  // Where the next round goes on; a round that comes to the end begins anew.
  let blobsSeen: Uint8Array = NOTHING;
  let foldersSeen = '';
  return {
    dropArtifacts: (olderThanMs) => dropOldArtifacts(db, olderThanMs),
    async dropBlobs() {
      let dropped = 0;
      for (let page = 0; page < BLOB_PAGES; page += 1) {
        const { hashes, last } = await unwantedBlobs(db, blobsSeen);
        for (let at = 0; at < hashes.length; at += BLOBS_AT_ONCE) {
          dropped += await dropBlobs(db, hashes.slice(at, at + BLOBS_AT_ONCE), blobs.remove);
        }
        blobsSeen = last ?? NOTHING;
        if (last === undefined) break;
      }
      return dropped;
    },
    async dropFolders(olderThanMs) {
      await dropLeftOvers(parts);
      const names = (await readdir(root).catch(() => []))
        .filter((name) => RUN_ID.test(name))
        .sort();
      const some = names.filter((name) => name > foldersSeen).slice(0, FOLDERS);
      foldersSeen = some.length === FOLDERS ? (some.at(-1) ?? '') : '';
      if (some.length === 0) return 0;
      const over = await runsLongOver(db, some, olderThanMs);
      for (const runId of over) await workspaces.clear(runId);
      return over.length;
    },
  };
}

/** Files on their way into a workspace whose process has died. */
async function dropLeftOvers({ root, clock }: WorkspaceParts): Promise<void> {
  const folder = join(root, INCOMING);
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < clock.wall() - LEFT_OVER_MS) {
      await rm(join(folder, name), { force: true });
    }
  }
}
