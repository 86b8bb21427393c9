import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ask, isRoot, recordingLogger, temporaryFolder } from '../../test/embedded.ts';
import { ensureSpace, freeBytes, SPACE, untilSpace, watchSpace } from './disk-space.ts';
import { startEmbedded } from './index.ts';
import { silentLogger } from './log.ts';
import { errorCode } from './store-error.ts';

const MIB = 1024 * 1024;
const PATIENCE = { timeout: 50_000, interval: 20 };

/** Small disks are file systems in memory, which only root can mount. */
function canMount(): boolean {
  if (!isRoot || process.platform !== 'linux') return false;
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
}

async function disk(sizeMiB: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=755`, 'none', folder]);
  return folder;
}

async function unmount(folder: string): Promise<void> {
  execFileSync('umount', [folder]);
  await rmdir(folder);
}

async function temporaryDisk(sizeMiB: number): Promise<string> {
  const folder = await disk(sizeMiB);
  onTestFinished(() => unmount(folder));
  return folder;
}

/** Writes until only `leftBytes` are free; a server that writes too may be first to the end. */
async function fill(folder: string, leftBytes: number): Promise<void> {
  const file = await open(join(folder, 'ballast'), 'a');
  const chunk = Buffer.alloc(MIB);
  try {
    while ((await freeBytes(folder)) >= leftBytes + MIB) await file.appendFile(chunk);
  } catch (error) {
    if (errorCode(error) !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
}

async function makeRoom(folder: string): Promise<void> {
  await rm(join(folder, 'ballast'));
}

function watched(dataDir: string, logger = silentLogger) {
  const watch = watchSpace({ dataDir, logger });
  onTestFinished(() => watch.stop());
  return watch;
}

test('free space is what a file system says is free for all users', async () => {
  const folder = await temporaryFolder();
  expect(await freeBytes(folder)).toBeGreaterThan(0);
  await expect(freeBytes(join(folder, 'missing'))).rejects.toThrow(/ENOENT/);
});

test('a need that nothing can meet is refused with the folder and the numbers', async () => {
  const dataDir = await temporaryFolder();
  const refused = ensureSpace({ dataDir, logger: silentLogger }, Number.MAX_SAFE_INTEGER);
  await expect(refused).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringMatching(new RegExp(`${dataDir} is full.*needs \\d+ MiB.*\\d+ MiB are`)),
  });
});

describe.skipIf(!canMount())('on a small disk (skipped where none can be mounted)', () => {
  test('the reserve is made while there is room, given up when full, and made again', async () => {
    const dataDir = await temporaryDisk(320);
    const logger = recordingLogger();
    const watch = watched(dataDir, logger);
    const reserve = join(dataDir, 'reserve');
    const size = () =>
      stat(reserve).then(
        (found) => found.size,
        () => 0,
      );
    await vi.waitUntil(async () => (await size()) === SPACE.reserveBytes, PATIENCE);
    expect(watch.level()).toBe('ok');
    await fill(dataDir, SPACE.startBytes / 2);
    await vi.waitUntil(() => watch.level() === 'full', PATIENCE);
    expect(await readdir(dataDir)).toEqual(['ballast']);
    expect(logger.messages).toContain('the disk is full: gave up the reserve file');
    await vi.waitUntil(() => watch.level() === 'low', PATIENCE);
    await makeRoom(dataDir);
    await vi.waitUntil(async () => (await size()) === SPACE.reserveBytes, PATIENCE);
    await vi.waitUntil(() => watch.level() === 'ok', PATIENCE);
  });

  test('a start that lacks room takes the reserve for it', async () => {
    const dataDir = await temporaryDisk(320);
    const watch = watchSpace({ dataDir, logger: silentLogger });
    await vi.waitUntil(async () => (await readdir(dataDir)).includes('reserve'), PATIENCE);
    await watch.stop();
    await fill(dataDir, MIB);
    await ensureSpace({ dataDir, logger: silentLogger }, SPACE.startBytes);
    expect(await readdir(dataDir)).toEqual(['ballast']);
  });

  test('a wait for room ends when there is some, and is said once', async () => {
    const dataDir = await temporaryDisk(64);
    await fill(dataDir, MIB);
    const logger = recordingLogger();
    const waiting = untilSpace({ dataDir, logger }, new AbortController().signal);
    await vi.waitUntil(() => logger.messages.length > 0, PATIENCE);
    await makeRoom(dataDir);
    await waiting;
    expect(logger.messages).toEqual(['PostgreSQL waits for room on the disk']);
  });

  test('no data folder is begun where it would not fit, and the error names the cause', async () => {
    const dataDir = await temporaryDisk(100);
    await expect(startEmbedded({ dataDir })).rejects.toThrow(/disk that holds .* is full.*192 MiB/);
    // A checkout that PostgreSQL's user cannot read has its programs copied there before.
    const left = (await readdir(dataDir)).filter((name) => !name.startsWith('postgres-'));
    expect(left).toEqual(['run']);
  });

  describe('with a server on it', () => {
    let dataDir: string;
    beforeAll(async () => {
      dataDir = await disk(400);
    });
    afterAll(() => unmount(dataDir));

    test('what was committed before the disk was full is there, and writing resumes by itself', async () => {
      const server = await startEmbedded({ dataDir });
      try {
        const { connection } = server;
        await ask(connection, 'create table kept (n int)');
        await ask(connection, 'insert into kept values (1)');
        await fill(dataDir, 0);
        const large = `create table large as
          select repeat(md5(n::text), 30) from generate_series(1, 300000) as n`;
        await expect(ask(connection, large)).rejects.toThrow();
        await fill(dataDir, 0);
        await vi.waitUntil(() => server.status().space !== 'ok', PATIENCE);
        await makeRoom(dataDir);
        await vi.waitUntil(() => server.status().space === 'ok', PATIENCE);
        await vi.waitUntil(() => server.status().state === 'running', PATIENCE);
        await vi.waitFor(() => ask(connection, 'insert into kept values (2)'), PATIENCE);
        const rows = await ask(connection, 'select n from kept order by n');
        expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
      } finally {
        await server.stop();
      }
    });
  });
});
