import type { Client } from '@tenuto/sdk';
import type { PostgresConnection } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report } from './figures.ts';
import { startEffects, startLoad } from './load.ts';
import { untilIdle } from './moments.ts';
import { runsByEngine } from './sharing.ts';
import { openStage, type Stage, urlOf } from './stage.ts';
import { readEnd, violationsOf } from './verdict.ts';

/** What one engine takes into memory. */
const CAPACITY = 500;

let stage: Stage;
let connection: PostgresConnection;
let clients: readonly Client[];
beforeAll(async () => {
  stage = await openStage();
  ({ connection } = await stage.postgres());
  const databaseUrl = urlOf(connection);
  const servers = ['one', 'two'].map((name) =>
    stage.start({ databaseUrl, dataDir: stage.dataDir(name) }),
  );
  clients = await Promise.all(servers.map(({ ready }) => ready));
});
afterAll(() => stage.close());

describe('two servers on one PostgreSQL', () => {
  it('each run what they were given, and everything once', async () => {
    let turn = 0;
    const next = () => Promise.resolve(clients[turn++ % 2] as Client);
    const load = startEffects(stage.effects, { client: next, count: 200 });
    await load.done;
    await untilIdle(connection);
    const facts = await readEnd(connection, stage.effects);
    expect(violationsOf(facts, load)).toEqual([]);
    const shares = [...(await runsByEngine(connection)).values()];
    report('200 jobs sent to two servers in turn', { shares: shares.join(' and ') });
    expect(shares.length).toBe(2);
    expect(Math.min(...shares)).toBeGreaterThan(200 / 4);
    expect(shares[0]! + shares[1]!).toBe(200);
  });

  it('share what one of them has no room for', async () => {
    const before = await runsByEngine(connection);
    const count = 3 * CAPACITY;
    const load = startLoad({
      client: () => Promise.resolve(clients[0] as Client),
      body: (name) => ({ job_name: name, dag_definition: { nodes: [SLEEP] } }),
      count,
      prefix: 'sleeper',
      workers: 32,
    });
    await load.done;
    await untilIdle(connection);
    const after = await runsByEngine(connection);
    const shares = [...after].map(([engine, runs]) => runs - (before.get(engine) ?? 0));
    report(`${count} jobs sent to one of two servers`, { shares: shares.join(' and ') });
    expect(shares.length).toBe(2);
    expect(Math.min(...shares)).toBeGreaterThan(count / 10);
    expect(shares[0]! + shares[1]!).toBe(count);
  });
});

const SLEEP = { id: 'sleep', uses: 'sleep.for', with: { seconds: 3 } };
