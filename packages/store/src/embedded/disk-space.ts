import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './log.ts';
import { StoreError } from './store-error.ts';

const MIB = 1024 * 1024;

export const SPACE = {
  /** A new cluster (40 MiB), its first WAL and the reserve. */
  initBytes: 192 * MIB,
  /** What crash recovery may need before a server can answer. */
  startBytes: 32 * MIB,
  /** Kept as a file, to be given up when the disk is full: room to recover and to clean up in. */
  reserveBytes: 64 * MIB,
  /** Below this new work should be refused, while what is under way can still be finished. */
  lowBytes: 128 * MIB,
  pollMs: 1_000,
} as const;

/** `full`: the reserve is given up; `low`: accept nothing new. */
export type SpaceLevel = 'ok' | 'low' | 'full';

export interface SpaceOptions {
  readonly dataDir: string;
  readonly logger: Logger;
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Makes sure of free space, giving up the reserve if need be.
 * @throws StoreError that names the folder and the numbers
 */
export async function ensureSpace(
  { dataDir, logger }: SpaceOptions,
  needBytes: number,
): Promise<void> {
  if ((await freeBytes(dataDir)) >= needBytes) return;
  if (await releaseReserve(dataDir)) {
    logger.warn({ dataDir }, 'the disk is full: gave up the reserve file');
  }
  const free = await freeBytes(dataDir);
  if (free >= needBytes) return;
  throw new StoreError(
    `The disk that holds ${dataDir} is full: PostgreSQL needs ${toMiB(needBytes)} MiB there and ` +
      `${toMiB(free)} MiB are free. Make room, or choose a data folder on another disk.`,
  );
}

/**
 * Settles when there is room to start a server.
 * @throws what aborted `signal`
 */
export async function untilSpace(options: SpaceOptions, signal: AbortSignal): Promise<void> {
  for (let told = false; ; told = true) {
    try {
      return await ensureSpace(options, SPACE.startBytes);
    } catch (error) {
      if (!told) options.logger.error({ error }, 'PostgreSQL waits for room on the disk');
    }
    await delay(SPACE.pollMs, undefined, { signal });
  }
}

export interface SpaceWatch {
  level(): SpaceLevel;
  stop(): Promise<void>;
}

/** Looks at the free space from time to time, and keeps the reserve. */
export function watchSpace(options: SpaceOptions): SpaceWatch {
  const { dataDir, logger } = options;
  const stopping = new AbortController();
  let level: SpaceLevel = 'ok';

  async function watch(): Promise<void> {
    for (;;) {
      // Not at once: a start, which looked itself, should not compete with the making of a reserve.
      await delay(SPACE.pollMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      const found = await checkSpace(options).catch((error: unknown) => {
        logger.warn({ dataDir, error }, 'the free space cannot be watched');
        return level;
      });
      if (found !== level) logger.warn({ dataDir, level: found }, 'free space on the disk changed');
      level = found;
    }
  }

  const ended = watch();
  return {
    level: () => level,
    stop() {
      stopping.abort();
      return ended;
    },
  };
}

/** Looks at the free space once: gives the reserve up, or makes it again when there is room. */
async function checkSpace({ dataDir, logger }: SpaceOptions): Promise<SpaceLevel> {
  const free = await freeBytes(dataDir);
  if (free < SPACE.startBytes) {
    if (await releaseReserve(dataDir)) {
      logger.error({ dataDir, freeBytes: free }, 'the disk is full: gave up the reserve file');
    }
    return 'full';
  }
  if (free < SPACE.lowBytes) return 'low';
  if (free >= SPACE.lowBytes + 2 * SPACE.reserveBytes) await makeReserve(dataDir);
  return 'ok';
}

function reservePath(dataDir: string): string {
  return join(dataDir, 'reserve');
}

async function releaseReserve(dataDir: string): Promise<boolean> {
  return rm(reservePath(dataDir)).then(
    () => true,
    () => false,
  );
}

async function makeReserve(dataDir: string): Promise<void> {
  const path = reservePath(dataDir);
  if ((await stat(path).catch(() => undefined))?.size === SPACE.reserveBytes) return;
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  // Random bytes, because a file system that compresses would keep no room for zeros.
  const noise = randomBytes(MIB);
  const file = await open(partial, 'wx', 0o600);
  try {
    for (let written = 0; written < SPACE.reserveBytes; written += MIB)
      await file.appendFile(noise);
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

function toMiB(bytes: number): number {
  return Math.round(bytes / MIB);
}
