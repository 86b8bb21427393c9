import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  ask,
  copyOf,
  isRoot,
  recordingLogger,
  startOwner,
  temporaryFolder,
} from '../../test/embedded.ts';
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from './index.ts';

/** A data folder that is made once; tests take copies of it. */
let seed: string;

beforeAll(async () => {
  seed = await mkdtemp(join(tmpdir(), 'tenuto-seed-'));
  const server = await startEmbedded({ dataDir: seed });
  await ask(server.connection, 'create table kept as select 41 + 1 as answer');
  await server.stop();
});
afterAll(() => rm(seed, { recursive: true, force: true }));

async function started(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const server = await startEmbedded(options);
  onTestFinished(() => server.stop());
  return server;
}

async function runIn(connection: EmbeddedServer['connection']) {
  const names = ['fsync', 'synchronous_commit', 'listen_addresses', 'TimeZone', 'server_encoding'];
  const columns = names.map((name) => `current_setting('${name}')`);
  const rows = await ask<{ all: string[] }>(connection, `select array[${columns}] as all`);
  return rows[0]?.all;
}

describe('a first start', () => {
  test('makes a durable server that only its user reaches, and says that it made it', async () => {
    const logger = recordingLogger();
    const dataDir = await temporaryFolder();
    const server = await started({ dataDir, logger });
    expect(await runIn(server.connection)).toEqual(['on', 'on', '', 'UTC', 'UTF8']);
    expect(server.connection).toEqual({
      host: join(dataDir, 'run'),
      port: 5432,
      user: 'tenuto',
      database: 'postgres',
    });
    for (const folder of ['', 'pg', 'run']) {
      const { mode, uid } = await stat(join(dataDir, folder));
      expect(mode & 0o777, folder).toBe(0o700);
      expect(uid === 0, folder).toBe(false);
    }
    expect(server.status()).toMatchObject({ state: 'running', adopted: false, restarts: 0 });
    expect(logger.messages).toContain('made a new PostgreSQL data folder');
    expect(await readdir(dataDir)).not.toContainEqual(expect.stringMatching(/^pg-initialising/));
  });

  test('removes what a killed start left half made', async () => {
    const dataDir = await temporaryFolder();
    const owner = startOwner({
      source: `console.log('up'); await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });`,
    });
    await owner.line();
    await expect.poll(() => halfMade(dataDir), { timeout: 50_000, interval: 5 }).toBeDefined();
    await owner.kill('SIGKILL');
    expect(existsSync(join(dataDir, 'pg'))).toBe(false);
    const server = await started({ dataDir });
    expect(await runIn(server.connection)).toBeDefined();
    expect(await readdir(dataDir)).not.toContainEqual(expect.stringMatching(/^pg-initialising/));
  });

  test('leaves a half-made folder alone that is not marked as ours', async () => {
    const dataDir = await temporaryFolder();
    await chmod(dataDir, 0o755);
    const foreign = join(dataDir, 'pg-initialising-by-hand');
    await mkdir(foreign);
    await writeFile(join(foreign, 'precious'), 'x');
    await expect(startEmbedded({ dataDir })).rejects.toThrow(/made-by-tenuto.*move it away/);
    expect(await readdir(foreign)).toEqual(['precious']);
    await rm(foreign, { recursive: true });
    await mkdir(join(dataDir, 'pg'));
    await writeFile(join(dataDir, 'pg', 'precious'), 'x');
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/PG_VERSION is missing/),
    });
    expect(await readdir(join(dataDir, 'pg'))).toEqual(['precious']);
  });
});

function halfMade(dataDir: string) {
  // The first file of initdb's own: from here on a kill leaves something half made.
  const { stdout } = spawnSync('find', [dataDir, '-path', '*/data/postgresql.conf'], {
    encoding: 'utf8',
  });
  return stdout.trim() || undefined;
}

describe('a later start', () => {
  test('finds the data again and makes nothing new', async () => {
    const logger = recordingLogger();
    const server = await started({ dataDir: await copyOf(seed), logger });
    expect(await ask(server.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(logger.messages).not.toContain('made a new PostgreSQL data folder');
    expect(logger.messages).toContain('LOG:  database system is ready to accept connections');
  });

  test('refuses data of another major version and says what to do', async () => {
    const dataDir = await copyOf(seed);
    await writeFile(join(dataDir, 'pg', 'PG_VERSION'), '15\n');
    await expect(startEmbedded({ dataDir })).rejects.toThrow(
      /PostgreSQL 15.*version 18.*TENUTO_POSTGRES_BIN.*tenuto db copy/,
    );
  });

  test('is not misled by a lock file whose process is something else by now', async () => {
    const dataDir = await copyOf(seed);
    const stale = [
      process.pid,
      join(dataDir, 'pg'),
      1,
      5432,
      join(dataDir, 'run'),
      '',
      '',
      'ready',
    ];
    await writeFile(join(dataDir, 'pg', 'postmaster.pid'), `${stale.join('\n')}\n`);
    const server = await started({ dataDir });
    expect(server.status().adopted).toBe(false);
    expect(await ask(server.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('listens in a short folder when its own path is too long for a socket', async () => {
    const long = join(await temporaryFolder(), 'x'.repeat(100));
    await mkdir(long);
    spawnSync('cp', ['-a', `${seed}/.`, long]);
    if (isRoot) spawnSync('chmod', ['o+x', dirname(long)]);
    const server = await startEmbedded({ dataDir: long });
    const { host } = server.connection;
    try {
      expect((await stat(host)).mode & 0o777).toBe(0o700);
      expect(host.length).toBeLessThan(90);
      expect(await ask(server.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
    } finally {
      await server.stop();
    }
    expect(existsSync(host)).toBe(false);
  });

  test('stops what it started when it cannot finish, and lets go of the folder', async () => {
    const dataDir = await copyOf(seed);
    await writeFile(join(dataDir, 'pg', 'postgresql.conf'), 'no such = setting\n');
    const broken = startEmbedded({ dataDir, restartPolicy: { firstDelayMs: 1 } });
    await expect(broken).rejects.toThrow(/PostgreSQL did not start.*exit code 1/);
    await writeFile(join(dataDir, 'pg', 'postgresql.conf'), '');
    expect((await started({ dataDir })).status().state).toBe('running');
  });
});

describe('two starts on one data folder', () => {
  test('leave one server, and the other learns who holds the folder', async () => {
    const dataDir = await copyOf(seed);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => startEmbedded({ dataDir })));
    const servers = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(servers).toHaveLength(1);
    onTestFinished(async () => servers[0]?.value.stop());
    await expect(startEmbedded({ dataDir })).rejects.toThrow(
      new RegExp(`in use by process ${process.pid} since \\d{4}-`),
    );
    const pid = (await readFile(join(dataDir, 'pg', 'postmaster.pid'), 'utf8')).split('\n')[0];
    expect(servers[0]?.value.status().pid).toBe(Number(pid));
  });

  test('exclude each other across processes, and the folder is free after a stop', async () => {
    const dataDir = await copyOf(seed);
    const owner = startOwner({
      source: `
        const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
        process.once('SIGTERM', () => server.stop());
        console.log('up');`,
    });
    expect(await owner.line()).toBe('up');
    await expect(startEmbedded({ dataDir })).rejects.toThrow(`by process ${owner.process.pid} `);
    await owner.kill('SIGTERM');
    expect((await started({ dataDir })).status().adopted).toBe(false);
  });
});

test('over the loopback it asks for a password that is kept in the data folder', async () => {
  const dataDir = await temporaryFolder();
  const first = await startEmbedded({ dataDir, transport: 'loopback' });
  const { connection } = first;
  expect(connection.host).toBe('127.0.0.1');
  await expect(ask({ ...connection, password: 'guess' }, 'select 1')).rejects.toThrow(/password/);
  expect(await ask(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  await first.stop();
  expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
  const second = await started({ dataDir, transport: 'loopback' });
  expect(second.connection.password).toBe(connection.password);
  expect(await ask(second.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
});

const DEBIAN = '/usr/lib/postgresql/15/bin';

test.skipIf(!existsSync(DEBIAN))(
  'an installed PostgreSQL 15 serves as well (skipped where there is none)',
  async () => {
    const dataDir = await temporaryFolder();
    const server = await started({ dataDir, binDir: DEBIAN });
    expect(server.status().version).toMatch(/^15\./);
    expect(await runIn(server.connection)).toEqual(['on', 'on', '', 'UTC', 'UTF8']);
    const compression = await ask(server.connection, 'show wal_compression');
    expect(compression).toEqual([{ wal_compression: 'lz4' }]);
  },
);
