import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { recordingLogger, startOwnServer, temporaryFolder } from '../test/embedded.ts';
import type { EmbeddedServer } from './embedded/index.ts';
import { migrate } from './migrate.ts';

let server: EmbeddedServer;
let end: () => Promise<void>;
let database = '';
let count = 0;

beforeAll(async () => {
  ({ server, end } = await startOwnServer());
});
afterAll(() => end());

beforeEach(async () => {
  const admin = new Client({ ...server.connection });
  await admin.connect();
  database = `migrate_${++count}`;
  await admin.query(`create database ${database}`);
  await admin.end();
});

async function session(): Promise<Client> {
  const client = new Client({ ...server.connection, database });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql);
  return folder;
}

const ONE = 'create table one (n int);\ninsert into one values (1);\n';
const TWO = 'alter table one add column m int default 2;\n';

describe('migrating', () => {
  test('applies each file once, in order, and records what it did', async () => {
    const client = await session();
    const folder = await folderOf({ '000002.sql': TWO, '000001.sql': ONE, 'README.md': 'x' });
    const logger = recordingLogger();
    expect(await migrate(client, folder, { logger })).toEqual({ applied: [1, 2], version: 2 });
    expect(await migrate(client, folder, { logger })).toEqual({ applied: [], version: 2 });
    expect((await client.query('select * from one')).rows).toEqual([{ n: 1, m: 2 }]);
    const { rows } = await client.query(
      'select version, name, length(sha256) as hash, applied_at <= now() as past from schema_migrations',
    );
    expect(rows).toEqual([
      { version: 1, name: '000001.sql', hash: 64, past: true },
      { version: 2, name: '000002.sql', hash: 64, past: true },
    ]);
    expect(logger.messages).toHaveLength(2);
  });

  test('adds what is new since the last time', async () => {
    const client = await session();
    const folder = await folderOf({ '000001-first.sql': ONE });
    await migrate(client, folder);
    await writeFile(join(folder, '000002_second.sql'), TWO);
    expect(await migrate(client, folder)).toEqual({ applied: [2], version: 2 });
  });

  test('of an empty folder leaves an empty database', async () => {
    expect(await migrate(await session(), await folderOf({}))).toEqual({ applied: [], version: 0 });
  });

  test('by several processes at once happens once', async () => {
    const folder = await folderOf({ '000001.sql': ONE, '000002.sql': TWO });
    const clients = await Promise.all([session(), session(), session(), session()]);
    const results = await Promise.all(clients.map((client) => migrate(client, folder)));
    expect(results.flatMap(({ applied }) => applied).toSorted()).toEqual([1, 2]);
    expect((await clients[0].query('select * from one')).rows).toHaveLength(1);
  });

  test('takes its time, whatever the timeouts of the session are', async () => {
    const [holder, client] = [await session(), await session()];
    const folder = await folderOf({ '000001.sql': 'select pg_sleep(0.05)' });
    await client.query('set statement_timeout = 20; set lock_timeout = 20');
    await holder.query('begin; select pg_advisory_lock(127978993710191); commit');
    const migrating = migrate(client, folder);
    await expect
      .poll(async () => {
        const waiting = `select 1 from pg_locks where locktype = 'advisory' and not granted
          and now() - waitstart > interval '40 ms'`;
        return (await holder.query(waiting)).rows.length;
      })
      .toBe(1);
    await holder.query('select pg_advisory_unlock(127978993710191)');
    expect(await migrating).toMatchObject({ applied: [1] });
    expect((await client.query('show statement_timeout')).rows).toEqual([
      { statement_timeout: '20ms' },
    ]);
  });
});

describe('a refusal', () => {
  test('undoes the file that failed, keeps those before it, and names it', async () => {
    const client = await session();
    const folder = await folderOf({ '000001.sql': ONE, '000002.sql': `${TWO} select no_such();` });
    await expect(migrate(client, folder)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/000002\.sql failed, and is undone.*no_such/),
      cause: expect.objectContaining({ code: '42883' }),
    });
    expect((await client.query('select * from one')).rows).toEqual([{ n: 1 }]);
    await writeFile(join(folder, '000002.sql'), TWO);
    expect(await migrate(client, folder)).toEqual({ applied: [2], version: 2 });
  });

  test('meets a file that was changed after it was applied, but not other ends of lines', async () => {
    const client = await session();
    const folder = await folderOf({ '000001.sql': ONE });
    await migrate(client, folder);
    await writeFile(join(folder, '000001.sql'), ONE.replaceAll('\n', '\r\n'));
    expect(await migrate(client, folder)).toEqual({ applied: [], version: 1 });
    await writeFile(join(folder, '000001.sql'), `${ONE}-- harmless`);
    await expect(migrate(client, folder)).rejects.toThrow(/000001\.sql was applied.*new file/);
  });

  test('meets a database that a newer release has used', async () => {
    const client = await session();
    const folder = await folderOf({ '000001.sql': ONE, '000002.sql': TWO });
    await migrate(client, folder);
    await rm(join(folder, '000002.sql'));
    await expect(migrate(client, folder)).rejects.toThrow(
      /database is at version 2 and this program knows 1.*Start that release/,
    );
  });

  test.each([
    ['a gap', { '000001.sql': '', '000003.sql': '' }, /000003\.sql is out of order: 000002/],
    ['two of one number', { '000001-a.sql': '', '000001-b.sql': '' }, /000001-b\.sql/],
    ['a name without a number', { 'first.sql': '' }, /first\.sql is out of order: 000001/],
    ['a short number', { '1.sql': '' }, /1\.sql is out of order/],
  ])('meets %s before anything is applied', async (_, files, message) => {
    const client = await session();
    await expect(migrate(client, await folderOf(files))).rejects.toThrow(message);
    const { rows } = await client.query(`select to_regclass('schema_migrations') as found`);
    expect(rows).toEqual([{ found: null }]);
  });

  test('leaves the lock free', async () => {
    const [first, second] = [await session(), await session()];
    const folder = await folderOf({ '000001.sql': 'nonsense' });
    await expect(migrate(first, folder)).rejects.toThrow(/000001\.sql failed/);
    await writeFile(join(folder, '000001.sql'), ONE);
    expect(await migrate(second, folder)).toMatchObject({ applied: [1] });
  });

  test('of a folder that is not there says so', async () => {
    const folder = join(await temporaryFolder(), 'missing');
    await expect(migrate(await session(), folder)).rejects.toThrow(/ENOENT/);
    await mkdir(folder);
    expect(await readdir(folder)).toEqual([]);
  });
});
