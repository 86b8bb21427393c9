import { cp, lstat, open, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { own, type RunUser } from './run-user.ts';

export interface CopyOptions {
  /** Folder of the programs; `lib` and `share` are beside it. */
  readonly folder: string;
  readonly version: string;
  readonly dataDir: string;
  readonly user: RunUser | undefined;
}

/** The parts of an installation; PostgreSQL finds its libraries and data beside its programs. */
const PARTS = ['lib', 'share'];

/**
 * Copies an installation (60 MB) into `<dataDir>/postgres-<version>` for a user that cannot reach
 * the original, once: a copy that is there is used again.
 * @returns the folder of the copied programs
 */
export async function copyBinaries(options: CopyOptions): Promise<string> {
  const { folder, version, dataDir, user } = options;
  const target = join(dataDir, `postgres-${version}`);
  const programs = join(target, basename(folder));
  if (await exists(programs)) return programs;
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  try {
    const copying = { recursive: true, verbatimSymlinks: true } as const;
    for (const part of [basename(folder), ...PARTS]) {
      await cp(join(dirname(folder), part), join(partial, part), copying);
    }
    for (const link of await missingLinks(dirname(folder))) await makeLink(partial, link);
    await settle(partial, user);
    await rename(partial, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return programs;
}

/**
 * npm packages cannot hold links; the package makes them in an install script, which many
 * installations do not allow. Makes those that are missing.
 * @returns the folder again
 * @throws Error when there is nothing to restore, or the package is not ours to write
 */
export async function restoreLinks(folder: string): Promise<string> {
  const root = dirname(folder);
  const missing = await missingLinks(root);
  if (missing.length === 0) throw new Error('no link is missing');
  for (const link of missing) await makeLink(root, link);
  return folder;
}

/**
 * The version of a package whose programs cannot say it for lack of their links.
 * @throws Error when links are not what it lacks
 */
export async function versionWithoutLinks(folder: string): Promise<string> {
  const root = dirname(folder);
  if ((await missingLinks(root)).length === 0) throw new Error('no link is missing');
  const found: unknown = JSON.parse(await readFile(join(dirname(root), 'package.json'), 'utf8'));
  if (typeof found === 'object' && found !== null && 'version' in found) {
    if (typeof found.version === 'string') return found.version;
  }
  throw new Error('its package has no version');
}

/** A link to make; both paths are relative to the root of the installation. */
interface Link {
  readonly source: string;
  readonly target: string;
}

async function makeLink(root: string, { source, target }: Link): Promise<void> {
  await symlink(relative(dirname(target), source), join(root, target));
}

async function missingLinks(root: string): Promise<readonly Link[]> {
  const text = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const list: unknown = JSON.parse(text);
  const links = Array.isArray(list) ? list.map(linkOf) : [];
  const present = await Promise.all(links.map(({ target }) => exists(join(root, target))));
  return links.filter((_, index) => present[index] === false);
}

/** An entry of the package's list, whose paths begin with the name of its folder. */
function linkOf(entry: unknown): Link {
  if (typeof entry === 'object' && entry !== null && 'source' in entry && 'target' in entry) {
    const [source, target] = [withinRoot(entry.source), withinRoot(entry.target)];
    if (source !== undefined && target !== undefined) return { source, target };
  }
  throw new Error('pg-symlinks.json has an entry that is not a link inside the package');
}

function withinRoot(path: unknown): string | undefined {
  const inside = typeof path === 'string' ? /^native\/(.+)$/.exec(path)?.[1] : undefined;
  return inside?.split('/').includes('..') ? undefined : inside;
}

/** Hands a tree to its user and sees it onto the disk, so that what the rename shows is whole. */
async function settle(path: string, user: RunUser | undefined): Promise<void> {
  const found = await lstat(path);
  await own(path, user);
  if (found.isDirectory()) {
    for (const name of await readdir(path)) await settle(join(path, name), user);
  }
  if (!found.isFile()) return;
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
