import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startOwnServer } from '../../test/embedded.ts';
import { checkDurability } from './durability.ts';
import type { EmbeddedServer } from './index.ts';

let server: EmbeddedServer;
let end: () => Promise<void>;

beforeAll(async () => {
  ({ server, end } = await startOwnServer());
});
afterAll(() => end());

async function session(): Promise<Client> {
  const client = new Client({ ...server.connection });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describe('a real server', () => {
  test('that Tenuto started itself survives a crash', async () => {
    expect(await checkDurability(await session())).toEqual({ fatal: [], warnings: [] });
  });

  test('is judged as this session sees it', async () => {
    const client = await session();
    await client.query('set synchronous_commit = off; set default_transaction_read_only = on');
    const { fatal, warnings } = await checkDurability(client);
    expect(fatal).toEqual([expect.stringMatching(/default_transaction_read_only/)]);
    expect(warnings).toEqual([expect.stringMatching(/synchronous_commit is off/)]);
  });

  test.each([
    'on',
    'local',
    'remote_write',
    'remote_apply',
  ])('is durable with synchronous_commit %s', async (value) => {
    const client = await session();
    await client.query(`set synchronous_commit = ${value}`);
    expect((await checkDurability(client)).warnings).toEqual([]);
  });
});

/** What a server in another state answers to the one question. */
function answering(row: object): Pick<Client, 'query'> {
  const client = new Client();
  return Object.assign(client, { query: async () => ({ rows: [{ ...SOUND, ...row }] }) });
}

const SOUND = {
  version: '18.4',
  version_number: 180_004,
  in_recovery: false,
  read_only: 'off',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
};

describe('a server in another state', () => {
  test('is refused when it is too old or a standby', async () => {
    const old = await checkDurability(answering({ version: '14.9', version_number: 140_009 }));
    expect(old.fatal).toEqual(['PostgreSQL 14.9 is too old: version 15 or later is needed.']);
    const standby = await checkDurability(answering({ in_recovery: true, read_only: 'on' }));
    expect(standby.fatal).toEqual([expect.stringMatching(/standby.*primary/)]);
  });

  test('is warned of once for each setting that is off', async () => {
    const names = ['fsync', 'full_page_writes', 'synchronous_commit'];
    await fc.assert(
      fc.asyncProperty(fc.subarray(names), async (off) => {
        const row = Object.fromEntries(off.map((name) => [name, 'off']));
        const { fatal, warnings } = await checkDurability(answering(row));
        expect(fatal).toEqual([]);
        expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(off);
      }),
    );
  });
});
