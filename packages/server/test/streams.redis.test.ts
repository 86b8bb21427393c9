/** Events on Redis Streams: what outside readers see, and what outside writers write. */
import { streamIdOf } from '@tenuto/engine';
import { startRedis, type TestRedis } from '@tenuto/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventDatabase, startEventServer } from './two-servers.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis?.[Symbol.asyncDispose]());

let prefixes = 0;
function outside() {
  prefixes += 1;
  const prefix = `t${prefixes}`;
  const client = new Redis(redis.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  const out = `${prefix}:events`;
  return {
    ...{ prefix, client, out, into: `${out}:in` },
    entries: () => client.xrange(out, '-', '+'),
    length: () => client.xlen(out),
  };
}
const field = (fields: readonly string[], name: string) => fields[fields.indexOf(name) + 1];
const ids = (entries: readonly (readonly [string, ...unknown[]])[]) => entries.map(([id]) => id);
const soon = { timeout: 60_000, interval: 20 };

describe('the stream', () => {
  it('has every event under an id that the answer knew before', async () => {
    const { database } = await eventDatabase();
    const { prefix, entries, length } = outside();
    const server = startEventServer(database, redis, { prefix });
    const published = [];
    for (let i = 0; i < 20; i += 1) published.push(await server.publish('r.one', { i }));
    await expect.poll(length, soon).toBe(20);
    const found = await entries();
    expect(ids(found)).toEqual(published.map(({ eventId }) => streamIdOf(eventId)));
    const [, fields = []] = found[3] ?? [];
    expect(field(fields, 'event_id')).toBe(published[3]?.eventId);
    expect(JSON.parse(field(fields, 'payload') ?? '')).toEqual({ i: 3 });
    expect(field(fields, 'topic')).toBe('r.one');
  });

  it('has what was published while Redis was away', async () => {
    const { database } = await eventDatabase();
    const { prefix, length } = outside();
    const own = await startRedis();
    onTestFinished(() => own[Symbol.asyncDispose]());
    await own.stop();
    const server = startEventServer(database, own, { prefix });
    for (let i = 0; i < 10; i += 1) await server.publish('r.away', i);
    expect(server.bus.health().status).toBe('down');
    await own.start();
    const client = new Redis(own.url);
    onTestFinished(() => client.disconnect());
    await expect.poll(() => client.xlen(`${prefix}:events`), soon).toBe(10);
    expect(await length()).toBe(0);
  });

  it('is begun again when Redis was flushed, with the same ids', async () => {
    const { database } = await eventDatabase();
    const { prefix, client, entries, length } = outside();
    const server = startEventServer(database, redis, { prefix });
    for (let i = 0; i < 10; i += 1) await server.publish('r.flushed', i);
    await expect.poll(length, soon).toBe(10);
    const before = ids(await entries());
    await client.flushall();
    await server.publish('r.flushed', 10);
    await expect.poll(length, soon).toBe(11);
    expect(ids(await entries()).slice(0, 10)).toEqual(before);
  });

  it('goes on behind what Redis still has when it came back with less', async () => {
    const { database } = await eventDatabase();
    const { prefix, client, out, entries, length } = outside();
    const server = startEventServer(database, redis, { prefix });
    for (let i = 0; i < 10; i += 1) await server.publish('r.less', i);
    await expect.poll(length, soon).toBe(10);
    const before = await entries();
    await server.stop();
    await client.del(out);
    for (const [id, fields] of before.slice(0, 4)) await client.xadd(out, id, ...fields);
    const next = startEventServer(database, redis, { prefix });
    await next.publish('r.less', 10);
    await expect.poll(length, soon).toBe(11);
    expect(ids(await entries()).slice(0, 10)).toEqual(ids(before));
  });

  it('has each event once when a server died after it had carried and before it knew', async () => {
    const { database, pool } = await eventDatabase();
    const { prefix, entries, length } = outside();
    const server = startEventServer(database, redis, { prefix });
    for (let i = 0; i < 10; i += 1) await server.publish('r.again', i);
    await expect.poll(length, soon).toBe(10);
    const before = ids(await entries());
    await server.stop();
    await pool.query(`update event_carriers set carried_to = (select event_id from events
      order by event_id limit 1)`);
    const next = startEventServer(database, redis, { prefix });
    await next.publish('r.again', 10);
    await expect.poll(length, soon).toBe(11);
    expect(ids(await entries()).slice(0, 10)).toEqual(before);
  });

  it('has every event even when somebody else writes to it', async () => {
    const { database } = await eventDatabase();
    const { prefix, client, out, entries } = outside();
    const server = startEventServer(database, redis, { prefix });
    await server.publish('r.foreign', 0);
    await expect.poll(async () => (await entries()).length, soon).toBe(1);
    await client.xadd(out, `${Date.now() + 3_600_000}-0`, 'not', 'ours');
    const { eventId } = await server.publish('r.foreign', 1);
    await expect
      .poll(async () => (await entries()).map(([, fields]) => field(fields, 'event_id')), soon)
      .toContain(eventId);
  });

  it('is trimmed by age', async () => {
    const { database } = await eventDatabase();
    const { prefix, client, out, length } = outside();
    await client.xadd(out, '1000-0', 'very', 'old');
    for (let i = 1; i < 300; i += 1) await client.xadd(out, `${1000 + i}-0`, 'very', 'old');
    startEventServer(database, redis, { prefix });
    // Redis trims whole nodes of its tree of entries: what is left is fewer than one of them.
    await expect.poll(length, soon).toBeLessThan(110);
  });
});

describe('outside writers', () => {
  it('write entries that become rows once, and are gone then', async () => {
    const { database, pool } = await eventDatabase();
    const { prefix, client, into } = outside();
    for (let i = 0; i < 50; i += 1) {
      await client.xadd(into, '*', 'topic', 'in.one', 'payload', String(i));
    }
    startEventServer(database, redis, { prefix });
    startEventServer(database, redis, { prefix });
    for (let i = 50; i < 100; i += 1) {
      await client.xadd(into, '*', 'topic', 'in.one', 'payload', String(i));
    }
    const rows = async () => (await pool.query('select payload from events')).rows;
    await expect.poll(async () => (await rows()).length, soon).toBe(100);
    await expect.poll(() => client.xlen(into), soon).toBe(0);
    expect(new Set((await rows()).map(({ payload }) => payload)).size).toBe(100);
    const { rows: audits } = await pool.query(`select distinct actor from audit`);
    expect(audits).toEqual([{ actor: 'stream' }]);
  });

  it('may say whose an event is, give it a dedupe_id, or write a CloudEvent', async () => {
    const { database, pool } = await eventDatabase();
    const { prefix, client, into } = outside();
    startEventServer(database, redis, { prefix });
    for (let i = 0; i < 3; i += 1) {
      await client.xadd(
        ...[into, '*', 'topic', 'in.two', 'payload', '{}', 'owner', 'ann'],
        ...['dedupe_id', 'same', 'source_agent_id', 'robot'],
      );
    }
    const cloud = { specversion: '1.0', id: '1', source: '/s', type: 'in.cloud', data: [1] };
    for (let i = 0; i < 2; i += 1)
      await client.xadd(into, '*', 'cloudevent', JSON.stringify(cloud));
    await expect.poll(() => client.xlen(into), soon).toBe(0);
    const { rows } = await pool.query(
      'select owner, topic, payload, dedupe_id, source_agent_id, origin from events order by topic',
    );
    expect(rows).toEqual(
      [
        ...[{ owner: 'admin', topic: 'in.cloud', payload: '[1]', dedupe_id: null }],
        ...[{ owner: 'ann', topic: 'in.two', payload: '{}', dedupe_id: 'same' }],
      ].map((row) => ({
        ...row,
        source_agent_id: row.owner === 'ann' ? 'robot' : null,
        origin: 'stream',
      })),
    );
  });

  it('are told why an entry is none, beside the stream', async () => {
    const { database, pool } = await eventDatabase();
    const { prefix, client, into, out } = outside();
    startEventServer(database, redis, { prefix });
    const bad: string[][] = [
      ['nothing', 'useful'],
      ['topic', 'a.*', 'payload', '1'],
      ['topic', 'a', 'payload', '{'],
      ['topic', 'a', 'payload', '"\\u0000"'],
      ['topic', 'a\0b', 'payload', '1'],
      ['topic', 'a', 'payload', '1', 'owner', ''],
      ['topic', 'a', 'payload', `"${'x'.repeat(300_000)}"`],
      ['cloudevent', '{"specversion":"1.0"}'],
    ];
    for (const fields of bad) await client.xadd(into, '*', ...fields);
    await client.xadd(into, '*', 'topic', 'good', 'payload', '1');
    await expect.poll(() => client.xlen(into), soon).toBe(0);
    expect((await pool.query('select topic from events')).rows).toEqual([{ topic: 'good' }]);
    const refused = await client.xrange(`${out}:refused`, '-', '+');
    expect(refused).toHaveLength(bad.length);
    for (const [, fields] of refused) expect(field(fields, 'reason')).toMatch(/./);
  });

  it('lose nothing when a consumer dies with entries in its hands', async () => {
    const { database, pool } = await eventDatabase();
    const { prefix, client, into } = outside();
    await client.xgroup('CREATE', into, 'tenuto', '0', 'MKSTREAM');
    for (let i = 0; i < 10; i += 1)
      await client.xadd(into, '*', 'topic', 'in.dead', 'payload', '1');
    await client.xreadgroup('GROUP', 'tenuto', 'dead', 'COUNT', 10, 'STREAMS', into, '>');
    startEventServer(database, redis, { prefix });
    await expect.poll(async () => (await pool.query('select from events')).rowCount, soon).toBe(10);
    await expect.poll(() => client.xlen(into), soon).toBe(0);
  });

  it('make one row when an entry is consumed again after its row was made', async () => {
    const { database, pool } = await eventDatabase();
    const { prefix, client, into } = outside();
    const server = startEventServer(database, redis, { prefix });
    await client.xadd(into, '5-1', 'topic', 'in.twice', 'payload', '1');
    await expect.poll(() => client.xlen(into), soon).toBe(0);
    await server.stop();
    // As if the acknowledgement had never come: the entry is there again, under its id.
    await client.call('XSETID', into, '0-1');
    await client.xadd(into, '5-1', 'topic', 'in.twice', 'payload', '1');
    startEventServer(database, redis, { prefix });
    await client.xadd(into, '5-2', 'topic', 'in.twice', 'payload', '2');
    await expect
      .poll(async () => (await pool.query('select payload from events')).rowCount, soon)
      .toBe(2);
  });

  it('go on when Redis was flushed, and may use the same ids for other events', async () => {
    const { database, pool } = await eventDatabase();
    const { prefix, client, into } = outside();
    startEventServer(database, redis, { prefix });
    const count = async () => (await pool.query('select from events')).rowCount;
    await client.xadd(into, '7-1', 'topic', 'in.flushed', 'payload', '1');
    await expect.poll(count, soon).toBe(1);
    await client.flushall();
    await client.xadd(into, '7-1', 'topic', 'in.flushed', 'payload', '2');
    await expect.poll(count, soon).toBe(2);
  });
});
