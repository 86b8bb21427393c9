/** Making a folder what the manifest says. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { WorkspaceError } from '@tenuto/engine';
import { PRIVATE_FOLDER } from '../blobs/spool.ts';
import {
  currentFiles,
  knownPaths,
  type ManifestFile,
  type ManifestHead,
} from '../queries/manifest.ts';
import { sideBySide } from '../side-by-side.ts';
import { walkFolder } from './folder-walk.ts';
import { createKnownFiles, type KnownFile, type KnownFiles } from './known-files.ts';
import type { RunFolder, WorkspaceParts } from './run-folder.ts';
import {
  type FileMark,
  hashFile,
  isSameFile,
  placeFile,
  removeFile,
  withFile,
} from './safe-file.ts';

const AT_ONCE = 8;
const PRIVATE_FILE = 0o600;
/** Beside the workspaces: files on their way into one, and which generation each folder shows. */
export const INCOMING = '.incoming';
const GENERATIONS = '.generations';

/**
 * Brings a folder to the present versions of its files. What is there and was never written down
 * stays, unless the run has gone back since: then it was left by what does not count any more.
 * @throws WorkspaceError `unavailable` when bytes are missing
 */
export async function restoreFiles(
  parts: WorkspaceParts,
  run: RunFolder,
  head: Pick<ManifestHead, 'version' | 'generation'>,
): Promise<void> {
  run.version = undefined;
  await mkdir(run.folder, { recursive: true, mode: PRIVATE_FOLDER });
  const wanted = new Map(
    (await currentFiles(parts.db, run.runId)).map((file) => [file.path, file]),
  );
  const { files: present } = await walkFolder(run.folder, {
    ignored: parts.limits.ignored,
    maxFiles: Number.POSITIVE_INFINITY,
  });
  const known = createKnownFiles();
  await sideBySide(wanted.values(), AT_ONCE, async (file) => {
    known.set(file.path, await restored(parts, run, { file, present: present.get(file.path) }));
  });
  const strays = [...present.keys()].filter((path) => !wanted.has(path));
  const shown = await shownGeneration(parts, run);
  const wentBack = shown !== undefined && shown !== head.generation;
  const once = wentBack ? new Set(strays) : await knownPaths(parts.db, run.runId, strays);
  for (const path of once) await removeFile(run.folder, path);
  await showGeneration(parts, run, head.generation);
  run.known = known;
  run.generation = head.generation;
  run.version = head.version;
}

async function restored(
  parts: WorkspaceParts,
  run: RunFolder,
  { file, present }: { readonly file: ManifestFile; readonly present: FileMark | undefined },
): Promise<KnownFile> {
  const { path, hash, sizeBytes } = file;
  if (present !== undefined && present.sizeBytes === sizeBytes) {
    const before = run.known.files.get(path);
    const seen = before?.hash === hash && isSameFile(before.mark, present);
    if (seen || (await holds(run, path, hash))) return { hash, sizeBytes, mark: present };
  }
  return { hash, sizeBytes, mark: await fetchFile(parts, run, file) };
}

async function holds({ folder }: RunFolder, path: string, hash: string): Promise<boolean> {
  try {
    return (await withFile(folder, path, hashFile)) === hash;
  } catch (error) {
    if (error instanceof WorkspaceError) return false;
    throw error;
  }
}

async function fetchFile(
  parts: WorkspaceParts,
  { folder }: RunFolder,
  { path, hash }: ManifestFile,
): Promise<FileMark> {
  const pieces = await parts.blobs.open(hash);
  if (pieces === undefined) {
    throw new WorkspaceError('unavailable', `The bytes of ${path} (${hash}) are missing.`);
  }
  const from = await incomingPath(parts);
  try {
    await pipeline(pieces, createWriteStream(from, { flags: 'wx', mode: PRIVATE_FILE }));
    return await placeFile(folder, { path, from, onTheWay: 'replace' });
  } finally {
    await rm(from, { force: true });
  }
}

/** Writes bytes beside the workspaces, to be put in their place when all else is done. */
export async function writeIncoming(parts: WorkspaceParts, bytes: Uint8Array): Promise<string> {
  const from = await incomingPath(parts);
  await writeFile(from, bytes, { flag: 'wx', mode: PRIVATE_FILE });
  return from;
}

async function incomingPath({ root, newName }: WorkspaceParts): Promise<string> {
  const folder = join(root, INCOMING);
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  return join(folder, newName());
}

/** Which generation a folder was last made to show. */
async function shownGeneration({ root }: WorkspaceParts, run: RunFolder) {
  try {
    const text = await readFile(join(root, GENERATIONS, run.runId), 'utf8');
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

async function showGeneration({ root }: WorkspaceParts, run: RunFolder, generation: number) {
  const folder = join(root, GENERATIONS);
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  await writeFile(join(folder, run.runId), String(generation), { mode: PRIVATE_FILE });
}

/** Removes what a run has on this machine. */
export async function removeFolder(root: string, runId: string): Promise<void> {
  await rm(join(root, runId), { recursive: true, force: true });
  await rm(join(root, GENERATIONS, runId), { force: true });
}

export const noFiles: () => KnownFiles = createKnownFiles;
