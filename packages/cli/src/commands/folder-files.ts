import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of a folder. Links, sockets and devices are none: they are left out. */
export interface FolderFile {
  /** Relative to the folder, with `/` between its parts. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly file: string;
}

const MOST_FILES = 100_000;
const MOST_DEPTH = 64;

/** @param skips what is not gone into */
export async function* filesIn(
  folder: string,
  skips: (path: string) => boolean,
): AsyncGenerator<FolderFile> {
  let left = MOST_FILES;
  const open: { readonly path: string; readonly depth: number }[] = [{ path: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const entries = await readdir(join(folder, next.path), { withFileTypes: true });
    const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of sorted) {
      const path = next.path === '' ? entry.name : `${next.path}/${entry.name}`;
      if (skips(path)) continue;
      if (entry.isDirectory() && next.depth < MOST_DEPTH) {
        open.push({ path, depth: next.depth + 1 });
      } else if (entry.isFile()) {
        left -= 1;
        if (left < 0) return;
        const file = join(folder, path);
        const { size } = await lstat(file);
        yield { path, sizeBytes: size, file };
      }
    }
  }
}

/** The bytes of a file that is not too large, with the hash of its content in any case. */
export async function contentOf(
  { file, sizeBytes }: FolderFile,
  mostBytes: number,
): Promise<{ readonly hash: string; readonly bytes?: Uint8Array }> {
  const hash = createHash('sha256');
  if (sizeBytes <= mostBytes) {
    const bytes = await readFile(file);
    return { hash: hash.update(bytes).digest('hex'), bytes };
  }
  for await (const piece of createReadStream(file)) hash.update(piece);
  return { hash: hash.digest('hex') };
}
