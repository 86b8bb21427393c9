/** What an engine does about failures that retries do not mend, and what it writes down about it. */
import type { JsonObject, RecoveryRule } from '@tenuto/contract';
import type { ActionOutcome } from '@tenuto/engine';
import { failed, type TestEngine, type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

const once = { strategy: 'none', max_attempts: 1 } as const;
const breaks = (id: string, more = {}) => ({ id, uses: 'fail', retry: once, ...more });
const policy = (...rules: RecoveryRule[]) => ({ input: { recovery: { rules } } });

interface Session {
  readonly action: string;
  readonly trigger: string;
  readonly node_id: string | null;
  readonly events: string[];
  readonly success: boolean | null;
  readonly state_before: string;
  readonly state_after: string | null;
}

/** The recoveries of a run, each with its audit rows. */
const sessions = (runId: string) =>
  engines.ask<Session>(
    `select r.action, r.trigger, r.node_id, r.state_before,
       array_agg(a.event order by a.event = 'started' desc) as events,
       bool_or(a.success) as success, max(a.state_after) as state_after
     from recoveries r join recovery_audits a using (session_id)
     where r.run_id = $1 group by r.session_id order by r.started_at, r.trigger = 'lost' desc`,
    [runId],
  );

const executed = ({ executed: all }: TestEngine) =>
  all.map(({ nodeId, attempt }) => `${nodeId}${attempt}`);

/** An action that fails until it is told not to. */
function mending() {
  let broken = true;
  return {
    mend() {
      broken = false;
    },
    action: (): ActionOutcome =>
      broken ? failed('transient', 'still broken') : { status: 'completed', output: 'mended' },
  };
}

describe('a policy', () => {
  test('retries a node with attempts of its own, in a new generation', async () => {
    const machine = mending();
    const engine = await engines.start({
      actions: {
        machine: (call) => {
          if (call.attempt === 2) machine.mend();
          return machine.action();
        },
      },
    });
    const runId = await submitted(
      engine,
      testSubmission(
        [{ id: 'a', uses: 'machine', retry: once }],
        policy({ when: { classification: 'transient' }, action: 'retry_job' }),
      ),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    const attempts = await engines.ask(
      'select attempt, generation, kind, status::text as status from attempts order by seq',
    );
    expect(attempts).toEqual([
      { attempt: 1, generation: 0, kind: 0, status: 'failed' },
      { attempt: 2, generation: 1, kind: 0, status: 'completed' },
    ]);
    expect(await sessions(runId)).toEqual([
      {
        ...{ action: 'retry_job', trigger: 'failure', node_id: 'a', success: true },
        ...{ events: ['started', 'completed'], state_before: 'failed', state_after: 'completed' },
      },
    ]);
  });

  test('follows its rules in order, each as often as it says', async () => {
    const engine = await engines.start();
    const runId = await submitted(
      engine,
      testSubmission(
        [breaks('a')],
        policy(
          { action: 'retry_job', with: { max_times: 2 } },
          { action: 'skip_node', with: { result: 'none' } },
        ),
      ),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executed(engine)).toEqual(['a1', 'a2', 'a3']);
    expect((await sessions(runId)).map(({ action, success }) => [action, success])).toEqual([
      ['retry_job', false],
      ['retry_job', false],
      ['skip_node', true],
    ]);
  });

  test('gives the run back to the queue, for any engine', async () => {
    const machine = mending();
    const engine = await engines.start({ actions: { machine: machine.action } });
    const runId = await submitted(
      engine,
      testSubmission(
        [
          { id: 'a', uses: 'machine', retry: once },
          { id: 'b', uses: 'noop', needs: ['a'] },
        ],
        policy({ action: 'requeue_job', with: { delay_ms: 50 } }),
      ),
    );
    await eventually(() => executed(engine).length === 1);
    machine.mend();
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executed(engine)).toEqual(['a1', 'a2', 'b1']);
  });

  test('skips a node, which gives those after it the result that the policy names', async () => {
    const engine = await engines.start();
    const runId = await submitted(
      engine,
      testSubmission(
        [breaks('a'), { id: 'b', uses: 'echo', with: { v: '${steps.a.n}' }, needs: ['a'] }],
        policy({ action: 'skip_node', with: { result: { n: 4 } } }),
      ),
    );
    expect(await engines.over(runId)).toMatchObject({
      status: 'completed',
      progress: { counts: { completed: 1, skipped: 1 } },
    });
    expect((await engines.attempts(runId)).at(-1)?.output).toBe('{"v":4}');
  });

  test('aborts the run by way of recovering, and lets its cleanup run', async () => {
    const engine = await engines.start();
    const runId = await submitted(
      engine,
      testSubmission(
        [
          breaks('a'),
          { id: 'b', uses: 'noop', needs: ['a'] },
          { id: 'tidy', type: 'cleanup', uses: 'noop' },
        ],
        policy({ action: 'abort_execution' }),
      ),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'aborted' });
    expect(executed(engine)).toEqual(['a1', 'tidy1']);
    const events = await engines.ask<{ type: string; body: string }>(
      'select type, body from run_events order by seq',
    );
    expect(events.map(({ type, body }) => [type, (JSON.parse(body) as JsonObject).to])).toEqual([
      ['transition', 'recovering'],
      ['stop', 'aborted'],
    ]);
    expect(await sessions(runId)).toMatchObject([
      { action: 'abort_execution', success: true, state_after: 'aborted' },
    ]);
  });

  test('that is silent about a failure lets it stand', async () => {
    const engine = await engines.start();
    const runId = await submitted(
      engine,
      testSubmission([breaks('a')], policy({ when: { error_type: 'other' }, action: 'retry_job' })),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    expect(await sessions(runId)).toEqual([]);
  });
});

test('a fallback takes the place of a node that failed, without any policy', async () => {
  const engine = await engines.start();
  const runId = await submitted(
    engine,
    testSubmission([
      breaks('a', { fallback: { uses: 'echo', with: { from: 'fallback' } } }),
      { id: 'b', uses: 'echo', with: { v: '${steps.a.from}' }, needs: ['a'] },
    ]),
  );
  expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  const rows = await engines.ask('select node, kind, output from attempts order by seq');
  expect(rows).toMatchObject([
    { node: 0, kind: 0 },
    { node: 0, kind: 2, output: '{"from":"fallback"}' },
    { node: 1, kind: 0, output: '{"v":"fallback"}' },
  ]);
});

describe('an escalation', () => {
  const asking = (more = {}) =>
    testSubmission(
      [breaks('a'), { id: 'b', uses: 'noop', needs: ['a'] }, { id: 'c', uses: 'noop' }],
      policy({ action: 'escalate_manual', with: { message: 'What now?', ...more } }),
    );
  const opened = () =>
    eventually(
      async () =>
        (
          await engines.ask<{ intervention_id: string; state: string; message: string }>(
            'select intervention_id, state, message from interventions',
          )
        )[0],
    );

  test.each([
    ['skip', 'completed', ['a1', 'b1', 'c1']],
    ['abort', 'aborted', ['a1', 'c1']],
    ['retry', 'running', ['a1', 'a2', 'c1']],
  ] as const)('is answered by %s', async (resolution, status, nodes) => {
    const engine = await engines.start();
    const runId = await submitted(engine, asking());
    const { intervention_id: intervention, message } = await opened();
    expect(message).toBe('What now?');
    await engines.tell(runId, 'resolve', { intervention, resolution });
    engine.engine.poke(runId);
    await eventually(() => executed(engine).length === nodes.length);
    if (status !== 'running') expect(await engines.over(runId)).toMatchObject({ status });
    expect(executed(engine).sort()).toEqual([...nodes]);
  });

  test('survives its engine: the heir still waits, and hears the answer', async () => {
    const dying = await engines.start();
    const runId = await submitted(dying, asking());
    const { intervention_id: intervention } = await opened();
    dying.kill();
    const heir = await engines.start();
    await eventually(() => heir.engine.live(runId) !== undefined);
    await engines.tell(runId, 'resolve', { intervention, resolution: 'skip' });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executed(heir)).toEqual(['b1']);
  });

  test('is closed when the run is cancelled', async () => {
    const engine = await engines.start();
    const runId = await submitted(engine, asking());
    await opened();
    await engines.cancel(runId);
    await engines.over(runId);
    expect(await engines.ask('select state from interventions')).toEqual([{ state: 'cancelled' }]);
    expect(await sessions(runId)).toMatchObject([{ events: ['started', 'cancelled'] }]);
  });
});

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
    expect(await sessions(runId)).toMatchObject([
      { action: 'rollback_state', success: true, state_before: 'running', state_after: 'failed' },
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
    await eventually(() => executed(dying).includes('s52'));
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
    await eventually(() => executed(engine).length === 1);
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
    expect(executed(engine)).toEqual(['a1']);
    await engines.tell(runId, 'resume');
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executed(engine)).toEqual(['a1', 'b1']);
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
    await eventually(() => executed(dying).length === 1);
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
    expect(executed(heir)).toEqual(['pay2', 'ship1']);
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
    expect(executed(heir)).toEqual([]);
    await engines.tell(runId, 'resolve', {
      ...{ intervention: row?.intervention_id ?? '', resolution: 'skip', result: 'was paid' },
    });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executed(heir)).toEqual(['ship1']);
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
    expect(executed(heir)).toEqual(['pay2', 'ship1']);
    expect((await sessions(runId)).map(({ action, trigger }) => [action, trigger])).toEqual([
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
    expect(await sessions(runId)).toMatchObject([{ trigger: 'stalled', success: true }]);
  });
});
