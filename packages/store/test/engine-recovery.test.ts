/** What an engine does about failures that retries do not mend, and what it writes down about it. */
import type { JsonObject } from '@tenuto/contract';
import type { ActionOutcome } from '@tenuto/engine';
import { failed, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, openEngines, submitted } from './engines.ts';
import { breaks, executedBy, once, policy, sessionsOf } from './recoveries.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

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
    expect(await sessionsOf(engines, runId)).toEqual([
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
    expect(executedBy(engine)).toEqual(['a1', 'a2', 'a3']);
    expect(
      (await sessionsOf(engines, runId)).map(({ action, success }) => [action, success]),
    ).toEqual([
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
    await eventually(() => executedBy(engine).length === 1);
    machine.mend();
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(engine)).toEqual(['a1', 'a2', 'b1']);
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
    expect(executedBy(engine)).toEqual(['a1', 'tidy1']);
    const events = await engines.ask<{ type: string; body: string }>(
      'select type, body from run_events order by seq',
    );
    expect(events.map(({ type, body }) => [type, (JSON.parse(body) as JsonObject).to])).toEqual([
      ['transition', 'recovering'],
      ['stop', 'aborted'],
    ]);
    expect(await sessionsOf(engines, runId)).toMatchObject([
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
    expect(await sessionsOf(engines, runId)).toEqual([]);
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

test('a fallback that its engine dies under is made again, also of a node with one attempt', async () => {
  const nodes = [breaks('a', { fallback: { uses: 'hang' } })];
  const dying = await engines.start();
  const runId = await submitted(dying, testSubmission(nodes));
  await eventually(() => executedBy(dying).includes('a2'));
  dying.kill();
  const heir = await engines.start({
    actions: { hang: () => ({ status: 'completed', output: null }) },
  });
  expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  expect(executedBy(heir)).toEqual(['a3']);
});

test('a fallback that fails by itself is not, where the node makes one attempt', async () => {
  const engine = await engines.start();
  const nodes = [breaks('a', { fallback: { uses: 'fail' } })];
  const runId = await submitted(engine, testSubmission(nodes));
  expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
  expect(executedBy(engine)).toEqual(['a1', 'a2']);
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
    await eventually(() => executedBy(engine).length === nodes.length);
    if (status !== 'running') expect(await engines.over(runId)).toMatchObject({ status });
    expect(executedBy(engine).sort()).toEqual([...nodes]);
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
    expect(executedBy(heir)).toEqual(['b1']);
  });

  test('that nobody answers before the deadline leaves a run that says so', async () => {
    const engine = await engines.start();
    const { input, ...rest } = asking();
    const runId = await submitted(engine, {
      ...rest,
      input: { ...input, deadlineAt: Date.now() + 1_500 },
    });
    await opened();
    expect(await engines.over(runId)).toMatchObject({
      status: 'timeout',
      progress: { error: { type: 'deadline', message: expect.stringContaining('deadline') } },
    });
  });

  test('is closed when the run is cancelled', async () => {
    const engine = await engines.start();
    const runId = await submitted(engine, asking());
    await opened();
    await engines.cancel(runId);
    await engines.over(runId);
    expect(await engines.ask('select state from interventions')).toEqual([{ state: 'cancelled' }]);
    expect(await sessionsOf(engines, runId)).toMatchObject([{ events: ['started', 'cancelled'] }]);
  });
});
