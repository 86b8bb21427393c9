/** Deliveries: each is leased by one server, settled once, and comes again when its server is gone. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANN, auditOf, BOB, type NoticeDesk, openNoticeDesk } from './notices.ts';

let desk: NoticeDesk;
beforeAll(async () => {
  desk = await openNoticeDesk();
});
afterAll(() => desk.close());
beforeEach(() => desk.forget());

const claim = (over: { limit?: number; leaseMs?: number; busy?: readonly string[] } = {}) =>
  desk.relay.claim({ limit: 10, leaseMs: 60_000, busy: [], ...over });

async function delivered(count: number, channel = 'ops'): Promise<void> {
  await desk.channel(channel);
  await desk.route({ channel });
  for (let i = 0; i < count; i++) await desk.end();
  await desk.relay.expand();
}

const settled = { durationMs: 5, status: 200, error: null } as const;
const refused = { durationMs: 5, status: 503, error: { type: 'http_status', message: '503' } };

describe('a claim', () => {
  test('takes the lease of what is due, with what is needed to send', async () => {
    await desk.channel('ops', { secret: 'sealed' });
    await desk.route();
    const runId = await desk.end({ progress: '{"error":{}}' });
    await desk.relay.expand();
    const [one, ...others] = await claim();
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      event: 'run.failed',
      runId,
      url: 'https://ops.example/',
      attempt: 1,
      attemptsMost: 8,
      channelGone: false,
      detail: '{"error":{}}',
      sealedSecrets: [Buffer.from('sealed')],
    });
    expect(await claim()).toEqual([]);
  });

  test('gives each delivery to one of many servers', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await desk.channel(name);
      await desk.route({ channel: name });
    }
    for (let i = 0; i < 4; i++) await desk.end();
    await desk.relay.expand();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim({ limit: 100 })));
    const ids = claims.flat().map(({ deliveryId }) => deliveryId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length + (await claim({ limit: 100 })).length).toBe(20);
  });

  test('comes again when the lease is over, as the next attempt of the same delivery', async () => {
    await delivered(1);
    const [first] = await claim({ leaseMs: 0 });
    const [second] = await claim();
    expect(second?.deliveryId).toBe(first?.deliveryId);
    expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
  });

  test('takes few of one place at a time, and none of a busy one', async () => {
    await delivered(9, 'slow');
    await desk.channel('quick');
    await desk.route({ channel: 'quick' });
    const claimed = await claim({ limit: 100 });
    expect(claimed).toHaveLength(4);
    const places = claimed.map(({ place }) => place);
    await desk.end({ targets: [{ webhook: 'https://other.example/' }] });
    await desk.relay.expand();
    const next = await claim({ limit: 100, busy: places });
    expect(next.map(({ url }) => url).toSorted()).toEqual([
      'https://other.example/',
      'https://quick.example/',
    ]);
  });

  test('tells that the channel is off, and that it is gone', async () => {
    await delivered(2);
    const [channel] = (await desk.notices.channels(ANN, { limit: 10, offset: 0 })).items;
    const channelId = channel?.channelId ?? '';
    await desk.notices.editChannel(ANN, { channelId, state: 'disabled', audit: auditOf('x') });
    expect(await claim({ limit: 1 })).toMatchObject([{ channelGone: true }]);
    await desk.notices.removeChannel(ANN, channelId, auditOf('x'));
    expect(await claim()).toMatchObject([{ channelGone: true, sealedSecrets: [] }]);
  });
});

describe('what became of an attempt', () => {
  test('is written down, and the next is due when it was said', async () => {
    await delivered(1);
    const [one] = await claim();
    if (one === undefined) throw new Error('nothing claimed');
    const { deliveryId } = one;
    const again = { state: 'pending', retryInMs: 0 } as const;
    await desk.relay.settle({ deliveryId, attempt: 1, ...refused, verdict: again });
    const [two] = await claim();
    expect(two?.attempt).toBe(2);
    await desk.relay.settle({
      deliveryId,
      attempt: 2,
      ...settled,
      verdict: { state: 'delivered' },
    });
    expect(await claim()).toEqual([]);
    expect(await desk.notices.delivery(ANN, deliveryId)).toMatchObject({
      state: 'delivered',
      attemptsMade: 2,
      lastStatus: 200,
      lastError: null,
      endedAt: expect.any(Number),
      attempts: [
        { attempt: 1, status: 503, error: refused.error },
        { attempt: 2, status: 200, error: null },
      ],
    });
  });

  test('does not count as a failure once another server has begun the next', async () => {
    await delivered(1);
    const [one] = await claim({ leaseMs: 0 });
    const [two] = await claim();
    const deliveryId = one?.deliveryId ?? '';
    await desk.relay.settle({ deliveryId, attempt: 1, ...refused, verdict: { state: 'failed' } });
    expect(await desk.notices.delivery(ANN, deliveryId)).toMatchObject({ state: 'pending' });
    expect(two?.attempt).toBe(2);
  });

  test('counts as received even so', async () => {
    await delivered(1);
    const [one] = await claim({ leaseMs: 0 });
    await claim();
    const deliveryId = one?.deliveryId ?? '';
    await desk.relay.settle({
      deliveryId,
      attempt: 1,
      ...settled,
      verdict: { state: 'delivered' },
    });
    const failed = { deliveryId, attempt: 2, ...refused, verdict: { state: 'failed' } } as const;
    await desk.relay.settle(failed);
    expect(await desk.notices.delivery(ANN, deliveryId)).toMatchObject({ state: 'delivered' });
  });

  test('can switch a channel off, with its audit row', async () => {
    await delivered(1);
    const [one] = await claim();
    const channelId = one?.channelId ?? '';
    await desk.relay.settle({
      ...{ deliveryId: one?.deliveryId ?? '', attempt: 1, ...refused, status: 410 },
      verdict: { state: 'failed' },
      disable: { channelId, reason: 'it answered 410' },
    });
    expect(await desk.notices.channel(ANN, channelId)).toMatchObject({
      state: 'disabled',
      disabledReason: 'it answered 410',
      version: 2,
    });
    const rows = await desk.ask(
      `select 1 from audit where subject = $1 and action = 'notification_channel.disabled'`,
      [channelId],
    );
    expect(rows).toHaveLength(1);
  });
});

describe('a delivery that is over', () => {
  test('is sent again on request, under its id, with all attempts before it', async () => {
    await delivered(1);
    const [one] = await claim();
    const deliveryId = one?.deliveryId ?? '';
    const audit = auditOf('notification_delivery.redelivered', deliveryId);
    expect(await desk.notices.redeliver(ANN, deliveryId, audit)).toBe('pending');
    await desk.relay.settle({ deliveryId, attempt: 1, ...refused, verdict: { state: 'failed' } });
    expect(await desk.notices.redeliver(BOB, deliveryId, audit)).toBe('missing');
    expect(await desk.notices.redeliver(ANN, deliveryId, audit)).toBe('done');
    expect(await claim()).toMatchObject([{ deliveryId, attempt: 2, attemptsMost: 9 }]);
  });

  test('is kept for 30 days', async () => {
    await delivered(3);
    const [one, two] = await claim();
    const settle = (deliveryId = '') =>
      desk.relay.settle({ deliveryId, attempt: 1, ...settled, verdict: { state: 'delivered' } });
    await settle(one?.deliveryId);
    await settle(two?.deliveryId);
    const age = async (id: string | undefined, days: number) => {
      await desk.ask('delete from notice_attempts where delivery_id = $1', [id]);
      await desk.ask(
        `update notice_deliveries set delivery_id = overlay(uuid_v7_floor(clock_timestamp()
           - $2 * interval '1 day')::text placing substr(delivery_id::text, 20) from 20)::uuid
         where delivery_id = $1`,
        [id, days],
      );
    };
    await age(one?.deliveryId, 31);
    await age(two?.deliveryId, 29);
    await desk.store.maintain();
    expect(await desk.deliveries()).toHaveLength(2);
  });
});
