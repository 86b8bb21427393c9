/** Compensation: what was done is undone, newest first, whatever dies meanwhile. */
import type { JsonObject } from '@tenuto/contract';
import { failed, type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';
import { executedBy, once, policy, sessionsOf } from './recoveries.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

describe('a saga', () => {
  const STEPS = 12;
  const saga = () =>
    testSubmission(
      Array.from({ length: STEPS }, (_, i) => ({
        id: `s${i + 1}`,
        uses: i + 1 === 9 ? 'fail' : 'noop',
        retry: once,
        rollback: { uses: 'undo', with: { step: i + 1 } },
        ...(i > 0 && { needs: [`s${i}`] }),
      })),
      policy({ action: 'rollback_state', with: { after: 'fail' } }),
    );
  const undone = () =>
    engines.ask<{ node: number; attempts: number; completed: number }>(
      `select node, count(*)::int as attempts,
         count(*) filter (where status = 'completed')::int as completed
       from attempts where kind = 1 group by node order by min(seq)`,
    );

  test('of 12 steps that fails at the ninth is compensated in order', async () => {
    const engine = await engines.start({
      actions: { undo: () => ({ status: 'completed', output: null }) },
    });
    const runId = await submitted(engine, saga());
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    expect((await undone()).map(({ node }) => node + 1)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await sessionsOf(engines, runId)).toMatchObject([
      { action: 'rollback_state', success: true, state_before: 'running', state_after: 'failed' },
    ]);
  });

  test('that cannot be undone in the time of the run says so', async () => {
    const engine = await engines.start({
      actions: { undo: () => new Promise(() => undefined) },
    });
    const retry = { strategy: 'immediate', max_attempts: 2 } as const;
    const { input } = policy({ action: 'rollback_state', with: { after: 'fail' } });
    const nodes = [
      { id: 'a', uses: 'noop', rollback: { uses: 'undo' }, retry, grace_seconds: 0 },
      { id: 'b', uses: 'fail', retry: once, needs: ['a'] },
    ];
    const submission = testSubmission(nodes, { input: { ...input, timeoutMs: 300 } });
    const runId = await submitted(engine, submission);
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    expect(await sessionsOf(engines, runId)).toMatchObject([
      { action: 'rollback_state', success: false },
    ]);
  });

  test('that is killed in the middle of it goes on, and undoes nothing twice', async () => {
    const gate = latch();
    const undoing = (options: TestEngineOptions, waits: boolean) =>
      engines.start({
        ...options,
        actions: {
          async undo(call) {
            if (waits && call.with.step === 5) await gate.opened;
            return { status: 'completed', output: null };
          },
        },
      });
    const dying = await undoing({}, true);
    const runId = await submitted(dying, saga());
    await eventually(async () => (await undone()).length === 3);
    await eventually(() => executedBy(dying).includes('s52'));
    dying.kill();
    await undoing({}, false);
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    expect(await undone()).toEqual(
      [8, 7, 6, 5, 4, 3, 2, 1].map((step) => ({
        ...{ node: step - 1, completed: 1, attempts: step === 5 ? 2 : 1 },
      })),
    );
  });

  test('whose compensation fails says so, and what is left', async () => {
    const engine = await engines.start({
      actions: {
        undo: ({ with: { step } }) =>
          step === 4
            ? failed('permanent', 'cannot be undone')
            : { status: 'completed', output: null },
      },
    });
    const runId = await submitted(engine, saga());
    expect(await engines.over(runId)).toMatchObject({
      status: 'failed',
      progress: { error: { node_id: 's4', type: 'compensation_failed' } },
    });
    const [end] = await engines.ask<{ details: JsonObject }>(
      "select details from recovery_audits where event = 'failed'",
    );
    expect(end?.details.remaining).toEqual(['s4', 's3', 's2', 's1']);
  });
});
