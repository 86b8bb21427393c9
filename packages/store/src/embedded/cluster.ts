import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { SUPERUSER } from './connection.ts';
import { ensureSpace, SPACE } from './disk-space.ts';
import type { Logger } from './log.ts';
import { makePrivateFolder, own, type RunUser } from './run-user.ts';
import { errorCode, StoreError } from './store-error.ts';
import { runTool } from './tool.ts';

export interface ClusterOptions {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly user: RunUser | undefined;
  readonly logger: Logger;
  /** Asked of clients when the server listens where other users get at it. */
  readonly password?: string;
}

const STAGING = 'pg-initialising-';
const MARKER = 'made-by-tenuto';

export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'pg');
}

/**
 * Makes sure that `<dataDir>/pg` is a data folder for these binaries. A new one is made beside it
 * and appears whole, so a process that is killed here leaves only a marked folder, which the next
 * start removes.
 * @throws StoreError for data of another major version, for what is not ours, and for lack of space
 */
export async function prepareCluster(options: ClusterOptions): Promise<void> {
  const { dataDir, binaries } = options;
  await clearStaging(dataDir);
  const major = await majorVersionOf(clusterFolder(dataDir));
  if (major === undefined) return initialise(options);
  if (major === binaries.major) return;
  throw new StoreError(
    `${clusterFolder(dataDir)} was made by PostgreSQL ${major}, and the programs in ` +
      `${binaries.folder} are version ${binaries.version}. Set TENUTO_POSTGRES_BIN to the programs ` +
      `of PostgreSQL ${major}; to move to ${binaries.major}, start a server of the old version and ` +
      'copy the data with "tenuto db copy".',
  );
}

/** Undefined when there is no data folder yet, or an empty one. */
async function majorVersionOf(folder: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(join(folder, 'PG_VERSION'), 'utf8'), 10);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return undefined;
  throw new StoreError(
    `${folder} is not empty and holds no PostgreSQL data that is whole (PG_VERSION is missing). ` +
      'It was not left like this by Tenuto, so it is not touched: restore it or move it away.',
  );
}

async function clearStaging(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  for (const name of names.filter((each) => each.startsWith(STAGING))) {
    const folder = join(dataDir, name);
    const inside = await readdir(folder);
    if (inside.includes(MARKER)) {
      // An initdb whose starter was killed may still be writing there.
      await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 50 });
    } else if (inside.length === 0) {
      await rmdir(folder);
    } else {
      throw new StoreError(
        `${folder} looks like a data folder whose making was interrupted, but lacks the file ` +
          `${MARKER} that Tenuto puts there, so it is not touched: move it away and start again.`,
      );
    }
  }
}

async function initialise(options: ClusterOptions): Promise<void> {
  const { dataDir, user, logger } = options;
  await ensureSpace({ dataDir, logger }, SPACE.initBytes);
  const staging = join(dataDir, `${STAGING}${randomUUID()}`);
  await makePrivateFolder(staging, user);
  await writeFile(join(staging, MARKER), '', { flag: 'wx' });
  await syncFolder(staging);
  try {
    await runInitdb(options, staging);
    await rmdir(clusterFolder(dataDir)).catch(() => {});
    await rename(join(staging, 'data'), clusterFolder(dataDir));
    await syncFolder(dataDir);
    logger.info({ folder: clusterFolder(dataDir) }, 'made a new PostgreSQL data folder');
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function runInitdb(options: ClusterOptions, staging: string): Promise<void> {
  const { binaries, user, password } = options;
  const passwordFile = join(staging, 'password');
  if (password !== undefined) {
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    await own(passwordFile, user);
  }
  const access =
    password === undefined
      ? ['--auth=trust']
      : ['--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const locale = ['--encoding=UTF8', '--locale=C'];
  if (binaries.major >= 17) locale.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  try {
    await runTool(binaries.folder, {
      tool: 'initdb',
      arguments: [
        ...['-D', join(staging, 'data'), '-U', SUPERUSER, '--data-checksums'],
        ...access,
        ...locale,
      ],
      user,
      cwd: staging,
    });
  } catch (error) {
    throw new StoreError(`A PostgreSQL data folder could not be made: ${String(error)}`, error);
  }
}

/** Makes new names in a folder survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
