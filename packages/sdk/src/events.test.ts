import {
  CleanupAnswerSchema,
  EventListSchema,
  EventSchema,
  EventTaskListSchema,
  PublishAnswerSchema,
  TopicListSchema,
  WebhookListSchema,
  WebhookSchema,
} from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import { createClient } from './index.ts';

afterEach(closeServers);

describe('events', () => {
  const published = exampleOf(PublishAnswerSchema);

  it('are published once, however often the request has to be sent', async () => {
    const { client, server } = await connect((_request, count) =>
      count === 1 ? 'hang up' : { status: 202, body: published },
    );
    const body = { topic: 'a.b', payload: { n: 1 } };
    expect(await client.events.publish(body)).toEqual(published);
    const [first, second] = server.seen;
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect([second?.method, second?.url, second?.body]).toEqual(['POST', '/api/v1/events', body]);
    await client.events.publish(body, { idempotencyKey: 'mine' });
    expect(server.seen[2]?.headers['idempotency-key']).toBe('mine');
  });

  it('are published as CloudEvents, one or many', async () => {
    const { client, server } = await connect(() => ({ status: 202, body: published }));
    const event = { specversion: '1.0', id: '1', source: '/s', type: 'a.b' };
    await client.events.publishCloudEvents(event);
    await client.events.publishCloudEvents([event]);
    expect(server.seen.map(({ headers }) => headers['content-type'])).toEqual([
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ]);
  });

  it('are answered for a batch as a list', async () => {
    const [details] = [published.details];
    const body = { ...published, details: { events: [details] } };
    const { client } = await connect(() => ({ status: 202, body }));
    expect(await client.events.publishCloudEvents([])).toEqual(body);
  });

  it('are listed, with their topics, replayed and cleaned up', async () => {
    const page = exampleOf(EventListSchema);
    const topics = exampleOf(TopicListSchema);
    const cleaned = exampleOf(CleanupAnswerSchema);
    const { client, server } = await connect(({ url = '' }) => ({
      status: 200,
      body: url.includes('recent')
        ? page
        : url.includes('topics')
          ? topics
          : url.includes('cleanup')
            ? cleaned
            : published,
    }));
    expect(await client.events.recent({ topic: 'a.#', count: 5 }).first()).toEqual(page);
    expect(await client.events.topics().first()).toEqual(topics);
    expect(await client.events.replay('e1')).toEqual(published);
    expect(await client.events.cleanUp(24)).toEqual(cleaned);
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/v1/events/stream/recent?topic=a.%23&count=5',
      'GET /api/v1/events/topics',
      'POST /api/v1/events/e1/replay',
      'DELETE /api/v1/events/stream/cleanup?max_age_hours=24',
    ]);
  });
});

describe('one event', () => {
  it('is read, with the tasks that it was for', async () => {
    const event = exampleOf(EventSchema);
    const tasks = exampleOf(EventTaskListSchema);
    const { client, server } = await connect(({ url = '' }) => ({
      status: 200,
      body: url.includes('tasks') ? tasks : event,
    }));
    expect(await client.events.get('e1')).toEqual(event);
    expect(await client.events.tasks('e1').first()).toEqual(tasks);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/api/v1/events/e1',
      '/api/v1/events/e1/tasks',
    ]);
  });
});

describe('the tail of events', () => {
  const event = exampleOf(EventSchema);
  const message = (id: string, topic: string) =>
    `id: ${id}\ndata: ${JSON.stringify({ ...event, topic })}\n\n`;

  /** A client of a server that answers each connection with the next of these texts. */
  function tailOf(answers: readonly (string | number)[]) {
    const asked: (string | null)[] = [];
    const client = createClient({
      baseUrl: 'http://127.0.0.1:1',
      token: 'tnt',
      surroundings: { now: () => 0, random: () => 0, sleep: async () => undefined },
      fetch: async (_url, init) => {
        asked.push(new Headers(init?.headers).get('last-event-id'));
        const answer = answers[asked.length - 1];
        if (typeof answer === 'number') return new Response('{}', { status: answer });
        if (answer === undefined) throw new Error('no more');
        const type = answer === '' ? 'text/html' : 'text/event-stream; charset=utf-8';
        return new Response(answer, { headers: { 'content-type': type } });
      },
    });
    return { client, asked };
  }

  it('goes on behind the last one when its connection ends', async () => {
    const { client, asked } = tailOf([
      `retry: 1000\n\n${message('e1', 'a')}: \n\nid: e2\n: \n\nid: half`,
      503,
      `event: gap\ndata: {}\n\n${message('e3', 'b').replaceAll('\n', '\r\n')}`,
    ]);
    const topics: string[] = [];
    for await (const { topic } of client.events.tail({ after: 'e0' })) {
      topics.push(topic);
      if (topics.length === 2) break;
    }
    expect(topics).toEqual(['a', 'b']);
    expect(asked).toEqual(['e0', 'e2', 'e2']);
  });

  it('says when the server was away, is back, and has given events up', async () => {
    const gap = 'event: gap\ndata: {"kept_from":"2026-01-01T00:00:00.000Z"}\n\n';
    const { client } = tailOf([message('e1', 'a'), 503, gap + message('e2', 'b')]);
    const told: string[] = [];
    const query = { topic: 'a', filter: 'event.payload.n > 1' };
    const tail = client.events.tail(query, {
      onOpen: () => told.push('open'),
      onAway: () => told.push('away'),
      onGap: (from) => told.push(from),
    });
    for await (const { topic } of tail) {
      told.push(topic);
      if (topic === 'b') break;
    }
    expect(told).toEqual(['open', 'a', 'away', 'open', '2026-01-01T00:00:00.000Z', 'b']);
  });

  it('ends when it is refused for good, when it is no stream, and when it is told to', async () => {
    const first = (answers: (string | number)[], signal?: AbortSignal) =>
      client(answers, signal).next();
    const client = (answers: (string | number)[], signal?: AbortSignal) =>
      tailOf(answers)
        .client.events.tail({ topic: 'a.*' }, signal && { signal })
        [Symbol.asyncIterator]();
    await expect(first([403])).rejects.toMatchObject({ status: 403 });
    await expect(first([''])).rejects.toThrow('did not answer with a stream');
    await expect(first(['data: {"a":1}\n\n'])).rejects.toThrow('another form');
    await expect(first([429], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('webhooks', () => {
  it('are made, read, changed and removed', async () => {
    const webhook = exampleOf(WebhookSchema);
    const list = exampleOf(WebhookListSchema);
    const { client, server } = await connect(({ method, url }) => ({
      status: 200,
      body: method === 'GET' && url === '/api/v1/webhooks' ? list : webhook,
    }));
    const body = { name: 'github', topic: 'a', verify: 'none' } as const;
    expect(await client.webhooks.create(body)).toEqual(webhook);
    expect(await client.webhooks.get('w')).toEqual(webhook);
    expect(await client.webhooks.list().first()).toEqual(list);
    await client.webhooks.replace('w', body);
    await client.webhooks.update('w', { state: 'disabled' }, { version: 3 });
    await client.webhooks.remove('w');
    expect(
      server.seen.map(({ method, url, headers }) => [method, url, headers['if-match']]),
    ).toEqual([
      ['POST', '/api/v1/webhooks', undefined],
      ['GET', '/api/v1/webhooks/w', undefined],
      ['GET', '/api/v1/webhooks', undefined],
      ['PUT', '/api/v1/webhooks/w', undefined],
      ['PATCH', '/api/v1/webhooks/w', '"3"'],
      ['DELETE', '/api/v1/webhooks/w', undefined],
    ]);
  });
});
