import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ask, recordingLogger, temporaryFolder } from '../../test/embedded.ts';
import { type EmbeddedServer, startEmbedded } from './index.ts';
import { silentLogger } from './log.ts';
import type { Postmaster, StopSignal } from './postmaster.ts';
import { type RestartPolicy, supervise } from './supervisor.ts';

const PATIENCE = { timeout: 50_000, interval: 10 };
const POLICY: RestartPolicy = {
  firstDelayMs: 1,
  maxDelayMs: 4,
  calmMs: 3_600_000,
  maxRestarts: 3,
  stopMs: 3_600_000,
};

interface Scripted extends Postmaster {
  readonly heard: StopSignal[];
  end(reason: string): void;
}

/** A server that ends when it is told to. */
function scripted(options: { readonly obeys?: StopSignal } = {}): Scripted {
  const { promise, resolve } = Promise.withResolvers<string>();
  const heard: StopSignal[] = [];
  return {
    pid: 1,
    exited: promise,
    heard,
    end: resolve,
    async ready() {},
    stop(signal) {
      heard.push(signal);
      if (signal === (options.obeys ?? 'SIGINT')) resolve('exit code 0');
    },
  };
}

function dead(): Postmaster {
  return {
    pid: undefined,
    exited: Promise.resolve('exit code 1'),
    ready: () => Promise.reject(new Error('it says why')),
    stop() {},
  };
}

interface Setup {
  readonly first: Postmaster;
  readonly policy?: Partial<RestartPolicy>;
  launch?(): Postmaster;
  untilLaunchable?(signal: AbortSignal): Promise<void>;
}

function supervised({ first, policy, launch = dead, untilLaunchable = async () => {} }: Setup) {
  const supervisor = supervise({
    first,
    launch,
    untilLaunchable,
    policy: { ...POLICY, ...policy },
    logger: silentLogger,
  });
  onTestFinished(() => supervisor.stop());
  return supervisor;
}

describe('the restart policy', () => {
  test('gives up after so many restarts in a row, and says what was last wrong', async () => {
    const first = scripted();
    const launch = vi.fn(dead);
    const supervisor = supervised({ first, launch });
    const fatal = new Promise<Error>((resolve) => supervisor.onFatal(resolve));
    first.end('SIGKILL');
    expect(await fatal).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/3 times in a row.*it says why/),
    });
    expect(launch).toHaveBeenCalledTimes(3);
    expect(supervisor.state()).toBe('failed');
    expect(supervisor.pid()).toBeUndefined();
    const late = new Promise<Error>((resolve) => supervisor.onFatal(resolve));
    expect(await late).toBe(await fatal);
  });

  test('counts anew after a calm time', async () => {
    const first = scripted();
    let current: Scripted | undefined;
    const launch = vi.fn(() => {
      current = scripted();
      return current;
    });
    const supervisor = supervised({ first, launch, policy: { calmMs: 0, maxRestarts: 1 } });
    first.end('SIGKILL');
    for (const times of [1, 2, 3]) {
      await vi.waitUntil(() => supervisor.restarts() === times, PATIENCE);
      if (times < 3) current?.end('SIGSEGV');
    }
    expect(launch).toHaveBeenCalledTimes(3);
    expect(supervisor.state()).not.toBe('failed');
  });

  test('waits for room on the disk without counting that as a failure', async () => {
    const first = scripted();
    const room = Promise.withResolvers<void>();
    const launch = vi.fn(() => scripted());
    const supervisor = supervised({ first, launch, untilLaunchable: () => room.promise });
    first.end('SIGABRT');
    await vi.waitUntil(() => supervisor.state() === 'restarting', PATIENCE);
    expect(launch).not.toHaveBeenCalled();
    room.resolve();
    await vi.waitUntil(() => supervisor.state() === 'running', PATIENCE);
    expect(launch).toHaveBeenCalledTimes(1);
  });
});

describe('a stop', () => {
  test('asks in order first and insists after the deadline', async () => {
    const first = scripted({ obeys: 'SIGQUIT' });
    const supervisor = supervised({ first, policy: { stopMs: 1 } });
    await supervisor.stop();
    expect(first.heard).toEqual(['SIGINT', 'SIGQUIT']);
    expect(supervisor.state()).toBe('stopped');
  });

  test('starts nothing again, however often it is asked for', async () => {
    const first = scripted();
    const launch = vi.fn(dead);
    const supervisor = supervised({ first, launch });
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(first.heard).toEqual(['SIGINT']);
    expect(launch).not.toHaveBeenCalled();
  });

  test('ends the wait for a restart', async () => {
    const first = scripted();
    const supervisor = supervised({ first, policy: { firstDelayMs: 3_600_000, maxDelayMs: 4e6 } });
    first.end('SIGKILL');
    await vi.waitUntil(() => supervisor.state() === 'restarting', PATIENCE);
    await supervisor.stop();
    expect(supervisor.state()).toBe('stopped');
  });

  test('ends the wait for room on the disk', async () => {
    const first = scripted();
    const waiting = vi.fn(
      (signal: AbortSignal) =>
        new Promise<void>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        ),
    );
    const supervisor = supervised({ first, untilLaunchable: waiting });
    first.end('SIGABRT');
    await vi.waitUntil(() => waiting.mock.calls.length > 0, PATIENCE);
    await supervisor.stop();
    expect(supervisor.state()).toBe('stopped');
  });
});

describe('a real server', () => {
  let dataDir: string;
  let server: EmbeddedServer;
  const logger = recordingLogger();

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tenuto-test-'));
    server = await startEmbedded({ dataDir, logger });
    await ask(server.connection, 'create table kept (how text)');
  });
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test.each([
    'SIGKILL',
    'SIGQUIT',
    'SIGINT',
  ] as const)('is up again after %s, at the same place, with what was committed', async (signal) => {
    const { pid, restarts } = server.status();
    await ask(server.connection, `insert into kept values ('${signal}')`);
    process.kill(pid ?? 0, signal);
    await vi.waitUntil(() => server.status().restarts > restarts && server.status().pid, PATIENCE);
    expect(server.status().pid).not.toBe(pid);
    const rows = await ask<{ how: string }>(server.connection, 'select how from kept');
    expect(rows.map(({ how }) => how)).toContain(signal);
  });

  test('said so in the log, with what PostgreSQL itself wrote', () => {
    const said = logger.messages.join('\n');
    expect(said).toMatch(/PostgreSQL died; it is started again/);
    expect(said).toMatch(/was not properly shut down; automatic recovery in progress/);
  });

  test('is given up when it cannot start any more, and the folder is free after a stop', async () => {
    const other = await temporaryFolder();
    const policy = { firstDelayMs: 1, maxRestarts: 2 };
    const broken = await startEmbedded({ dataDir: other, restartPolicy: policy });
    const fatal = new Promise<Error>((resolve) => broken.onFatal(resolve));
    const pgControl = join(other, 'pg', 'global', 'pg_control');
    await rm(pgControl);
    process.kill(broken.status().pid ?? 0, 'SIGQUIT');
    expect((await fatal).message).toMatch(/2 times in a row.*could not (find|open)/);
    expect(broken.status().state).toBe('failed');
    await broken.stop();
    await expect(startEmbedded({ dataDir: other, restartPolicy: policy })).rejects.toThrow(
      /did not start/,
    );
  });
});
