import { armFailpoints } from '@tenuto/engine';
import { openApiStore } from '@tenuto/store';
import { type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';
import { breaks, executedBy, once, policy, sessionsOf } from './recoveries.ts';

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

  test('reaches a cleanup that waits for it, though the run was cancelled', async () => {
    const engine = await engines.start({ actions });
    const nodes = [
      { id: 'work', uses: 'hang', grace_seconds: 0 },
      { ...waits, type: 'cleanup' as const },
    ];
    const runId = await submitted(engine, testSubmission(nodes));
    await eventually(() => executedBy(engine).length === 1);
    await engines.cancel(runId);
    await eventually(() => executedBy(engine).length === 2);
    const api = openApiStore(engines.connection);
    try {
      const body = { actor: 'ann', name: 'go', payload: 'now' };
      const audit = { actor: 'ann', action: 'job.signalled', subject: runId, details: {} };
      const message = { runId, type: 'signal', body, audit } as const;
      expect(await api.jobs.tell({ owner: 'ann', all: false }, message)).toBe('told');
      const pause = { ...message, type: 'pause', body: { actor: 'ann' } } as const;
      expect(await api.jobs.tell({ owner: 'ann', all: false }, pause)).toBe('over');
    } finally {
      await api.close();
    }
    expect(await engines.over(runId)).toMatchObject({ status: 'cancelled' });
    expect((await engines.attempts(runId)).map(({ output }) => output)).toContain('"now"');
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

  test('is intended anew when its engine went down before it began', async () => {
    const flushesGoOn = latch();
    const firstMayEnd = latch();
    let flushesHang = false;
    const leaving = await engines.start({
      actions: {
        first: () => firstMayEnd.opened.then(() => ({ status: 'completed', output: null })),
      },
      async probe(method, stage) {
        if (method === 'flush' && stage === 'before' && flushesHang) await flushesGoOn.opened;
      },
    });
    const nodes = [
      { id: 'first', uses: 'first' },
      { id: 'pay', uses: 'pay', needs: ['first'], on_ambiguous: 'fail' as const },
    ];
    const runId = await submitted(leaving, testSubmission(nodes));
    await eventually(() => executedBy(leaving).length === 1);
    flushesHang = true;
    firstMayEnd.open();
    await eventually(() => leaving.engine.health().journalBacklogRows > 0);
    onTestFinished(armFailpoints((point) => void (point === 'before-park' && flushesGoOn.open())));
    await leaving.stop();
    expect(await engines.ask('select outcome from effects')).toEqual([{ outcome: null }]);
    const heir = await engines.start({ actions: paid });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(heir)).toEqual(['pay1']);
    expect(await engines.ask('select outcome from effects')).toEqual([{ outcome: 'completed' }]);
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

describe('a message that waits for an engine', () => {
  const lost = async (submission: ReturnType<typeof testSubmission>) => {
    const dying = await engines.start();
    const runId = await submitted(dying, submission);
    await eventually(() => executedBy(dying).length === 1);
    dying.kill();
    return runId;
  };
  const hangs = { id: 'a', uses: 'hang', retry: once };

  test('is heard though the run fails as it comes into memory', async () => {
    const runId = await lost(testSubmission([hangs]));
    await engines.tell(runId, 'recover', {
      session: runId,
      action: 'retry_job',
      node: 0,
      with: {},
    });
    const heir = await engines.start({
      actions: { hang: () => ({ status: 'completed', output: 1 }) },
    });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(heir)).toEqual(['a2']);
    expect(await engines.ask('select 1 from run_inbox')).toEqual([]);
  });

  test('is heard though the run is given back as it comes into memory', async () => {
    const rule = { when: { classification: 'infrastructure' }, action: 'requeue_job' } as const;
    const runId = await lost(testSubmission([hangs], policy(rule)));
    await engines.cancel(runId);
    const heir = await engines.start();
    expect(await engines.over(runId)).toMatchObject({ status: 'cancelled' });
    expect(executedBy(heir)).toEqual([]);
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
