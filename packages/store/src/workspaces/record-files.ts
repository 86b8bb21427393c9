/** Writing down in the database what was written into a workspace. */
import { isInternal, NO_PHASE } from '@tenuto/contract';
import { artifactKindOf, type FileNote, WorkspaceError, type WorkspaceUse } from '@tenuto/engine';
import {
  addVersions,
  endVersions,
  isAttemptOver,
  lockManifest,
  type NewVersion,
  saveHead,
} from '../queries/manifest.ts';
import { transaction } from '../queries/transaction.ts';
import type { Desk, WorkspaceLimits } from './run-folder.ts';

export interface WrittenFile {
  readonly path: string;
  /** Absent: it is gone. */
  readonly hash?: string;
  readonly sizeBytes: number;
  readonly note?: FileNote | undefined;
}

/**
 * Makes what was written the current versions; their bytes are in the store of blobs already.
 * @returns the version of the workspace from then on
 * @throws WorkspaceError `quota`; `unavailable` when the attempt is over and has no say any more
 */
export async function recordFiles(
  { parts: { db, limits }, use }: Pick<Desk, 'parts' | 'use'>,
  written: readonly WrittenFile[],
): Promise<number> {
  const versions = written.map((file) => versionOf(use, file));
  return transaction(db, async (session) => {
    const head = await lockManifest(session, use.runId);
    if (await isAttemptOver(session, use)) {
      throw new WorkspaceError('unavailable', 'The attempt is over: what it writes is not kept.');
    }
    const paths = versions.map(({ path }) => path);
    const freed = await endVersions(session, use, { paths, generation: head.generation });
    const added = versions.filter(({ hash }) => hash !== undefined);
    const next = {
      version: head.version + versions.length,
      files: head.files - freed.files + added.length,
      bytes: head.bytes - freed.bytes + added.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
    if (added.length > 0) refuseBeyond(limits, next);
    await addVersions(session, use, head, versions);
    await saveHead(session, use.runId, next);
    return next.version;
  });
}

function refuseBeyond(
  { runBytes, runFiles }: WorkspaceLimits,
  { files, bytes }: { readonly files: number; readonly bytes: number },
): void {
  if (files > runFiles) {
    throw new WorkspaceError('quota', `A run may have ${runFiles} files, and these are more.`);
  }
  if (bytes > runBytes) {
    throw new WorkspaceError(
      'quota',
      `The files of a run may take ${runBytes} bytes, all their versions together, and these take more.`,
    );
  }
}

function versionOf(use: WorkspaceUse, { path, hash, sizeBytes, note }: WrittenFile): NewVersion {
  const kind = artifactKindOf(path);
  return {
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    hash,
    sizeBytes,
    internal: isInternal(path),
    phase: kind.phase ?? use.phase ?? NO_PHASE,
    type: note?.type ?? kind.type,
    mediaType: kind.mediaType,
    description: note?.description,
  };
}
