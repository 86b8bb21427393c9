import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

const EVENTS = '/api/v1/events';
const RECENT = `${EVENTS}/stream/recent`;

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

const publish = (body: unknown, init: object = {}) => api.call(EVENTS, { body, ...init });
const ours = (topic: string, more: object = {}) => ({ topic, payload: { n: 1 }, ...more });

describe('publishing', () => {
  it('answers with the event, which is a row by then', async () => {
    const before = Date.now();
    const answer = await publish(ours('a.first', { source_agent_id: 'robot' }));
    expect(answer.status).toBe(202);
    const { success, message, details } = answer.body;
    expect([success, message]).toEqual([true, 'The event is published.']);
    expect(details).toMatchObject({ topic: 'a.first', triggered_tasks: 0 });
    expect(details.stream_id).toMatch(/^\d{13}-\d+$/);
    expect(Math.abs(Date.parse(details.published_at) - before)).toBeLessThan(60_000);
    const { body } = await api.call(`${RECENT}?topic=a.first`);
    expect(body.items).toEqual([
      {
        event_id: details.event_id,
        stream_id: details.stream_id,
        topic: 'a.first',
        payload: { n: 1 },
        source_agent_id: 'robot',
        dedupe_id: null,
        origin: 'api',
        owner: 'admin',
        published_by: 'admin',
        published_at: details.published_at,
        replay_of: null,
        triggered_tasks: 0,
      },
    ]);
  });

  it('writes one audit row a request', async () => {
    const { body } = await publish(ours('a.audited'), { headers: { 'x-request-id': 'audited-1' } });
    const { rows } = await api.pool.query(
      `select actor, action, subject, details from audit where request_id = 'audited-1'`,
    );
    expect(rows).toEqual([
      {
        actor: 'admin',
        action: 'event.published',
        subject: body.details.event_id,
        details: '{"topics":["a.audited"],"events":1}',
      },
    ]);
  });

  it('takes any JSON for a payload, and gives it back', async () => {
    for (const payload of [null, 0, '', false, [], {}, 'ü🌎', [1, { a: [null] }], 1e-7]) {
      expect((await publish({ topic: 'a.any', payload })).status).toBe(202);
      const { body } = await api.call(`${RECENT}?topic=a.any&count=1`);
      expect(body.items[0].payload).toEqual(payload);
    }
  });

  it('knows an event again by its dedupe_id on its topic', async () => {
    const first = await publish(ours('a.dedupe', { dedupe_id: 'x' }));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => publish(ours('a.dedupe', { dedupe_id: 'x', payload: 2 }))),
    );
    for (const { status, body } of answers) {
      expect(status).toBe(202);
      expect(body.details).toEqual({ ...first.body.details, duplicate: true });
    }
    const other = await publish(ours('a.dedupe2', { dedupe_id: 'x' }));
    expect(other.body.details.duplicate).toBeUndefined();
    const bob = await api.token('bob', ['events:publish']);
    const his = await publish(ours('a.dedupe', { dedupe_id: 'x' }), { token: bob });
    expect(his.body.details.duplicate).toBeUndefined();
  });

  it('makes one of ten that come at once with the same dedupe_id', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => publish(ours('a.race', { dedupe_id: 'r' }))),
    );
    expect(new Set(answers.map(({ body }) => body.details.event_id)).size).toBe(1);
    expect(answers.filter(({ body }) => !body.details.duplicate)).toHaveLength(1);
  });

  it.each([
    ['no topic', { payload: 1 }, '/topic'],
    ['an empty topic', { topic: '', payload: 1 }, '/topic'],
    ['101 characters', { topic: 'x'.repeat(101), payload: 1 }, '/topic'],
    ['a wildcard', { topic: 'a.*', payload: 1 }, '/topic'],
    ['a control character', { topic: 'a\nb', payload: 1 }, '/topic'],
    ['no payload', { topic: 'a' }, '/payload'],
    ['an unknown field', { topic: 'a', payload: 1, paylaod: 2 }, '/paylaod'],
    ['an empty dedupe_id', { topic: 'a', payload: 1, dedupe_id: '' }, '/dedupe_id'],
  ])('refuses %s', async (_, body, path) => {
    const answer = await publish(body);
    expect([answer.status, answer.body.validation_errors[0].path]).toEqual([400, path]);
  });

  it('takes a topic of 100 characters', async () => {
    expect((await publish(ours('x'.repeat(100)))).status).toBe(202);
  });

  it('refuses an event that is too large for a journal', async () => {
    const answer = await publish({ topic: 'a', payload: 'x'.repeat(300_000) });
    expect([answer.status, answer.body.error_code]).toEqual([413, 'payload_too_large']);
  });

  it('refuses a type that it does not know, and another character set', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/cloudevents+avro']) {
      const answer = await publish(ours('a'), { headers: { 'content-type': type } });
      expect([type, answer.status]).toEqual([type, 415]);
    }
    const latin = { 'content-type': 'application/json; charset=latin1' };
    expect((await publish(ours('a'), { headers: latin })).status).toBe(415);
  });
});

describe('an Idempotency-Key', () => {
  const keyed = (key: string, body: unknown) =>
    publish(body, { headers: { 'idempotency-key': key } });

  it('gives the first answer again', async () => {
    const first = await keyed('k-1', ours('k.one'));
    const second = await keyed('k-1', ours('k.one'));
    expect(second.status).toBe(202);
    expect(second.body.details).toEqual(first.body.details);
    expect((await api.call(`${RECENT}?topic=k.one`)).body.total).toBe(1);
  });

  it('is refused with another body', async () => {
    await keyed('k-2', ours('k.two'));
    const answer = await keyed('k-2', ours('k.three'));
    expect([answer.status, answer.body.error_code]).toEqual([422, 'idempotency_mismatch']);
  });

  it('makes one of five that come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => keyed('k-3', ours('k.four'))),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.details.event_id)).size).toBe(1);
  });

  it('stands for a whole batch', async () => {
    const event = (id: string) => ({ specversion: '1.0', id, source: '/k', type: 'k.batch' });
    const send = () =>
      publish([event('1'), event('2'), event('1')], {
        headers: {
          'content-type': 'application/cloudevents-batch+json',
          'idempotency-key': 'k-4',
        },
      });
    const first = await send();
    expect(first.body.message).toBe('2 of 3 events were new.');
    const [one, two, again] = first.body.details.events;
    expect(again).toEqual({ ...one, duplicate: true });
    expect(two.event_id > one.event_id).toBe(true);
    expect((await send()).body).toEqual(first.body);
  });
});

describe('whose events they are', () => {
  it('shows everybody their own, and administrators all', async () => {
    const ann = await api.token('ann', ['events:publish', 'events:read']);
    const eve = await api.token('eve', ['events:publish', 'events:read']);
    const { body } = await publish(ours('mine.only'), { token: ann });
    const seen = async (token?: string) => {
      const init = token === undefined ? {} : { token };
      return (await api.call(`${RECENT}?topic=mine.*`, init)).body.total;
    };
    expect([await seen(ann), await seen(eve), await seen()]).toEqual([1, 0, 1]);
    const topics = (await api.call(`${EVENTS}/topics?limit=100`, { token: eve })).body;
    expect(topics.total).toBe(0);
    const path = `${EVENTS}/${body.details.event_id}/replay`;
    expect((await api.call(path, { method: 'POST', token: eve })).status).toBe(404);
    expect((await api.call(path, { method: 'POST', token: ann })).status).toBe(202);
  });

  it('keeps the owner when an administrator replays', async () => {
    const ann = await api.token('ann', ['events:publish', 'events:read']);
    const { body } = await publish(ours('mine.replayed', { dedupe_id: 'r' }), { token: ann });
    const path = `${EVENTS}/${body.details.event_id}/replay`;
    const replay = await api.call(path, { method: 'POST' });
    expect(replay.body.details.event_id).not.toBe(body.details.event_id);
    const { items } = (await api.call(`${RECENT}?topic=mine.replayed`, { token: ann })).body;
    expect(items[0]).toMatchObject({
      owner: 'ann',
      published_by: 'admin',
      origin: 'replay',
      replay_of: body.details.event_id,
      payload: { n: 1 },
    });
  });
});

describe('reading', () => {
  it('pages through the last events, newest first, whatever is published meanwhile', async () => {
    for (let i = 0; i < 7; i += 1) await publish({ topic: `page.${i % 2}`, payload: i });
    const first = (await api.call(`${RECENT}?topic=page.%23&count=4`)).body;
    expect(first.items.map((event: { payload: number }) => event.payload)).toEqual([6, 5, 4, 3]);
    expect([first.total, first.has_more]).toEqual([7, true]);
    await publish({ topic: 'page.0', payload: 7 });
    const rest = await api.call(`${RECENT}?topic=page.%23&count=4&cursor=${first.next_cursor}`);
    expect(rest.body.items.map((event: { payload: number }) => event.payload)).toEqual([2, 1, 0]);
  });

  it('takes an empty topic for none', async () => {
    const all = (await api.call(`${RECENT}?count=5`)).body;
    expect((await api.call(`${RECENT}?count=5&topic=`)).body).toEqual(all);
  });

  it('lists topics with what has come on them', async () => {
    const zoe = await api.token('zoe', ['events:publish', 'events:read']);
    for (const topic of ['z.b', 'z.a', 'z.b']) await publish(ours(topic), { token: zoe });
    const { items, total } = (await api.call(`${EVENTS}/topics`, { token: zoe })).body;
    expect(total).toBe(2);
    expect(items).toMatchObject([
      { topic: 'z.a', events: 1 },
      { topic: 'z.b', events: 2 },
    ]);
    expect(items[1].last_event_at >= items[1].first_event_at).toBe(true);
  });

  it('refuses a count and a pattern that are none', async () => {
    for (const query of ['count=0', 'count=1001', 'count=x', `topic=${'x'.repeat(101)}`]) {
      expect([query, (await api.call(`${RECENT}?${query}`)).status]).toEqual([query, 400]);
    }
  });
});

describe('cleaning up', () => {
  it('is for administrators, and removes what is older', async () => {
    const ann = await api.token('ann', ['events:publish', 'events:read']);
    const path = `${EVENTS}/stream/cleanup?max_age_hours=0`;
    expect((await api.call(path, { method: 'DELETE', token: ann })).status).toBe(403);
    const young = await api.call(`${EVENTS}/stream/cleanup`, { method: 'DELETE' });
    expect(young.body.details).toMatchObject({ removed: 0, max_age_hours: 24 });
    const { total } = (await api.call(RECENT)).body;
    const all = await api.call(path, { method: 'DELETE' });
    expect(all.body.details.removed).toBe(total);
    expect((await api.call(RECENT)).body.total).toBe(0);
    expect((await api.call(`${EVENTS}/topics`)).body.total).toBe(0);
    const { rows } = await api.pool.query(
      `select details from audit where action = 'event_stream.cleaned' order by audit_id desc`,
    );
    expect(rows[0].details).toBe('{"max_age_hours":0}');
    await publish(ours('after.cleanup'));
    expect((await api.call(RECENT)).body.total).toBe(1);
  });
});
