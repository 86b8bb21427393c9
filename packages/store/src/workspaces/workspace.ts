/** The workspace of a run, as one attempt works in it. */
import { rm } from 'node:fs/promises';
import { checkPath, matchesGlob } from '@tenuto/contract';
import { type FileNote, type Workspace, WorkspaceError, type WorkspaceFile } from '@tenuto/engine';
import { hashOf } from '../blobs/blob-hash.ts';
import { announceBlobs } from '../queries/stored-blobs.ts';
import { openFolder } from './open-folder.ts';
import { recordFiles } from './record-files.ts';
import { writeIncoming } from './restore-files.ts';
import type { Desk } from './run-folder.ts';
import { placeFile, readWhole, withFile } from './safe-file.ts';
import { takeUpFiles } from './take-up.ts';

/** Most that is read at once when nothing is said. */
const READ_BYTES = 16 * 1024 * 1024;

type Faults = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function workspaceAt(desk: Desk, faults: Faults): Workspace {
  const { run } = desk;
  return {
    folder: run.folder,
    read: (path, { maxBytes = READ_BYTES } = {}) =>
      faults(() => withFile(run.folder, named(path), (file) => readWhole(file, maxBytes))),
    write: (path, bytes, note) => faults(() => writeFile(desk, { path: named(path), bytes, note })),
    async list(glob) {
      const files: WorkspaceFile[] = [];
      for (const [path, { sizeBytes, hash }] of run.known.files) {
        if (glob === undefined || matchesGlob(glob, path)) files.push({ path, sizeBytes, hash });
      }
      return files.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    takeUp: (notes = () => undefined) => faults(() => run.alone(() => takeUpFiles(desk, notes))),
  };
}

/** @throws WorkspaceError `outside` or `bad_name` */
function named(path: string): string {
  const checked = checkPath(path);
  if ('path' in checked) return checked.path;
  const kind = /^[/\\~]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(path) ? 'outside' : 'bad_name';
  throw new WorkspaceError(kind, `The path ${checked.fault}`);
}

interface Writing {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly note: FileNote | undefined;
}

async function writeFile(desk: Desk, { path, bytes, note }: Writing): Promise<WorkspaceFile> {
  const { parts, run } = desk;
  const { fileBytes } = parts.limits;
  if (bytes.length > fileBytes) {
    throw new WorkspaceError('too_large', `${path} would have more than ${fileBytes} bytes.`);
  }
  const file = { path, hash: hashOf(bytes), sizeBytes: bytes.length };
  refuseCollision(desk, path);
  await announceBlobs(parts.db, [file.hash]);
  await parts.blobs.put(bytes);
  const from = await writeIncoming(parts, bytes);
  try {
    await run.alone(async () => {
      refuseCollision(desk, path);
      await checkPlace(run.folder, path);
      if (run.known.files.get(path)?.hash !== file.hash || note !== undefined) {
        const version = await recordFiles(desk, [{ ...file, note }]);
        if (run.version !== undefined) run.version = version;
      }
      await place(desk, { ...file, from });
    });
  } finally {
    await rm(from, { force: true });
  }
  return file;
}

function refuseCollision({ run }: Desk, path: string): void {
  const other = run.known.collision(path);
  if (other === undefined) return;
  const sentence = `${path} would be the same as ${other} on some systems: use one spelling.`;
  throw new WorkspaceError('bad_name', sentence);
}

/** Looks whether a file can be put there at all, before anything is written down. */
async function checkPlace(root: string, path: string): Promise<void> {
  const parts = path.split('/');
  const folder = await openFolder(root, parts.slice(0, -1), 'make');
  await folder.close();
  const inside = await openFolder(root, parts).catch((error: unknown) => {
    if (error instanceof WorkspaceError) return undefined;
    throw error;
  });
  if (inside === undefined) return;
  await inside.close();
  throw new WorkspaceError('not_a_file', `${path} is a folder.`);
}

async function place(
  { run }: Desk,
  { path, from, hash, sizeBytes }: WorkspaceFile & { readonly from: string },
): Promise<void> {
  try {
    const mark = await placeFile(run.folder, { path, from, onTheWay: 'make' });
    run.known.set(path, { hash, sizeBytes, mark });
  } catch (error) {
    // It is written down: whoever opens the folder next puts it there.
    run.version = undefined;
    throw error;
  }
}
