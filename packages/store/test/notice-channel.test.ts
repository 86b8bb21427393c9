/** Channels and routes: whose they are, their names, versions, secrets and audit rows. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANN, auditOf, BOB, type NoticeDesk, openNoticeDesk, ROOT } from './notices.ts';

let desk: NoticeDesk;
beforeAll(async () => {
  desk = await openNoticeDesk();
});
afterAll(() => desk.close());
beforeEach(() => desk.forget());

const first = { limit: 10, offset: 0 };

describe('a channel', () => {
  test('is its owner’s: nobody else sees, changes or names it', async () => {
    const id = await desk.channel('ops');
    expect(await desk.notices.channel(ANN, 'ops')).toMatchObject({ channelId: id, version: 1 });
    expect(await desk.notices.channel(ANN, id)).toMatchObject({ name: 'ops' });
    expect(await desk.notices.channel(ROOT, id)).toMatchObject({ name: 'ops' });
    for (const which of [id, 'ops']) expect(await desk.notices.channel(BOB, which)).toBeUndefined();
    const edit = { channelId: id, url: 'https://evil.example/', audit: auditOf('x') };
    expect(await desk.notices.editChannel(BOB, edit)).toBe('missing');
    expect(await desk.notices.removeChannel(BOB, id, auditOf('x'))).toBe(false);
    const rotation = { channelId: id, sealedSecret: Buffer.alloc(1), graceMs: 0 };
    expect(await desk.notices.rotate(BOB, { ...rotation, audit: auditOf('x') })).toBe('missing');
    expect(await desk.notices.testChannel(BOB, id, auditOf('x'))).toBeUndefined();
    expect((await desk.notices.channels(BOB, first)).items).toEqual([]);
    expect(await desk.notices.sendingChannel('bob', 'ops')).toBeUndefined();
    expect(await desk.notices.unknownChannels('ann', ['ops', 'qa', 'qa'])).toEqual(['qa']);
    expect(await desk.notices.unknownChannels('bob', ['ops'])).toEqual(['ops']);
  });

  test('has a name that no other channel of its owner has', async () => {
    const id = await desk.channel('ops');
    await desk.channel('ops', { owner: 'bob' });
    const again = {
      owner: 'ann',
      name: 'ops',
      type: 'webhook',
      url: 'https://x.example/',
    } as const;
    const channelId = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
    expect(await desk.notices.addChannel({ channelId, ...again, audit: auditOf('x') })).toBe(
      'taken',
    );
    const other = await desk.channel('qa');
    const rename = { channelId: other, name: 'ops', audit: auditOf('x') };
    expect(await desk.notices.editChannel(ANN, rename)).toBe('taken');
    const same = { channelId: id, name: 'ops', audit: auditOf('x') };
    expect(await desk.notices.editChannel(ANN, same)).toBe('done');
  });

  test('is changed only at the version that was read', async () => {
    const channelId = await desk.channel('ops');
    const edit = { channelId, url: 'https://new.example/', audit: auditOf('channel.edited') };
    expect(await desk.notices.editChannel(ANN, { ...edit, version: 2 })).toBe('stale');
    expect(await desk.notices.editChannel(ANN, { ...edit, version: 1 })).toBe('done');
    expect(await desk.notices.channel(ANN, 'ops')).toMatchObject({ url: edit.url, version: 2 });
    expect(await desk.ask(`select 1 from audit where action = 'channel.edited'`)).toHaveLength(1);
  });

  test('signs with the secret before too, until its time is over', async () => {
    const channelId = await desk.channel('ops', { secret: 'old' });
    const rotate = (secret: string, graceMs: number) =>
      desk.notices.rotate(ANN, {
        ...{ channelId, graceMs, sealedSecret: Buffer.from(secret) },
        audit: auditOf('rotated'),
      });
    const secrets = async () =>
      (await desk.notices.sendingChannel('ann', 'ops'))?.sealedSecrets.map(String);
    expect(await secrets()).toEqual(['old']);
    await rotate('new', 60_000);
    expect(await secrets()).toEqual(['new', 'old']);
    await rotate('newest', 0);
    expect(await secrets()).toEqual(['newest']);
  });

  test('takes its routes along when it is removed', async () => {
    const channelId = await desk.channel('ops');
    await desk.route();
    expect(await desk.notices.removeChannel(ANN, channelId, auditOf('removed'))).toBe(true);
    expect((await desk.notices.routes(ANN, first)).items).toEqual([]);
    await desk.end();
    expect(await desk.ask('select 1 from notices')).toEqual([]);
  });
});

describe('a route', () => {
  test('leads to a channel of its owner only, by name or id', async () => {
    const theirs = await desk.channel('theirs', { owner: 'bob' });
    const mine = await desk.channel('ops');
    await expect(desk.route({ channel: theirs })).rejects.toThrow('unknown');
    await expect(desk.route({ channel: 'theirs' })).rejects.toThrow('unknown');
    const id = await desk.route({ channel: mine.toUpperCase(), tag: 'nightly' });
    expect(await desk.notices.route(ANN, id)).toMatchObject({ channelName: 'ops', tag: 'nightly' });
    expect(await desk.notices.route(BOB, id)).toBeUndefined();
    expect(await desk.notices.removeRoute(BOB, id, auditOf('x'))).toBe(false);
    expect((await desk.notices.routes(ROOT, first)).total).toBe(1);
    expect(await desk.ask(`select 1 from audit where subject = $1`, [id])).toHaveLength(1);
    expect(await desk.notices.removeRoute(ANN, id, auditOf('removed', id))).toBe(true);
    expect(await desk.ask(`select 1 from audit where subject = $1`, [id])).toHaveLength(2);
  });
});

describe('a list of deliveries', () => {
  test('is filtered by state, event and channel, and holds only the caller’s', async () => {
    await desk.channel('ops');
    await desk.route({ events: ['run.failed', 'run.completed'] });
    await desk.end();
    await desk.end({ status: 'completed', targets: [{ webhook: 'https://x.example/' }] });
    await desk.relay.expand();
    const total = async (filter: Parameters<typeof desk.notices.deliveries>[1], access = ANN) =>
      (await desk.notices.deliveries(access, filter, first)).total;
    expect(await total({})).toBe(3);
    expect(await total({ event: 'run.completed' })).toBe(2);
    expect(await total({ channel: 'ops' })).toBe(2);
    expect(await total({ channel: 'none' })).toBe(0);
    expect(await total({ states: ['failed', 'delivered'] })).toBe(0);
    expect(await total({}, BOB)).toBe(0);
    expect(await total({}, ROOT)).toBe(3);
    const one = await desk.notices.deliveries(ANN, {}, { limit: 1, offset: 0 });
    expect(one).toMatchObject({ hasMore: true, items: [{ attempts: [] }] });
    const after = one.items[0]?.deliveryId ?? '';
    const rest = await desk.notices.deliveries(ANN, {}, { limit: 5, offset: 0, after });
    expect(rest.items).toHaveLength(2);
  });
});
