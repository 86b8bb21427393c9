/** Nodes that publish events and wait for them, in runs of a real engine. */
import { type ActionDefinition, eventPublish, eventWait } from '@tenuto/actions';
import { makePartitions } from '@tenuto/store';
import type { TestAction } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/system-clock.ts';
import { gate, type RealApi, startRealApi } from './real-api.ts';

const EVENTS = '/api/v1/events';

let api: RealApi;
let atStart: (() => Promise<unknown>) | undefined;
let breaking = 0;

beforeAll(async () => {
  const of =
    (definition: () => ActionDefinition): TestAction =>
    (call) =>
      definition().run(call);
  api = await startRealApi({
    parkAfterMs: 50,
    actions: {
      'event.publish': of(() => eventPublish(api.eventing.door)),
      'event.wait': of(() =>
        eventWait(
          {
            wait: async (awaited) => {
              await atStart?.();
              if (breaking > 0) {
                breaking -= 1;
                const { OrchestrationError } = await import('@tenuto/contract');
                throw new OrchestrationError('store_unavailable', 'away');
              }
              return api.eventing.door.wait(awaited);
            },
          },
          systemClock,
        ),
      ),
    },
  });
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

const publish = (topic: string, payload: unknown, token?: string) =>
  api.call(EVENTS, { body: { topic, payload }, ...(token !== undefined && { token }) });
const waiting = (topic: string, more: object = {}, node: object = {}) => ({
  ...{ id: 'wait', uses: 'event.wait', with: { topic, ...more } },
  ...node,
});

describe('event.wait', () => {
  it('gets the event that comes, and says meanwhile what it waits for', async () => {
    const job = await api.submit([waiting('w.one')]);
    const node = await api.nodeIs(job, 'wait', 'waiting');
    expect(node.waiting_for).toEqual({ topic: 'w.one' });
    const { body } = await api.call(`/api/v1/runs/${job}/explain`);
    expect(JSON.stringify(body)).toContain('It waits for an event on \\"w.one\\".');
    const { event_id: id } = (await publish('w.one', { a: 1 })).body.details;
    expect((await api.ends(job)).status).toBe('completed');
    expect((await api.node(job, 'wait')).output).toMatchObject({
      event_id: id,
      topic: 'w.one',
      payload: { a: 1 },
    });
  });

  it('gets one that comes between its start and its registration', async () => {
    const publishing = gate();
    atStart = async () => {
      atStart = undefined;
      await publish('w.race', 'early');
      publishing.open();
    };
    const job = await api.submit([waiting('w.race')]);
    expect((await api.ends(job)).status).toBe('completed');
    expect((await api.node(job, 'wait')).output.payload).toBe('early');
  });

  it('gets one that comes while it cannot register', async () => {
    breaking = 2;
    atStart = async () => {
      atStart = undefined;
      await publish('w.away', 'early');
    };
    const job = await api.submit([waiting('w.away')]);
    expect((await api.ends(job)).status).toBe('completed');
    expect((await api.node(job, 'wait')).attempts).toBe(1);
  });

  it('does not get one that came before it began', async () => {
    await publish('w.old', 'old');
    const job = await api.submit([waiting('w.old', { timeout_seconds: 1 })]);
    const end = await api.ends(job);
    expect(end.status).toBe('failed');
    expect((await api.node(job, 'wait')).error).toMatchObject({ type: 'no_event' });
  });

  it('gets the first that its pattern and its filter let through', async () => {
    const filter = 'event.payload.amount > 10';
    const job = await api.submit([waiting('w.orders.#', { filter })]);
    await api.nodeIs(job, 'wait', 'waiting');
    await publish('w.orders.new', { amount: 1 });
    await publish('w.orders.new', { other: 1 });
    await publish('w.other', { amount: 99 });
    await publish('w.orders.new.big', { amount: 11 });
    await publish('w.orders', { amount: 12 });
    await api.ends(job);
    expect((await api.node(job, 'wait')).output.payload).toEqual({ amount: 11 });
  });

  it('hears no events of others', async () => {
    const ann = await api.token('ann', ['events:publish']);
    const job = await api.submit([waiting('w.mine')]);
    await api.nodeIs(job, 'wait', 'waiting');
    await publish('w.mine', 'of ann', ann);
    await publish('w.mine', 'of admin');
    await api.ends(job);
    expect((await api.node(job, 'wait')).output.payload).toBe('of admin');
  });

  it('is answered in every run that waits, and in every node', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 5 }, () =>
        api.submit([
          { id: 'one', uses: 'event.wait', with: { topic: 'w.all' } },
          { id: 'two', uses: 'event.wait', with: { topic: 'w.*' } },
        ]),
      ),
    );
    for (const job of jobs) {
      await api.nodeIs(job, 'one', 'waiting');
      await api.nodeIs(job, 'two', 'waiting');
    }
    await publish('w.all', 7);
    for (const job of jobs) expect((await api.ends(job)).status).toBe('completed');
  });

  it('wakes a run that has left memory', async () => {
    const job = await api.submit([waiting('w.parked')]);
    await api.nodeIs(job, 'wait', 'waiting');
    await expect.poll(() => api.engine.engine.live(job), { timeout: 30_000 }).toBeUndefined();
    await publish('w.parked', 1);
    expect((await api.ends(job)).status).toBe('completed');
  });

  it('fails with a filter that is none', async () => {
    const job = await api.submit([waiting('w.bad', { filter: 'event.payload.' })]);
    expect((await api.ends(job)).status).toBe('failed');
    expect((await api.node(job, 'wait')).error.type).toBe('invalid_expression');
  });
});

describe('event.publish', () => {
  it('publishes for the owner of the run, and gives the event for its output', async () => {
    const job = await api.submit([
      { id: 'say', uses: 'event.publish', with: { topic: 'p.one', payload: { from: 'node' } } },
    ]);
    expect((await api.ends(job)).status).toBe('completed');
    const { output } = await api.node(job, 'say');
    expect(output).toMatchObject({ topic: 'p.one', triggered_tasks: 0 });
    const { items } = (await api.call(`${EVENTS}/stream/recent?topic=p.one`)).body;
    expect(items[0]).toMatchObject({
      ...{ event_id: output.event_id, origin: 'run', owner: 'admin', published_by: `run ${job}` },
      payload: { from: 'node' },
    });
  });

  it('answers a node of another run', async () => {
    const waiter = await api.submit([waiting('p.chain')]);
    await api.nodeIs(waiter, 'wait', 'waiting');
    const teller = await api.submit([
      { id: 'say', uses: 'event.publish', with: { topic: 'p.chain', payload: 1 } },
    ]);
    await api.ends(teller);
    expect((await api.ends(waiter)).status).toBe('completed');
  });

  it('is the same event when it is tried again', async () => {
    const call = {
      ...{ owner: 'admin', topic: 'p.twice', payload: 1, runId: 'r', nodeId: 'n' },
      idempotencyKey: 'r/n/0',
    };
    const first = await api.eventing.door.publish(call);
    expect(await api.eventing.door.publish(call)).toEqual(first);
    expect((await api.call(`${EVENTS}/stream/recent?topic=p.twice`)).body.total).toBe(1);
  });
});
