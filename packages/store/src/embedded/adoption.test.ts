import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ask, copyOf, recordingLogger, startOwner } from '../../test/embedded.ts';
import { findRunning } from './adoption.ts';
import { type EmbeddedServer, startEmbedded } from './index.ts';
import { isAlive } from './process-probe.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
let seed: string;

beforeAll(async () => {
  seed = await mkdtemp(join(tmpdir(), 'tenuto-seed-'));
  const server = await startEmbedded({ dataDir: seed });
  await ask(server.connection, 'create table kept (answer int)');
  await server.stop();
});
afterAll(() => rm(seed, { recursive: true, force: true }));

/** Lets a process start a server, kills that process, and returns the pid of the orphan. */
async function orphan(dataDir: string): Promise<number> {
  const owner = startOwner({
    source: `
      const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
      console.log(server.status().pid);`,
  });
  const pid = Number(await owner.line());
  onTestFinished(() => endProcess(pid));
  await owner.kill('SIGKILL');
  return pid;
}

async function endProcess(pid: number): Promise<void> {
  if (await isAlive(pid)) process.kill(pid, 'SIGQUIT');
  await vi.waitUntil(async () => !(await isAlive(pid)), PATIENCE);
}

async function started(dataDir: string, logger = recordingLogger()): Promise<EmbeddedServer> {
  const server = await startEmbedded({ dataDir, logger });
  onTestFinished(() => server.stop());
  return server;
}

describe('a server whose owner was killed', () => {
  test('runs on and is taken over, with all that was written to it', async () => {
    const dataDir = await copyOf(seed);
    const pid = await orphan(dataDir);
    expect(await isAlive(pid)).toBe(true);
    const logger = recordingLogger();
    const server = await started(dataDir, logger);
    expect(server.status()).toMatchObject({ pid, adopted: true, state: 'running', restarts: 0 });
    expect(logger.messages[0]).toMatch(/took over/);
    await ask(server.connection, 'insert into kept values (42)');
    await server.stop();
    expect(await isAlive(pid)).toBe(false);
    expect(server.status().state).toBe('stopped');
  });

  test('is restarted from then on if it dies', async () => {
    const dataDir = await copyOf(seed);
    const pid = await orphan(dataDir);
    const server = await started(dataDir);
    await ask(server.connection, 'insert into kept values (42)');
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => server.status().restarts > 0 && server.status().pid, PATIENCE);
    expect(server.status()).toMatchObject({ adopted: false, state: 'running' });
    expect(server.status().pid).not.toBe(pid);
    expect(await ask(server.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('is waited for while it is still stopping, then started anew', async () => {
    const dataDir = await copyOf(seed);
    const pid = await orphan(dataDir);
    process.kill(pid, 'SIGINT');
    const server = await started(dataDir);
    expect(server.status().state).toBe('running');
    if (server.status().pid !== pid) expect(await isAlive(pid)).toBe(false);
    await vi.waitUntil(() => server.status().pid !== pid, PATIENCE);
    await vi.waitUntil(() => server.status().state === 'running', PATIENCE);
  });

  test('is not disturbed by a second starter while the first one looks after it', async () => {
    const dataDir = await copyOf(seed);
    const pid = await orphan(dataDir);
    const server = await started(dataDir);
    await expect(startEmbedded({ dataDir })).rejects.toThrow(/in use by process/);
    expect(server.status().pid).toBe(pid);
  });
});

test('a server that was killed along with its owner is started anew and recovers', async () => {
  const dataDir = await copyOf(seed);
  const owner = startOwner({
    source: `
      const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
      console.log(server.status().pid);`,
  });
  const pid = Number(await owner.line());
  const connection = {
    host: join(dataDir, 'run'),
    port: 5432,
    user: 'tenuto',
    database: 'postgres',
  };
  await ask(connection, 'insert into kept values (42)');
  await owner.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  expect(existsSync(join(dataDir, 'pg', 'postmaster.pid'))).toBe(true);
  const logger = recordingLogger();
  const server = await started(dataDir, logger);
  expect(logger.messages.join('\n')).toMatch(/not properly shut down/);
  expect(await ask(server.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('an owner that ends without a stop takes its server along in order', async () => {
  const dataDir = await copyOf(seed);
  const owner = startOwner({
    source: `
      const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
      console.log(server.status().pid);
      process.exit(1);`,
  });
  const pid = Number(await owner.line());
  await vi.waitUntil(async () => !(await isAlive(pid)), PATIENCE);
  const logger = recordingLogger();
  await started(dataDir, logger);
  expect(logger.messages.join('\n')).toMatch(/database system was shut down at/);
});

test('nothing is found where no server runs', async () => {
  const dataDir = await copyOf(seed);
  expect(await findRunning(dataDir, join(dataDir, 'pg'))).toBeUndefined();
});
