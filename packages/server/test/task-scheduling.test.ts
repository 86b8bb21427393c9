import { timeOfId } from '@tenuto/contract';
import { createScheduler } from '@tenuto/engine';
import { createScheduleStore, fireForEvents } from '@tenuto/store';
import { createDatabase } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/system-clock.ts';
import { gate } from './real-api.ts';
import { runIdAt } from './scripted-engine.ts';
import { aQuietTask, startTaskApi, startTaskApiOn, type TaskApi } from './task-api.ts';

const door = gate();
let api: TaskApi;
let holds = false;
beforeAll(async () => {
  api = await startTaskApi({
    actions: {
      noop: (call) => ({ status: 'completed', output: { got: call.with.value ?? null } }),
      broken: () => ({
        status: 'failed',
        error: { classification: 'permanent', type: 'broken', message: 'It is broken.' },
      }),
      gate: door.action,
      look: () => ({ status: 'completed', output: { ready: holds } }),
      'transform.cel': (call) => ({ status: 'completed', output: call.with.value ?? null }),
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

const SECOND = 1_000;
const seconds = (firings: readonly { readonly tick: string }[]) =>
  firings.map(({ tick }) => Date.parse(tick) / SECOND);

describe('several schedulers on one database', () => {
  it('fire each tick once, without a gap', async () => {
    const stores = [1, 2].map(() => createScheduleStore({ ...api.connection }));
    const others = stores.map((store) =>
      createScheduler({
        ...{ store, clock: systemClock, runsWait: () => undefined },
        log: { info: () => undefined, warn: console.warn, error: console.error },
      }),
    );
    for (const other of others) other.start();
    const tasks = await Promise.all(
      Array.from({ length: 10 }, () => api.make({ misfire_policy: 'fire_all' })),
    );
    for (const { task_id: id } of tasks) {
      const ticks = seconds(await api.fires(id, 4));
      expect(ticks).toEqual(ticks.map((_, i) => (ticks[0] ?? 0) + i));
      await api.ask(id, 'cancel');
      const { rows } = await api.pool.query(
        `select (select count(*)::int from task_firings where task_id = $1 and outcome = 'fired')
           as fired, (select count(*)::int from run_live where task_id = $1)
           + (select count(*)::int from runs where task_id = $1) as runs`,
        [id],
      );
      expect(rows[0].runs).toBe(rows[0].fired);
    }
    await Promise.all(others.map((other) => other.stop()));
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('a task while it is paused', () => {
  it('tells of each tick that it would have fired, and makes up for them when asked', async () => {
    const { task_id: id } = await api.make();
    await api.ask(id, 'pause');
    await api.fires(id, 2, 'skipped');
    const resumed = await api.ask(id, 'resume', { catch_up: true });
    expect(resumed.details.run_ids).toHaveLength(1);
    const firings = await api.fires(id, 2);
    const made = firings.filter(({ outcome }) => outcome === 'fired').map(({ origin }) => origin);
    expect(made).toContain('catch_up');
    const schedule = firings.filter(({ origin }) => origin === 'schedule');
    const ticks = seconds(schedule);
    expect(ticks).toEqual(ticks.map((_, i) => (ticks[0] ?? 0) + i));
    await api.ask(id, 'cancel');
  });
});

describe('a run that goes on', () => {
  it('makes the next firing wait, and lets it go when it ends', async () => {
    const payload = { pipeline: [{ id: 'only', uses: 'gate' }] };
    const { task_id: id } = await api.make({ payload, overlap_policy: 'queue', max_runs: 2 });
    const waiting = await api.fires(id, 1, 'queued');
    expect(waiting.map(({ outcome }) => outcome)).toEqual(['fired', 'queued']);
    door.open();
    const firings = await api.fires(id, 2);
    expect(firings.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      ...['fired null', 'fired overlap'],
    ]);
    expect(await api.read(id)).toMatchObject({ status: 'completed', fired_count: 2 });
  });
});

describe('a scheduler that starts again', () => {
  it('makes one run for what was missed, and tells of every tick', async () => {
    const database = await createDatabase();
    const first = await startTaskApiOn(database);
    const { task_id: id } = await first.make();
    await first.fires(id, 1);
    await first.scheduler.stop();
    const before = await first.firings(id);
    const last = Date.parse(before.at(-1)?.tick ?? '');
    // Downtime is time that really passes for the database.
    await vi.waitUntil(() => Date.now() > last + 5_500, { timeout: 60_000, interval: 50 });
    const store = createScheduleStore({ ...database.connection });
    const again = createScheduler({
      ...{ store, clock: systemClock, runsWait: first.engine.engine.runsWait },
      log: { info: () => undefined, warn: console.warn, error: console.error },
    });
    again.start();
    const firings = await first.fires(id, before.length + 1);
    await again.stop();
    await store.close();
    const ticks = seconds(firings);
    expect(ticks).toEqual(ticks.map((_, i) => (ticks[0] ?? 0) + i));
    const missed = firings.filter(({ outcome }) => outcome === 'coalesced');
    expect(missed.length).toBeGreaterThanOrEqual(4);
    const stood = firings.find(({ outcome }, i) => i >= before.length && outcome === 'fired');
    expect(new Set(missed.map(({ run_id }) => run_id))).toEqual(new Set([stood?.run_id]));
    await first[Symbol.asyncDispose]();
  });
});

describe('events', () => {
  /** What the publisher of events does, in its transaction. */
  const publish = async (taskId: string, values: readonly number[], ids?: readonly string[]) => {
    const events = values.map((value, i) => {
      const eventId = ids?.[i] ?? runIdAt(Date.now());
      const event = JSON.stringify({ id: eventId, payload: { value } });
      return { eventId, at: timeOfId(eventId), event };
    });
    const client = await api.pool.connect();
    try {
      await client.query('begin');
      const [outcome] = await fireForEvents(client, [{ taskId, events }]);
      await client.query('commit');
      const ids = events.map(({ eventId }) => eventId);
      const line = (await api.firings(taskId)).find((one) => one.event_id === ids.at(-1));
      return { outcome, ids, runId: line?.run_id };
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  };
  const onEvents = (over: object = {}) => ({
    ...{ schedule_kind: 'event', schedule_expr: 'orders.*' },
    payload: { pipeline: [{ id: 'only', uses: 'noop', with: { value: '${event}' } }] },
    ...over,
  });

  it('fire a task once each, however often they are told', async () => {
    const { task_id: id } = await api.make(onEvents());
    const first = await publish(id, [1]);
    const again = await publish(id, [1], first.ids);
    expect([first.outcome, again.outcome]).toEqual(['fired', 'known']);
    const run = await api.over(first.runId ?? '');
    expect(run.output.only.got).toEqual({ id: first.ids[0], payload: { value: 1 } });
    expect(await api.firings(id)).toMatchObject([
      { origin: 'event', outcome: 'fired', event_id: first.ids[0], run_id: first.runId },
    ]);
  });

  it('that were gathered are given to one run: the newest of them, or all', async () => {
    const debounced = await api.make(onEvents({ debounce_seconds: 1 }));
    const batched = await api.make(onEvents({ batch: { max_events: 2, max_wait_seconds: 600 } }));
    for (const id of [debounced.task_id, batched.task_id]) {
      const { runId } = await publish(id, [1, 2]);
      const firings = await api.firings(id);
      expect(firings.map(({ outcome }) => outcome).toSorted()).toEqual(['coalesced', 'fired']);
      expect(firings.map(({ run_id }) => run_id)).toEqual([runId, runId]);
      const { got } = (await api.over(runId ?? '')).output.only;
      const values = (got.events ?? [got]).map(
        (one: { payload: { value: number } }) => one.payload.value,
      );
      expect(values).toEqual(id === debounced.task_id ? [2] : [1, 2]);
    }
  });

  it('fire a condition only when it turns true with them', async () => {
    const { task_id: id } = await api.make(
      onEvents({ schedule_kind: 'condition', schedule_expr: 'event.payload.value > 5' }),
    );
    const outcomes: unknown[] = [];
    for (const value of [1, 7, 8, 2, 9]) outcomes.push((await publish(id, [value])).outcome);
    expect(outcomes).toEqual(['inactive', 'fired', 'inactive', 'inactive', 'fired']);
  });
});

describe('a condition with a probe', () => {
  it('fires when it turns true, and not again while it stays so', async () => {
    const { task_id: id } = await api.make({
      ...{ schedule_kind: 'condition', schedule_expr: 'steps.probe.ready == true' },
      ...{ probe: { uses: 'look' }, poll_interval_seconds: 1 },
    });
    const probes = async () =>
      (
        await api.pool.query(`select count(*)::int as n from runs where metadata @> $1`, [
          JSON.stringify({ probe_of: id }),
        ])
      ).rows[0].n;
    await vi.waitUntil(async () => (await probes()) >= 2, { timeout: 60_000, interval: 50 });
    expect(await api.firings(id)).toEqual([]);
    holds = true;
    const [firing] = await api.fires(id, 1);
    expect(firing).toMatchObject({ origin: 'condition', outcome: 'fired' });
    const seen = await probes();
    await vi.waitUntil(async () => (await probes()) >= seen + 2, { timeout: 60_000, interval: 50 });
    expect(await api.firings(id)).toHaveLength(1);
    await api.ask(id, 'cancel');
  });
});

describe('what runs come to', () => {
  it('is told of a task: counts, rates, durations and days', async () => {
    const { task_id: id } = await api.make(
      aQuietTask({ payload: { dag_definition: { nodes: [{ id: 'only', uses: 'noop' }] } } }),
    );
    for (let i = 0; i < 3; i += 1) {
      const { details } = await api.ask(id, 'run_now');
      await api.over(details.run_id ?? '');
    }
    await api.call(`/api/v1/tasks/${id}`, {
      method: 'PATCH',
      body: { payload: { pipeline: [{ id: 'only', uses: 'broken' }] } },
    });
    const { details } = await api.ask(id, 'run_now');
    const run = await api.over(details.run_id ?? '');
    expect(run).toMatchObject({ success: false, error: { type: 'broken' } });
    const { body: stats } = await api.call(`/api/v1/runs/task/${id}/stats?days=30`);
    expect(stats).toMatchObject({
      ...{ task_id: id, days: 30, total: 4, completed: 3, failed: 1, cancelled: 0, live: 0 },
      ...{ success_rate: 0.75, failure_rate: 0.25 },
      runs_per_day: [{ runs: 4, completed: 3, failed: 1 }],
    });
    expect(stats.p95_duration_seconds).toBeGreaterThanOrEqual(stats.p50_duration_seconds);
    const { body: latest } = await api.call(`/api/v1/runs/task/${id}/latest`);
    expect(latest.run_id).toBe(details.run_id);
    const { body: before } = await api.call('/api/v1/runs/stats/summary');
    expect(before.total).toBeGreaterThanOrEqual(4);
    const store = createScheduleStore({ ...api.connection });
    await store.tidy();
    await store.close();
    const { body: after } = await api.call('/api/v1/runs/stats/summary');
    expect(after.total).toBeGreaterThanOrEqual(before.total);
    expect((await api.call(`/api/v1/runs/task/${id}/stats`)).body.total).toBe(4);
  });
});
