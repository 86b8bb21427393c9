/** The API of notifications: whose they are, what is refused, and that no secret is ever shown again. */
import {
  ChannelListSchema,
  ChannelSchema,
  ChannelWithSecretSchema,
  DeliveryListSchema,
  DeliverySchema,
  NoticeRouteListSchema,
  NoticeRouteSchema,
} from '@tenuto/contract';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aJob, type CallInit, JOB, startApi, type TestApi } from './server.ts';

const BASE = '/api/v1/notifications';
const CHANNELS = `${BASE}/channels`;
const ROUTES = `${BASE}/routes`;
const DELIVERIES = `${BASE}/deliveries`;

let api: TestApi;
let ann: string;
let eve: string;
beforeAll(async () => {
  api = await startApi();
  ann = await api.token('ann', ['jobs:read', 'jobs:write']);
  eve = await api.token('eve', ['jobs:read', 'jobs:write']);
});
afterAll(() => api[Symbol.asyncDispose]());

function shaped(schema: TSchema, body: unknown): void {
  expect(Compile(schema).Errors(body)).toEqual([]);
}

let made = 0;
async function aChannel(over: Record<string, unknown> = {}, init: CallInit = { token: ann }) {
  made += 1;
  const body = { name: `c${made}`, type: 'webhook', url: 'https://x.example/hook', ...over };
  const answer = await api.call(CHANNELS, { ...init, body });
  expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
  return answer.body;
}

const audits = async (subject: string) =>
  (await api.pool.query('select action, actor, details from audit where subject = $1', [subject]))
    .rows;

describe('a channel', () => {
  it('is made with a secret that is shown this once and sealed in the database', async () => {
    const answer = await api.call(CHANNELS, {
      token: ann,
      body: { name: 'ops', type: 'webhook', url: 'https://x.example/hook' },
    });
    shaped(ChannelWithSecretSchema, answer.body);
    expect(answer.status).toBe(201);
    const { secret, ...shown } = answer.body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const read = await api.call(answer.headers.get('location') ?? '', { token: ann });
    shaped(ChannelSchema, read.body);
    expect(read.body).toEqual(shown);
    const { rows } = await api.pool.query(
      `select c::text as row from notice_channels c union all select a::text from audit a`,
    );
    for (const { row } of rows) {
      expect(row).not.toContain(secret.slice(6, 30));
      const bytes = Buffer.from(secret.slice(6), 'base64').toString('hex');
      expect(row).not.toContain(bytes.slice(0, 24));
    }
    expect(api.logged.join('\n')).not.toContain(secret.slice(6, 30));
    expect(await audits(shown.channel_id)).toEqual([
      {
        action: 'notification_channel.created',
        actor: 'ann',
        details: '{"name":"ops","type":"webhook"}',
      },
    ]);
  });

  it('of mail has recipients and no secret', async () => {
    const channel = await aChannel({ type: 'email', url: undefined, to: ['a@x.io', 'a@x.io'] });
    expect(channel).toMatchObject({ type: 'email', url: null, to: ['a@x.io'], secret: null });
    const rotated = await api.call(`${CHANNELS}/${channel.channel_id}/rotate`, {
      method: 'POST',
      token: ann,
    });
    expect(rotated.status).toBe(422);
  });

  it.each([
    [{ name: 'has blanks', type: 'webhook', url: 'https://x.example/' }, 400],
    [{ name: 'a', type: 'webhook', url: 'ftp://x.example/' }, 400],
    [{ name: 'a', type: 'webhook' }, 400],
    [{ name: 'a', type: 'webhook', url: 'https://x.example/', to: ['a@x.io'] }, 400],
    [{ name: 'a', type: 'email', to: [] }, 400],
    [{ name: 'a', type: 'email', to: ['a@x.io\r\nBcc: b@x.io'] }, 400],
    [{ name: 'a', type: 'pigeon', to: ['a@x.io'] }, 400],
    [{ name: 'a', type: 'webhook', url: 'https://x.example/', secret: 'whsec_YQ==' }, 400],
    [{ name: 'a', type: 'webhook', url: 'https://blocked.example/' }, 422],
  ])('is not made of %j', async (body, status) => {
    const answer = await api.call(CHANNELS, { token: ann, body });
    expect([answer.status, answer.body.validation_errors.length > 0]).toEqual([status, true]);
  });

  it('has a name of its own among those of its owner', async () => {
    const { name } = await aChannel();
    const again = { name, type: 'webhook', url: 'https://x.example/' };
    expect((await api.call(CHANNELS, { token: ann, body: again })).status).toBe(409);
    expect((await api.call(CHANNELS, { token: eve, body: again })).status).toBe(201);
    const other = await aChannel();
    const path = `${CHANNELS}/${other.channel_id}`;
    const renamed = await api.call(path, { method: 'PATCH', token: ann, body: { name } });
    expect(renamed.status).toBe(409);
  });

  it('is changed at the version that was read', async () => {
    const { channel_id: id } = await aChannel();
    const path = `${CHANNELS}/${id}`;
    const etag = (await api.call(path, { token: ann })).headers.get('etag') ?? '';
    const edit = (body: unknown, ifMatch?: string) =>
      api.call(path, {
        ...{ method: 'PATCH', token: ann, body },
        headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
      });
    expect((await edit({ state: 'disabled' }, '"7"')).status).toBe(412);
    const off = await edit({ state: 'disabled' }, etag);
    expect([off.status, off.body.state, off.body.version]).toEqual([200, 'disabled', 2]);
    expect((await edit({ state: 'active' }, etag)).status).toBe(412);
    expect((await edit({ to: ['a@x.io'] })).body.validation_errors[0].path).toBe('/to');
    expect((await edit({ url: 'https://blocked.example/' })).status).toBe(422);
    expect((await edit({})).status).toBe(400);
    expect((await audits(id)).map(({ action }) => action)).toEqual([
      'notification_channel.created',
      'notification_channel.updated',
    ]);
  });

  it('gets a new secret, shown once too', async () => {
    const { channel_id: id, secret } = await aChannel();
    const path = `${CHANNELS}/${id}/rotate`;
    const { status, body } = await api.call(path, { method: 'POST', token: ann });
    expect(status).toBe(200);
    shaped(ChannelWithSecretSchema, body);
    expect(body.secret).not.toBe(secret);
    expect(body.secret).toMatch(/^whsec_/);
  });

  it('is tried with a message that the relay is woken for', async () => {
    const { channel_id: id, name } = await aChannel();
    const before = api.wakes;
    const { status, body } = await api.call(`${CHANNELS}/${id}/test`, {
      method: 'POST',
      token: ann,
    });
    shaped(DeliverySchema, body);
    expect([status, body.event, body.channel, body.state]).toEqual([
      202,
      'channel.test',
      name,
      'pending',
    ]);
    expect(api.wakes).toBe(before + 1);
  });

  it('is not there for others, whatever they do', async () => {
    const { channel_id: id } = await aChannel();
    const { body: route } = await api.call(ROUTES, {
      token: ann,
      body: { channel: id, events: ['run.failed'] },
    });
    const { body: delivery } = await api.call(`${CHANNELS}/${id}/test`, {
      method: 'POST',
      token: ann,
    });
    const deeds: readonly [string, string, unknown?][] = [
      ['GET', `${CHANNELS}/${id}`],
      ['PATCH', `${CHANNELS}/${id}`, { url: 'https://eve.example/' }],
      ['DELETE', `${CHANNELS}/${id}`],
      ['POST', `${CHANNELS}/${id}/rotate`],
      ['POST', `${CHANNELS}/${id}/test`],
      ['GET', `${ROUTES}/${route.route_id}`],
      ['DELETE', `${ROUTES}/${route.route_id}`],
      ['GET', `${DELIVERIES}/${delivery.delivery_id}`],
      ['POST', `${DELIVERIES}/${delivery.delivery_id}/redeliver`],
    ];
    for (const [method, path, body] of deeds) {
      const answer = await api.call(path, {
        method,
        token: eve,
        ...(body !== undefined && { body }),
      });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    const named = { channel: id, events: ['run.failed'] };
    expect((await api.call(ROUTES, { token: eve, body: named })).status).toBe(422);
    expect((await api.call(`${CHANNELS}/${id}`)).status).toBe(200);
  });
});

describe('a route', () => {
  it('is made, listed and removed', async () => {
    const { name } = await aChannel();
    const { status, body, headers } = await api.call(ROUTES, {
      token: ann,
      body: { channel: name, events: ['run.failed', 'run.failed', 'run.timeout'], tag: 'nightly' },
    });
    expect(status).toBe(201);
    shaped(NoticeRouteSchema, body);
    expect(body).toMatchObject({
      ...{ channel: name, tag: 'nightly', everyone: false, owner: 'ann' },
      events: ['run.failed', 'run.timeout'],
    });
    const path = headers.get('location') ?? '';
    expect((await api.call(path, { token: ann })).body).toEqual(body);
    const list = await api.call(`${ROUTES}?limit=1`, { token: ann });
    shaped(NoticeRouteListSchema, list.body);
    expect(list.body.items[0]).toEqual(body);
    expect((await api.call(path, { method: 'DELETE', token: ann })).body).toEqual(body);
    expect((await api.call(path, { token: ann })).status).toBe(404);
    expect((await audits(body.route_id)).map(({ action }) => action)).toEqual([
      'notification_route.created',
      'notification_route.deleted',
    ]);
  });

  it('of everyone is an administrator’s', async () => {
    const body = { channel: (await aChannel()).name, events: ['run.failed'], everyone: true };
    expect((await api.call(ROUTES, { token: ann, body })).status).toBe(403);
    const own = await aChannel({}, {});
    const answer = await api.call(ROUTES, { body: { ...body, channel: own.name } });
    expect([answer.status, answer.body.everyone]).toEqual([201, true]);
  });

  it.each([
    [{ channel: 'nobody', events: ['run.failed'] }, 422],
    [{ channel: 'nobody', events: [] }, 400],
    [{ channel: 'nobody', events: ['run.vanished'] }, 400],
    [{ events: ['run.failed'] }, 400],
  ])('is not made of %j', async (body, status) => {
    expect((await api.call(ROUTES, { token: ann, body })).status).toBe(status);
  });
});

describe('deliveries', () => {
  it('are listed by page, filtered, and sent again when they are over', async () => {
    const { channel_id: id, name } = await aChannel();
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { body } = await api.call(`${CHANNELS}/${id}/test`, { method: 'POST', token: ann });
      ids.push(body.delivery_id);
    }
    const first = await api.call(`${DELIVERIES}?channel=${name}&limit=2`, { token: ann });
    shaped(DeliveryListSchema, first.body);
    expect(first.body).toMatchObject({ total: 3, has_more: true });
    const cursor = first.body.next_cursor;
    const rest = await api.call(`${DELIVERIES}?channel=${id}&cursor=${cursor}`, { token: ann });
    expect(rest.body.items).toHaveLength(1);
    const pending = `${DELIVERIES}/${ids[0]}/redeliver`;
    expect((await api.call(pending, { method: 'POST', token: ann })).status).toBe(409);
    await api.pool.query(
      `update notice_deliveries set state = 'failed', attempts = 1, ended_at = now(),
         last_error = '{"type":"timeout","message":"slow"}' where delivery_id = $1`,
      [ids[0]],
    );
    const failed = await api.call(`${DELIVERIES}?status=failed&event=channel.test`, { token: ann });
    expect(failed.body.items).toMatchObject([
      { delivery_id: ids[0], last_error: { type: 'timeout', message: 'slow' } },
    ]);
    const again = await api.call(pending, { method: 'POST', token: ann });
    expect([again.status, again.body.state]).toEqual([202, 'pending']);
    expect(again.body.webhook_id).toBe(failed.body.items[0].webhook_id);
  });

  it('refuse a state, a cursor and a parameter that there are not', async () => {
    for (const query of ['status=lost', 'cursor=x', 'owner=eve', 'limit=101']) {
      expect((await api.call(`${DELIVERIES}?${query}`, { token: ann })).status).toBe(400);
    }
    shaped(ChannelListSchema, (await api.call(CHANNELS, { token: ann })).body);
  });
});

describe('a job that wants somebody told', () => {
  const submit = (changes: object, token = ann) =>
    api.call(JOB, { token, body: aJob({ ...changes }) });

  it('takes channels of its owner and addresses along', async () => {
    const { name } = await aChannel();
    const on_success = [{ channel: name }, { email: 'a@x.io' }];
    const on_failure = [{ webhook: 'https://x.example/' }];
    expect((await submit({ on_success, on_failure })).status).toBe(202);
    expect(api.engine.submitted.at(-1)?.input.notify).toEqual({
      success: on_success,
      failure: on_failure,
    });
  });

  it('carries nothing of it when it wants nobody told', async () => {
    expect((await submit({ on_success: [] })).status).toBe(202);
    expect(api.engine.submitted.at(-1)?.input.notify).toBeUndefined();
  });

  it.each([
    [{ on_success: [{ channel: 'nobody' }] }, 422, '/on_success/0'],
    [
      { on_failure: [{ email: 'a@x.io' }, { webhook: 'https://blocked.example/' }] },
      422,
      '/on_failure/1',
    ],
    [{ on_failure: [{ pigeon: 'a' }] }, 400, '/on_failure/0'],
    [{ on_failure: Array.from({ length: 11 }, () => ({ email: 'a@x.io' })) }, 400, '/on_failure'],
  ])('is refused with %j, also when it is only tried', async (changes, status, path) => {
    const trial = { token: ann, body: aJob({ ...changes }) };
    for (const answer of [await submit(changes), await api.call(`${JOB}?dry_run=true`, trial)]) {
      expect(answer.status).toBe(status);
      expect(answer.body.validation_errors.map((one: { path: string }) => one.path)).toContainEqual(
        expect.stringContaining(path),
      );
    }
  });

  it('cannot name the channel of somebody else', async () => {
    const { name } = await aChannel();
    expect((await submit({ on_success: [{ channel: name }] }, eve)).status).toBe(422);
  });
});
