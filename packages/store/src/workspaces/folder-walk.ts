/** What there is in a folder: its plain files, and what is none. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPath } from '@tenuto/contract';
import { type LeftOut, WorkspaceError } from '@tenuto/engine';
import { codeOf } from '../system-code.ts';
import { openFolder } from './open-folder.ts';
import { type FileMark, markOf, oddityOf } from './safe-file.ts';

export interface Walked {
  readonly files: ReadonlyMap<string, FileMark>;
  readonly leftOut: readonly LeftOut[];
}

export interface WalkOptions {
  /** Names of folders that are not looked into. */
  readonly ignored: ReadonlySet<string>;
  /** Files that there may be. */
  readonly maxFiles: number;
}

/** How much is told of what is left out. */
const LEFT_OUT_MOST = 1_000;

/** @throws WorkspaceError `quota` when there are more files than there may be */
export async function walkFolder(root: string, options: WalkOptions): Promise<Walked> {
  const files = new Map<string, FileMark>();
  const leftOut: LeftOut[] = [];
  const leave = (path: string, reason: string) => {
    if (leftOut.length < LEFT_OUT_MOST) leftOut.push({ path, reason });
  };
  const open: string[][] = [[]];
  for (let parts = open.pop(); parts !== undefined; parts = open.pop()) {
    for await (const entry of entriesOf(root, parts)) {
      const path = [...parts, entry.name].join('/');
      const checked = checkPath(path);
      if (entry.found.isDirectory() && options.ignored.has(entry.name)) continue;
      if ('fault' in checked) leave(path, checked.fault.replace(/\.$/, ''));
      else if (checked.path !== path) leave(path, 'is not in the normal form of Unicode (NFC)');
      else if (entry.found.isDirectory()) open.push([...parts, entry.name]);
      else {
        const oddity = oddityOf(entry.found);
        if (oddity !== undefined) leave(path, oddity);
        else files.set(path, markOf(entry.found));
      }
      if (files.size > options.maxFiles) {
        throw new WorkspaceError('quota', `There are more than ${options.maxFiles} files.`);
      }
    }
  }
  return { files, leftOut };
}

async function* entriesOf(root: string, parts: readonly string[]) {
  const folder = await openFolder(root, parts).catch((error: unknown) => {
    // It was there a moment ago, and is not, or is something else.
    if (parts.length > 0 && error instanceof WorkspaceError) return undefined;
    throw error;
  });
  if (folder === undefined) return;
  try {
    for (const name of await readdir(folder.path)) {
      try {
        yield { name, found: await lstat(join(folder.path, name), { bigint: true }) };
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
    }
  } finally {
    await folder.close();
  }
}
