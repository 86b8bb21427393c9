import { createHash } from 'node:crypto';
import pg from 'pg';
import { createCallLedger } from '../../src/call-ledger.ts';
import type { Plant } from './plant.ts';
import type { SoundStore } from './sound-store.ts';

/** Has the live run ask a model, once with an answer and once without. */
async function spend({ desk, live }: SoundStore): Promise<void> {
  const pool = new pg.Pool({ ...desk.connection, max: 1 });
  try {
    const ledger = createCallLedger(pool);
    for (const step of [0, 1]) {
      const begun = await ledger.begin({
        ...{ runId: live, nodeKey: `${live}/b/0`, loop: 'main', step, tool: '', node: 1 },
        ...{ nodeId: 'b', attempt: 1, owner: 'ann', agent: 'writer', kind: 'model' },
        ...{ target: 'scripted/demo', requestHash: createHash('sha256').digest('hex') },
        estimate: { inputBytes: 4_000, maxOutputTokens: 100 },
      });
      if (step > 0 || begun.state !== 'begun') continue;
      const usage = { input: 1_000, output: 10, cached: 0, reasoning: 0 };
      await ledger.finish(begun.callId, { result: 'ok', usage, startedAt: 0, endedAt: 1 });
    }
  } finally {
    await pool.end();
  }
}

export const MONEY: Readonly<Record<string, Plant>> = {
  budget_spent: {
    async spoil(store) {
      await spend(store);
      await store.ask(`update budgets set spent_nano = spent_nano + 1 where scope = 'run'`);
      return store.live;
    },
  },
  budget_reserved: {
    async spoil(store) {
      await spend(store);
      await store.ask(`delete from reservations where budget_key like '6/day/%'`);
      await store.ask(
        `insert into reservations (budget_key, call_id, run_id, expected_nano, upper_nano)
         select b.budget_key, c.call_id, c.run_id, 5, 5 from calls c, budgets b
         where c.state = 'done' and b.scope = 'run'`,
      );
      return store.live;
    },
  },
};
