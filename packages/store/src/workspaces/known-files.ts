/** The files of a workspace as this process knows them. */
import { collisionKey } from '@tenuto/contract';
import type { FileMark } from './safe-file.ts';

export interface KnownFile {
  readonly hash: string;
  readonly sizeBytes: number;
  /** As it was last seen in the folder; absent when it is not known to be there. */
  readonly mark: FileMark | undefined;
}

export interface KnownFiles {
  readonly files: ReadonlyMap<string, KnownFile>;
  set(path: string, file: KnownFile): void;
  remove(path: string): void;
  /** What another path is called that some system would take for this one, or for a folder of it. */
  collision(path: string): string | undefined;
}

interface Name {
  readonly path: string;
  uses: number;
}

export function createKnownFiles(): KnownFiles {
  const files = new Map<string, KnownFile>();
  /** Of files and of the folders that they are in. */
  const names = new Map<string, Name>();
  return {
    files,
    set(path, file) {
      if (!files.has(path)) {
        for (const [key, way] of waysTo(path)) {
          const name = names.get(key);
          if (name === undefined) names.set(key, { path: way, uses: 1 });
          else name.uses += 1;
        }
      }
      files.set(path, file);
    },
    remove(path) {
      if (!files.delete(path)) return;
      for (const [key] of waysTo(path)) {
        const name = names.get(key);
        if (name === undefined) continue;
        name.uses -= 1;
        if (name.uses === 0) names.delete(key);
      }
    },
    collision(path) {
      for (const [key, way] of waysTo(path)) {
        const name = names.get(key);
        if (name !== undefined && name.path !== way) return name.path;
      }
      return undefined;
    },
  };
}

/** A path and the folders on the way to it, each with its key. */
function* waysTo(path: string): Generator<readonly [key: string, way: string]> {
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
    const way = path.slice(0, end);
    yield [collisionKey(way), way];
  }
  yield [collisionKey(path), path];
}
