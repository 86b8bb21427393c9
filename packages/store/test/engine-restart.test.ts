/** A database that is killed and comes back under load. */

import { join } from 'node:path';
import { startTestServer, testSubmission } from '@tenuto/testkit';
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrate } from '../src/migrate.ts';
import { eventually, openEnginesOn } from './engines.ts';

const RUNS = 150;
const NODES = 8;
const RESTARTS = 3;

test('loses nothing that was answered, and executes no node twice', async () => {
  const server = await startTestServer();
  const { connection } = server;
  const migrating = new pg.Client({ ...connection });
  await migrating.connect();
  await migrate(migrating, join(import.meta.dirname, '../sql'));
  await migrating.end();
  const engines = openEnginesOn(connection, () => server.stop());
  try {
    const engine = await engines.start({
      leaseMs: 100_000,
      slots: 20,
      actions: {
        work: async () => {
          await new Promise((resolve) => setTimeout(resolve, 15));
          return { status: 'completed', output: 'x'.repeat(40) };
        },
      },
    });
    const nodes = Array.from({ length: NODES }, (_, i) => ({
      id: `n${i}`,
      uses: 'work',
      ...(i > 0 && { needs: [`n${i - 1}`] }),
    }));
    const accepted: string[] = [];
    const submitting = Array.from({ length: RUNS }, async (_, i) => {
      const idempotency = { key: `run ${i}`, requestHash: Buffer.alloc(32) };
      for (;;) {
        const result = await engine.engine
          .submit(testSubmission(nodes, { idempotency }))
          .catch(() => undefined);
        if (result === undefined) continue;
        if (!result.duplicate) accepted.push(result.runId);
        return;
      }
    });
    for (let restarts = 1; restarts <= RESTARTS; restarts += 1) {
      const enough = (restarts * RUNS * NODES) / (RESTARTS + 2);
      await eventually(() => engine.executed.length >= enough);
      // An immediate shutdown: as a crash, with recovery at the next start.
      process.kill(server.server.status().pid ?? 0, 'SIGQUIT');
      await eventually(() => server.server.status().restarts >= restarts);
    }
    await Promise.all(submitting);
    expect(accepted).toHaveLength(RUNS);
    for (const runId of accepted) expect((await engines.over(runId)).status).toBe('completed');
    const [row] = await engines.ask<{ runs: number; attempts: number; live: number }>(
      `select (select count(*)::int from runs) as runs, (select count(*)::int from attempts) as attempts,
         (select count(*)::int from run_live) as live`,
    );
    expect(row).toEqual({ runs: RUNS, attempts: RUNS * NODES, live: 0 });
    expect(engine.executed).toHaveLength(RUNS * NODES);
    expect(engine.log.some(({ message }) => message === 'store away')).toBe(true);
    await eventually(() => engine.engine.health().status === 'running');
    expect(engine.engine.health()).toMatchObject({ ownedRuns: 0, runningNodes: 0 });
  } finally {
    await engines.close();
  }
}, 180_000);
