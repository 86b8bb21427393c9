/** Who hears of what: the end of a run and its notice are one statement, deliveries follow routes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openApiStore } from '../src/index.ts';
import { ANN, auditOf, type NoticeDesk, openNoticeDesk } from './notices.ts';
import { batch, submitRow } from './rows.ts';

let desk: NoticeDesk;
beforeAll(async () => {
  desk = await openNoticeDesk();
});
afterAll(() => desk.close());
beforeEach(() => desk.forget());

const notices = () => desk.ask<{ event: string; run_id: string }>('select * from notices');

describe('the end of a run', () => {
  test('leaves no notice when nobody has asked', async () => {
    await desk.end();
    expect(await notices()).toEqual([]);
  });

  test('leaves a notice for a route of its owner, in the flush that ends it', async () => {
    await desk.channel('ops');
    await desk.route({ events: ['run.failed', 'run.timeout'] });
    const failed = await desk.end({ status: 'failed', progress: '{"error":{"type":"x"}}' });
    const late = await desk.end({ status: 'timeout' });
    await desk.end({ status: 'completed' });
    await desk.end({ status: 'failed', owner: 'bob' });
    expect(await notices()).toMatchObject([
      { event: 'run.failed', run_id: failed, detail: '{"error":{"type":"x"}}', owner: 'ann' },
      { event: 'run.timeout', run_id: late },
    ]);
  });

  test('leaves one for whom the run itself has named, among runs that named nobody', async () => {
    const engine = await desk.engine();
    const rows = [submitRow(), submitRow(), submitRow()];
    await engine.lane.flush(batch(1, { submits: rows }));
    const updates = rows.map(({ runId }, i) => ({
      ...({ kind: 'finish', runId, inboxSeq: 0, status: 'completed' } as const),
      ...{ completedAt: Date.now(), progress: '{}' },
      targets: i === 1 ? '[{"webhook":"https://x.example/"}]' : undefined,
    }));
    await engine.lane.flush(batch(2, { updates }));
    expect(await notices()).toMatchObject([
      { run_id: rows[1]?.runId.text, targets: [{ webhook: 'https://x.example/' }] },
    ]);
  });

  test('leaves none when the end does not take, because a message came before it', async () => {
    await desk.channel('ops');
    await desk.route({ events: ['run.completed'] });
    const engine = await desk.engine();
    const row = submitRow();
    await engine.lane.flush(batch(1, { submits: [row] }));
    await desk.store.requestCancel([row.runId.text], 'before the end');
    const update = {
      ...({ kind: 'finish', runId: row.runId, inboxSeq: 0, status: 'completed' } as const),
      ...{ completedAt: Date.now(), progress: '{}', targets: '[{"channel":"ops"}]' },
    };
    const result = await engine.lane.flush(batch(2, { updates: [update] }));
    expect(result.refused).toEqual([row.runId.text]);
    expect(await notices()).toEqual([]);
  });

  test('is told once though the flush is sent again', async () => {
    await desk.channel('ops');
    await desk.route();
    const engine = await desk.engine();
    const row = submitRow();
    await engine.lane.flush(batch(1, { submits: [row] }));
    const update = {
      ...({ kind: 'finish', runId: row.runId, inboxSeq: 0, status: 'failed' } as const),
      ...{ completedAt: Date.now(), progress: '{}' },
    };
    await engine.lane.flush(batch(2, { updates: [update] }));
    await engine.lane.flush(batch(2, { updates: [update] }));
    expect(await notices()).toHaveLength(1);
  });

  test('may say what jsonb cannot hold, and ends all the same', async () => {
    await desk.channel('ops');
    await desk.route();
    const progress = JSON.stringify({ error: { message: 'a \u0000 in the middle' } });
    await desk.end({ progress });
    await desk.relay.expand();
    expect((await desk.deliveries())[0]?.detail).toBe(progress);
  });
});

describe('a notice', () => {
  test('becomes a delivery for each channel that wants it, and is gone', async () => {
    await desk.channel('ops');
    await desk.channel('qa');
    await desk.route({ events: ['run.failed'] });
    await desk.route({ channel: 'qa', events: ['run.failed', 'run.completed'] });
    const failed = await desk.end({ tags: ['nightly'] });
    const completed = await desk.end({ status: 'completed' });
    expect(await desk.relay.expand()).toBe(2);
    expect(await desk.relay.expand()).toBe(0);
    expect(await notices()).toEqual([]);
    const made = (await desk.deliveries()).map((row) => [row.event, row.run_id, row.channel_name]);
    expect(made.toSorted()).toEqual(
      [
        ['run.completed', completed, 'qa'],
        ['run.failed', failed, 'ops'],
        ['run.failed', failed, 'qa'],
      ].toSorted(),
    );
    const told = (await desk.deliveries()).find((row) => row.run_id === failed);
    expect(told?.payload).toEqual({
      status: 'failed',
      job_id: failed,
      job_name: 'a run',
      job_type: 'dag',
      tags: ['nightly'],
    });
  });

  test('is told once to a channel that two routes and the run itself name', async () => {
    await desk.channel('ops');
    await desk.route();
    await desk.route({ events: ['run.failed', 'run.completed'] });
    await desk.end({ targets: [{ channel: 'ops' }] });
    await desk.relay.expand();
    expect(await desk.deliveries()).toHaveLength(1);
  });

  test('passes routes by whose tag or job type it does not have', async () => {
    await desk.channel('ops');
    await desk.route({ tag: 'nightly' });
    await desk.route({ jobType: 'etl' });
    await desk.end({ tags: ['other'] });
    await desk.relay.expand();
    expect(await desk.deliveries()).toEqual([]);
    await desk.end({ tags: ['other', 'nightly'] });
    await desk.end({ jobType: 'etl' });
    await desk.relay.expand();
    expect(await desk.deliveries()).toHaveLength(2);
  });

  test('goes to the addresses that the run has named', async () => {
    const targets = [{ webhook: 'https://x.example/' }, { email: 'ops@example.com' }];
    await desk.end({ status: 'completed', targets });
    await desk.relay.expand();
    const rows = await desk.deliveries();
    expect(
      rows.map(({ type, url, recipients, state }) => ({ type, url, recipients, state })),
    ).toEqual(
      expect.arrayContaining([
        { type: 'webhook', url: 'https://x.example/', recipients: null, state: 'pending' },
        { type: 'email', url: null, recipients: ['ops@example.com'], state: 'pending' },
      ]),
    );
  });

  test('is seen as failed when its channel is not there or not its owner’s', async () => {
    await desk.channel('theirs', { owner: 'bob' });
    await desk.end({ targets: [{ channel: 'theirs' }] });
    await desk.relay.expand();
    expect(await desk.deliveries()).toMatchObject([
      { state: 'failed', channel_name: 'theirs', owner: 'ann', last_error: { type: 'no_channel' } },
    ]);
  });

  test('of somebody else reaches only routes of everyone', async () => {
    await desk.channel('ops');
    await desk.channel('all', { owner: 'root' });
    await desk.route();
    await desk.route({ owner: 'root', channel: 'all', everyone: true });
    await desk.end({ owner: 'bob' });
    await desk.relay.expand();
    expect(await desk.deliveries()).toMatchObject([{ owner: 'root', channel_name: 'all' }]);
  });

  test('is taken by one of the relays that look at the same moment', async () => {
    await desk.channel('ops');
    await desk.route();
    for (let i = 0; i < 30; i++) await desk.end();
    const counts = await Promise.all(Array.from({ length: 6 }, () => desk.relay.expand()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
    expect(await desk.deliveries()).toHaveLength(30);
  });
});

describe('what happens to a run on its way', () => {
  const at = new Date().toISOString();

  async function opened(owner = 'ann') {
    const engine = await desk.engine();
    const row = submitRow({ submission: { owner } });
    await engine.lane.flush(batch(1, { submits: [row] }));
    const intervention = {
      ...{ intervention_id: randomUUID(), run_id: row.runId.text, owner, session_id: randomUUID() },
      ...{ node: 0, node_id: 'only', message: 'a decision', error: null, state: 'open' },
      ...{ assignee: null, opened_at: at, deadline_at: at, default_resolution: 'abort' },
    };
    const asides = [{ kind: 'intervention', row: intervention } as const];
    await engine.lane.flush(batch(2, { asides }));
    return { engine, row, id: intervention.intervention_id };
  }

  test('is told: that somebody is to decide, and that nobody did in time', async () => {
    await desk.channel('ops');
    await desk.route({ events: ['intervention.opened', 'intervention.expired'] });
    const { row, id } = await opened();
    expect(await notices()).toMatchObject([
      {
        ...{ event: 'intervention.opened', run_id: row.runId.text },
        payload: { intervention_id: id, node_id: 'only', message: 'a decision' },
      },
    ]);
    await desk.store.expireInterventions();
    expect((await notices())[1]).toMatchObject({
      event: 'intervention.expired',
      payload: { intervention_id: id, resolution: 'abort' },
    });
  });

  test('is told to nobody who has not asked', async () => {
    await opened();
    await desk.store.expireInterventions();
    expect(await notices()).toEqual([]);
  });

  test('is told: that a recovery has failed, and not that one has begun or helped', async () => {
    await desk.channel('ops');
    await desk.route({ events: ['recovery.failed'] });
    const engine = await desk.engine();
    const runId = randomUUID();
    const asides = (['started', 'failed'] as const).map((event) => ({
      kind: 'recovery_audit' as const,
      row: {
        ...{ audit_id: randomUUID(), session_id: runId, run_id: runId, owner: 'ann', event },
        ...{ trigger: 'failure', classification: 'permanent', action: 'rollback_state' },
        ...{ actor: 'policy', state_before: 'running', state_after: null, success: null },
        ...{ details: { node_id: 'a\u0000b' }, at },
      },
    }));
    await engine.lane.flush(batch(1, { asides }));
    expect(await notices()).toMatchObject([
      { event: 'recovery.failed', payload: { action: 'rollback_state', session_id: runId } },
    ]);
  });

  test('is told: that a circuit has opened, once', async () => {
    await desk.channel('ops');
    await desk.route({ events: ['circuit.opened'] });
    const circuit = { failures: 5, successes: 0, slices: [] };
    const save = (version: number, state: 'closed' | 'open') =>
      desk.store.saveCircuit({
        row: {
          owner: 'ann',
          key: 'http x',
          version,
          circuit: { ...circuit, state, openUntil: 9e12 },
        },
        settings: {
          failureThreshold: 5,
          successThreshold: 3,
          timeoutMs: 1,
          windowMs: 1,
          minimumCalls: 1,
        },
      });
    await save(0, 'closed');
    expect(await notices()).toEqual([]);
    await save(1, 'open');
    await save(2, 'open');
    expect(await notices()).toMatchObject([
      { event: 'circuit.opened', run_id: null, payload: { circuit: 'http x', failures: 5 } },
    ]);
  });

  test('is told: that a failed run was aborted', async () => {
    await desk.channel('ops');
    await desk.route({ events: ['run.aborted'] });
    const runId = await desk.end();
    const { jobs, close } = openApiStore(desk.connection);
    await jobs.cancel(ANN, { runId, mode: 'graceful', audit: auditOf('job.cancel_requested') });
    await close();
    expect(await notices()).toMatchObject([{ event: 'run.aborted', run_id: runId }]);
  });
});
