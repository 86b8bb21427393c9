import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN, startApi, startApiOn, type TestApi } from './server.ts';

const EVENTS = '/api/v1/events';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

const publish = async (topic: string, payload: unknown, token?: string): Promise<string> => {
  const init = { body: { topic, payload }, ...(token !== undefined && { token }) };
  return (await api.call(EVENTS, init)).body.details.event_id;
};

interface Message {
  readonly id?: string;
  readonly event?: string;
  readonly data?: { readonly event_id: string; readonly topic: string; readonly payload: unknown };
}

interface Watch {
  readonly response: Response;
  /** The next message with data. */
  next(): Promise<Message>;
  close(): void;
}

async function watch(
  query = '',
  { last, token = ADMIN, from = api }: { last?: string; token?: string; from?: TestApi } = {},
): Promise<Watch> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(new URL(`${EVENTS}/stream${query}`, from.url), {
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(last !== undefined && { 'last-event-id': last }),
    },
    signal: abort.signal,
  });
  const messages = messagesOf(response);
  return {
    response,
    close: () => abort.abort(),
    async next() {
      for (;;) {
        const { value, done } = await messages.next();
        if (done) throw new Error('the stream has ended');
        if (value.data !== undefined) return value;
      }
    },
  };
}

async function* messagesOf(response: Response): AsyncGenerator<Message, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ')[0] ?? '', line.replace(/^[^:]*: ?/, '')]),
      );
      const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
      yield {
        ...(id !== undefined && { id }),
        ...(event !== undefined && { event }),
        ...(data !== undefined && { data: JSON.parse(data) }),
      };
    }
  }
}

describe('the stream of events', () => {
  it('tells what is published from then on', async () => {
    await publish('s.before', 1);
    const stream = await watch();
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    expect(stream.response.headers.get('x-content-type-options')).toBe('nosniff');
    const id = await publish('s.after', { a: 1 });
    expect(await stream.next()).toMatchObject({
      id,
      data: { event_id: id, topic: 's.after', payload: { a: 1 } },
    });
  });

  it('tells who is in a team of what the team publishes', async () => {
    await api.call('/api/v1/teams', { body: { name: 'crew', members: ['mia'] } });
    const scopes = ['events:read', 'events:publish'];
    const [mia, eve] = [await api.token('mia', scopes), await api.token('eve', scopes)];
    const [member, stranger] = [await watch('', { token: mia }), await watch('', { token: eve })];
    const headers = { 'x-tenuto-team': 'crew' };
    await api.call(EVENTS, { body: { topic: 's.crew', payload: 'ours' }, token: mia, headers });
    expect(await member.next()).toMatchObject({ data: { topic: 's.crew', payload: 'ours' } });
    await publish('s.eve', 'hers', eve);
    expect((await stranger.next()).data?.topic).toBe('s.eve');
  });

  it('tells what a filter lets through, live and of the last ones', async () => {
    const query = `?topic=s.filter&filter=${encodeURIComponent('event.payload.n > 1')}`;
    const stream = await watch(query);
    await publish('s.filter', { n: 1 });
    await publish('s.filter', 'has no n');
    const id = await publish('s.filter', { n: 2 });
    expect((await stream.next()).id).toBe(id);
    const { body } = await api.call(`${EVENTS}/stream/recent${query}`);
    expect(body.items.map((event: { event_id: string }) => event.event_id)).toEqual([id]);
    for (const path of ['stream', 'stream/recent']) {
      const refused = await api.call(`${EVENTS}/${path}?filter=event.payload.%3D%3D`);
      expect([refused.status, refused.body.validation_errors[0].path]).toEqual([422, '/filter']);
    }
  });

  it('goes on behind the last id, without a gap', async () => {
    const first = await publish('s.gap', 0);
    const ids = [];
    for (let i = 1; i <= 5; i += 1) ids.push(await publish('s.gap', i));
    const stream = await watch('?topic=s.gap', { last: first });
    for (const id of ids) expect((await stream.next()).id).toBe(id);
    const later = await publish('s.gap', 6);
    expect((await stream.next()).id).toBe(later);
  });

  it('misses nothing of what many publish at once, and tells it once and in order', async () => {
    const stream = await watch('?topic=s.many.%23');
    const ids = await Promise.all(
      Array.from({ length: 300 }, (_, i) => publish(`s.many.${i % 7}`, i)),
    );
    const told: (string | undefined)[] = [];
    while (told.length < ids.length) told.push((await stream.next()).id);
    expect(told).toEqual(ids.toSorted());
  });

  it('shows everybody only their own', async () => {
    const ann = await api.token('ann', ['events:read', 'events:publish']);
    const stream = await watch('', { token: ann });
    await publish('s.secret', 'of admin');
    const id = await publish('s.own', 'of ann', ann);
    expect((await stream.next()).id).toBe(id);
  });

  it('is told by another server of the same database', async () => {
    const other = await startApiOn({ connection: api.connection, drop: async () => undefined });
    onTestFinished(() => other[Symbol.asyncDispose]());
    const stream = await watch('', { from: other });
    const id = await publish('s.other', 1);
    expect((await stream.next()).id).toBe(id);
  });

  it('says so when events were given up that nobody saw', async () => {
    const seen = await publish('s.gone', 1);
    await publish('s.gone', 2);
    await api.call(`${EVENTS}/stream/cleanup?max_age_hours=0`, { method: 'DELETE' });
    const stream = await watch('', { last: seen });
    expect(await stream.next()).toMatchObject({ event: 'gap' });
  });

  it('refuses an id that is none, a topic that is none, and who may not read', async () => {
    for (const last of ['x', '1', '0199a1b2-7c3d-4e4f-8a5b-6c7d8e9f0a1b']) {
      expect((await watch('', { last })).response.status).toBe(400);
    }
    expect((await watch(`?topic=${'x'.repeat(101)}`)).response.status).toBe(400);
    const eve = await api.token('eve', ['jobs:read']);
    expect((await watch('', { token: eve })).response.status).toBe(403);
    expect((await watch('', { token: 'tnt_none' })).response.status).toBe(401);
  });

  it('is not opened without end by one caller', async () => {
    const zoe = await api.token('zoe', ['events:read']);
    const streams = [];
    for (let i = 0; i < 50; i += 1) streams.push(await watch('', { token: zoe }));
    expect((await watch('', { token: zoe })).response.status).toBe(429);
    streams[0]?.close();
    await expect.poll(async () => (await watch('', { token: zoe })).response.status).toBe(200);
  });

  it('ends when the server stops, which it does not hold up', async () => {
    const other = await startApiOn({ connection: api.connection, drop: async () => undefined });
    const stream = await watch('', { from: other });
    const ended = expect(stream.next()).rejects.toThrow();
    await other[Symbol.asyncDispose]();
    await ended;
  });
});
