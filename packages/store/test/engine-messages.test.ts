import { type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';
import { breaks, executedBy, policy, sessionsOf } from './recoveries.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

describe('a run that is paused', () => {
  test('starts nothing, leaves memory, and goes on when it is resumed', async () => {
    const gate = latch();
    const engine = await engines.start({
      parkAfterMs: 0,
      actions: {
        gated: async () => {
          await gate.opened;
          return { status: 'completed', output: null };
        },
      },
    });
    const runId = await submitted(
      engine,
      testSubmission([
        { id: 'a', uses: 'gated' },
        { id: 'b', uses: 'noop', needs: ['a'] },
      ]),
    );
    await eventually(() => executedBy(engine).length === 1);
    await engines.tell(runId, 'pause', { reason: 'lunch' });
    const status = async () =>
      (
        await engines.ask<{ status: string; engine: string | null }>(
          'select status::text as status, engine from run_live where run_id = $1',
          [runId],
        )
      )[0];
    await eventually(async () => (await status())?.status === 'paused');
    gate.open();
    await eventually(async () => (await status())?.engine === null);
    expect(executedBy(engine)).toEqual(['a1']);
    await engines.tell(runId, 'resume');
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(engine)).toEqual(['a1', 'b1']);
  });
});

describe('a signal', () => {
  const waits = { id: 'a', uses: 'signal.wait', with: { name: 'go' } };
  const actions: TestEngineOptions['actions'] = {
    'signal.wait': (call) => ({
      status: 'waiting',
      wait: {
        ...{ kind: 'signal', name: String(call.with.name) },
        ...(call.with.ms !== undefined && { until: call.startedAt + Number(call.with.ms) }),
      },
    }),
  };

  test('ends the wait for it, and its payload is the output; also across parking', async () => {
    const engine = await engines.start({ actions, parkAfterMs: 0 });
    const runId = await submitted(
      engine,
      testSubmission([waits, { id: 'b', uses: 'echo', with: { v: '${steps.a}' }, needs: ['a'] }]),
    );
    await eventually(() => engine.engine.live(runId) === undefined);
    await engines.tell(runId, 'signal', { name: 'go', payload: 'now' });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect((await engines.attempts(runId)).map(({ output }) => output)).toEqual([
      '"now"',
      '{"v":"now"}',
    ]);
  });

  test('that does not come in time ends the node as timed out', async () => {
    const engine = await engines.start({ actions });
    const runId = await submitted(
      engine,
      testSubmission([{ ...waits, with: { name: 'go', ms: 20 } }]),
    );
    expect(await engines.over(runId)).toMatchObject({
      status: 'failed',
      progress: { error: { type: 'no_signal' } },
    });
  });

  test('that nobody can hear any more is noted', async () => {
    const engine = await engines.start({ actions });
    const runId = await submitted(engine, testSubmission([waits]));
    await engines.tell(runId, 'resume');
    await eventually(async () => {
      const rows = await engines.ask("select 1 from run_events where type = 'refused'");
      return rows.length === 1;
    });
  });
});

describe('an effect that a crash cut off', () => {
  const pays = (onAmbiguous: 'retry' | 'ask' | 'fail' | { probe: { uses: string } }) =>
    testSubmission([
      { id: 'pay', uses: 'pay', on_ambiguous: onAmbiguous },
      { id: 'ship', uses: 'noop', needs: ['pay'] },
    ]);
  const dies = async (submission: ReturnType<typeof pays>) => {
    const dying = await engines.start({ actions: { pay: () => new Promise(() => undefined) } });
    const runId = await submitted(dying, submission);
    await eventually(() => executedBy(dying).length === 1);
    dying.kill();
    return runId;
  };
  const paid = { pay: () => ({ status: 'completed', output: 'paid' }) as const };

  test('stands in the ledger with its intent, and its outcome once there is one', async () => {
    const runId = await dies(pays('retry'));
    expect(await engines.ask('select key, action, outcome from effects')).toEqual([
      { key: `${runId}/pay/0`, action: 'pay', outcome: null },
    ]);
    const heir = await engines.start({ actions: paid });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(heir)).toEqual(['pay2', 'ship1']);
    expect(await engines.ask('select key, outcome from effects order by attempt')).toEqual([
      { key: `${runId}/pay/0`, outcome: null },
      { key: `${runId}/pay/0`, outcome: 'completed' },
    ]);
  });

  test('is asked about', async () => {
    const runId = await dies(pays('ask'));
    const heir = await engines.start({ actions: paid });
    const [row] = await eventually(async () => {
      const rows = await engines.ask<{ intervention_id: string }>('select * from interventions');
      return rows.length > 0 && rows;
    });
    expect(executedBy(heir)).toEqual([]);
    await engines.tell(runId, 'resolve', {
      ...{ intervention: row?.intervention_id ?? '', resolution: 'skip', result: 'was paid' },
    });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(heir)).toEqual(['ship1']);
  });

  test('is looked after by its probe', async () => {
    const runId = await dies(pays({ probe: { uses: 'look' } }));
    const heir = await engines.start({
      actions: {
        ...paid,
        look: () => ({ status: 'completed', output: { done: true, output: 'paid' } }),
      },
    });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(heir)).toEqual(['pay2', 'ship1']);
    expect(
      (await sessionsOf(engines, runId)).map(({ action, trigger }) => [action, trigger]),
    ).toEqual([
      ['requeue_job', 'lost'],
      ['retry_job', 'ambiguous'],
    ]);
  });

  test('fails the node where that is wanted', async () => {
    const runId = await dies(pays('fail'));
    await engines.start({ actions: paid });
    expect(await engines.over(runId)).toMatchObject({
      status: 'failed',
      progress: { error: { node_id: 'pay', type: 'outcome_unknown' } },
    });
  });
});

describe('an attempt that says nothing', () => {
  test('for longer than its heartbeat allows is lost, and made again', async () => {
    const engine = await engines.start({
      actions: {
        quiet: (call) =>
          call.attempt === 1
            ? new Promise(() => undefined)
            : { status: 'completed', output: call.attempt },
      },
    });
    const runId = await submitted(
      engine,
      testSubmission([{ id: 'a', uses: 'quiet', heartbeat_seconds: 0.05, grace_seconds: 0 }]),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    const [first] = await engines.attempts(runId);
    expect(JSON.parse(first?.error ?? '')).toMatchObject({
      ...{ classification: 'infrastructure', type: 'heartbeat_missed' },
    });
  });
});

describe('a run that stands still', () => {
  test('is dealt with as its policy says', async () => {
    const engine = await engines.start({ actions: { hang: () => new Promise(() => undefined) } });
    const runId = await submitted(
      engine,
      testSubmission([{ id: 'a', uses: 'hang', grace_seconds: 0 }], {
        input: {
          recovery: {
            rules: [{ when: { status: 'stalled' }, action: 'abort_execution' }],
            stallLimitMs: 100,
          },
        },
      }),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'aborted' });
    expect(await sessionsOf(engines, runId)).toMatchObject([{ trigger: 'stalled', success: true }]);
  });
});

describe('a run that is being aborted', () => {
  test('hears a cancel, which has nothing more to stop, and ends', async () => {
    const gate = latch();
    const engine = await engines.start({
      actions: {
        gated: async () => {
          await gate.opened;
          return { status: 'completed', output: null };
        },
      },
    });
    const runId = await submitted(
      engine,
      testSubmission(
        [breaks('a'), { id: 'tidy', type: 'cleanup', uses: 'gated' }],
        policy({ action: 'abort_execution' }),
      ),
    );
    await eventually(() => executedBy(engine).includes('tidy1'));
    await engines.cancel(runId);
    await eventually(async () => (await engines.ask('select 1 from run_inbox')).length === 0);
    gate.open();
    expect(await engines.over(runId)).toMatchObject({ status: 'aborted' });
    expect(engine.log.filter(({ level }) => level === 'error')).toEqual([]);
    const events = await engines.ask<{ type: string }>('select type from run_events order by seq');
    expect(events.map(({ type }) => type)).toEqual(['transition', 'stop', 'refused']);
  });
});
