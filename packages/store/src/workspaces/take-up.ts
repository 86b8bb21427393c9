/** Taking up what commands have done to the files of a workspace. */
import {
  BlobError,
  type BlobStore,
  type FileNote,
  type LeftOut,
  type TakenUp,
  WorkspaceError,
  type WorkspaceFile,
} from '@tenuto/engine';
import { announceBlobs } from '../queries/stored-blobs.ts';
import { sideBySide } from '../side-by-side.ts';
import { walkFolder } from './folder-walk.ts';
import { createKnownFiles } from './known-files.ts';
import { recordFiles, type WrittenFile } from './record-files.ts';
import type { Desk } from './run-folder.ts';
import { type FileMark, hashFile, isSameFile, markOf, piecesOf, withFile } from './safe-file.ts';

const AT_ONCE = 16;

interface Changed extends WorkspaceFile {
  readonly mark: FileMark;
}

type Notes = (path: string) => FileNote | undefined;

/** @throws WorkspaceError `quota`, `unavailable` */
export async function takeUpFiles(desk: Desk, notes: Notes): Promise<TakenUp> {
  const { parts, run } = desk;
  const { ignored, runFiles: maxFiles } = parts.limits;
  const walked = await walkFolder(run.folder, { ignored, maxFiles });
  const leftOut = [...walked.leftOut];
  const changed: Changed[] = [];
  await sideBySide(newerFiles(desk, walked.files, leftOut), AT_ONCE, async (path) => {
    const seen = await lookAt(run.folder, path, leftOut);
    const known = run.known.files.get(path);
    if (seen === undefined) return;
    if (seen.hash === known?.hash) run.known.set(path, { ...known, mark: seen.mark });
    else changed.push(seen);
  });
  const stored = await storeFiles(desk, changed, leftOut);
  const gone = [...run.known.files.keys()].filter((path) => !walked.files.has(path));
  await record(desk, { gone, stored }, notes);
  return { files: stored.map(({ mark: _, ...file }) => file), leftOut };
}

async function record(
  desk: Desk,
  { gone, stored }: { readonly gone: readonly string[]; readonly stored: readonly Changed[] },
  notes: Notes,
): Promise<void> {
  const { run } = desk;
  if (gone.length + stored.length === 0) return;
  const version = await recordFiles(desk, [
    ...gone.map((path): WrittenFile => ({ path, sizeBytes: 0 })),
    ...stored.map(({ path, hash, sizeBytes }) => ({ path, hash, sizeBytes, note: notes(path) })),
  ]);
  for (const path of gone) run.known.remove(path);
  for (const { path, ...file } of stored) run.known.set(path, file);
  if (run.version !== undefined) run.version = version;
}

/** Files that are not as they were last seen, without those that cannot be taken up. */
function newerFiles(
  { parts: { limits }, run }: Desk,
  found: ReadonlyMap<string, FileMark>,
  leftOut: LeftOut[],
): readonly string[] {
  const newer = [...found].filter(
    ([path, mark]) => !isSameFile(run.known.files.get(path)?.mark, mark),
  );
  const names = createKnownFiles();
  if (newer.some(([path]) => !run.known.files.has(path))) {
    for (const [path, file] of run.known.files) if (found.has(path)) names.set(path, file);
  }
  const taken: string[] = [];
  for (const [path, mark] of newer.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const collision = names.collision(path);
    if (mark.sizeBytes > limits.fileBytes) {
      leftOut.push({ path, reason: `has more than ${limits.fileBytes} bytes` });
    } else if (collision !== undefined) {
      leftOut.push({ path, reason: `is the same as ${collision} on some systems` });
    } else {
      names.set(path, { hash: '', sizeBytes: 0, mark: undefined });
      taken.push(path);
    }
  }
  return taken;
}

/** A file with its hash; undefined when it has gone, or is no plain file any more. */
async function lookAt(
  folder: string,
  path: string,
  leftOut: LeftOut[],
): Promise<Changed | undefined> {
  try {
    return await withFile(folder, path, async (file) => {
      const hash = await hashFile(file);
      return { path, hash, sizeBytes: file.mark.sizeBytes, mark: file.mark };
    });
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    if (error.kind !== 'missing') leftOut.push({ path, reason: 'is no plain file any more' });
    return undefined;
  }
}

/**
 * Stores bytes under the hashes that they had a moment ago; a file that is being written meanwhile
 * is left for the next time.
 */
async function storeFiles(
  desk: Desk,
  changed: readonly Changed[],
  leftOut: LeftOut[],
): Promise<readonly Changed[]> {
  const { parts } = desk;
  await announceBlobs(
    parts.db,
    changed.map(({ hash }) => hash),
  );
  const stored: Changed[] = [];
  await parts.blobs.putMany((put) =>
    sideBySide(changed, AT_ONCE, async (file) => {
      if (await storeFile(put, desk, file)) stored.push(file);
      else leftOut.push({ path: file.path, reason: 'was being written' });
    }),
  );
  return stored.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function storeFile(
  blobsPut: BlobStore['put'],
  { parts: { limits }, run }: Desk,
  { path, hash, mark }: Changed,
): Promise<boolean> {
  try {
    return await withFile(run.folder, path, async ({ handle, mark: now }) => {
      if (!isSameFile(mark, now)) return false;
      const put = await blobsPut(piecesOf(handle), { maxBytes: limits.fileBytes });
      return put.hash === hash && isSameFile(mark, markOf(await handle.stat({ bigint: true })));
    });
  } catch (error) {
    if (error instanceof BlobError && error.kind === 'too_large') return false;
    if (error instanceof WorkspaceError) return false;
    throw error;
  }
}
