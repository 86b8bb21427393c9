import { createHash, createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_RATE_LIMITS } from '../src/plugins/limits.ts';
import { startApi, startOwnApi, type TestApi } from './server.ts';

const WEBHOOKS = '/api/v1/webhooks';
const RECENT = '/api/v1/events/stream/recent';
const KEY = Buffer.alloc(32, 9);
const STANDARD = `whsec_${KEY.toString('base64')}`;

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

let made = 0;
async function make(over: object = {}, token?: string) {
  made += 1;
  const body = { name: `hook-${made}`, topic: `hooks.n${made}`, verify: 'none', ...over };
  const answer = await api.call(WEBHOOKS, { body, ...(token !== undefined && { token }) });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.body;
}
const post = (
  path: string,
  raw: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  from = api,
) => from.call(path, { raw, headers, token: null });
const events = async (topic: string) => (await api.call(`${RECENT}?topic=${topic}`)).body.items;
const now = () => Math.floor(Date.now() / 1000);

function signed(body: string, { id = 'msg_1', at = now() } = {}): Record<string, string> {
  const mac = createHmac('sha256', KEY).update(`${id}.${at}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${mac}` };
}

describe('a webhook', () => {
  it('is made, read, changed and removed', async () => {
    const webhook = await make({ name: 'life', topic: 'life.one', verify: 'hmac', secret: 'abc' });
    expect(webhook).toMatchObject({
      name: 'life',
      topic: 'life.one',
      verify: 'hmac',
      has_secret: true,
      state: 'active',
      owner: 'admin',
      version: 1,
    });
    expect(webhook.path).toMatch(/^\/hooks\/[A-Za-z0-9_-]{22}$/);
    const path = `${WEBHOOKS}/${webhook.webhook_id}`;
    const read = await api.call(path);
    expect([read.body, read.headers.get('etag')]).toEqual([webhook, '"1"']);
    const patched = await api.call(path, { method: 'PATCH', body: { topic: 'life.two' } });
    expect(patched.body).toMatchObject({ topic: 'life.two', version: 2, path: webhook.path });
    const put = { name: 'life', topic: 'life.three', verify: 'none' };
    const stale = { 'if-match': '"1"' };
    const refused = await api.call(path, { method: 'PUT', body: put, headers: stale });
    expect(refused.status).toBe(412);
    const replaced = await api.call(path, { method: 'PUT', body: put });
    expect(replaced.body).toMatchObject({ verify: 'none', has_secret: false, version: 3 });
    expect((await api.call(path, { method: 'DELETE', headers: stale })).status).toBe(412);
    expect((await api.call(path, { method: 'DELETE' })).body).toEqual(replaced.body);
    expect((await api.call(path)).status).toBe(404);
    expect((await post(webhook.path, '{}')).status).toBe(404);
    const { rows } = await api.pool.query('select action from audit where subject = $1', [
      webhook.webhook_id,
    ]);
    expect(rows.map(({ action }) => action).sort()).toEqual([
      'webhook.created',
      'webhook.deleted',
      'webhook.updated',
      'webhook.updated',
    ]);
  });

  it('keeps its secret and its address sealed', async () => {
    const secret = 'canary-secret-of-a-webhook';
    const webhook = await make({ verify: 'github', secret });
    const { rows } = await api.pool.query(
      'select w::text as row, hook_hash from webhooks w where webhook_id = $1',
      [webhook.webhook_id],
    );
    const hook = webhook.path.slice('/hooks/'.length);
    const hex = (text: string) => Buffer.from(text).toString('hex');
    for (const text of [secret, hook]) {
      expect(rows[0].row).not.toContain(text);
      expect(rows[0].row).not.toContain(hex(text));
    }
    expect(rows[0].hook_hash).toEqual(createHash('sha256').update(hook).digest());
    expect(api.logged.join('')).not.toContain(secret);
    expect(JSON.stringify(webhook)).not.toContain(secret);
  });

  it('is made once under an Idempotency-Key', async () => {
    const body = { name: 'keyed', topic: 'keyed', verify: 'none' };
    const send = (over = {}) =>
      api.call(WEBHOOKS, { body: { ...body, ...over }, headers: { 'idempotency-key': 'wh-1' } });
    const first = await send();
    expect((await send()).body).toEqual(first.body);
    expect((await send({ topic: 'other' })).status).toBe(422);
    const taken = await api.call(WEBHOOKS, { body });
    expect(taken.status).toBe(409);
  });

  it.each([
    ['no secret', { verify: 'github' }],
    ['a secret where nothing is verified', { verify: 'none', secret: 'x' }],
    ['an empty standard secret', { verify: 'standard', secret: 'whsec_' }],
    ['a standard secret that is no base64', { verify: 'standard', secret: 'whsec_§' }],
    ['a blank secret', { verify: 'hmac', secret: '  ' }],
  ])('is refused with %s', async (_, over) => {
    const body = { name: 'refused', topic: 't', ...over };
    const answer = await api.call(WEBHOOKS, { body });
    expect([answer.status, answer.body.validation_errors[0].path]).toEqual([422, '/secret']);
  });

  it.each([
    ['another verification', { name: 'a', topic: 't', verify: 'md5' }],
    ['a wildcard in its topic', { name: 'a', topic: 't.*', verify: 'none' }],
    ['no name', { topic: 't', verify: 'none' }],
    ['an empty secret', { name: 'a', topic: 't', verify: 'hmac', secret: '' }],
  ])('is malformed with %s', async (_, body) => {
    expect((await api.call(WEBHOOKS, { body })).status).toBe(400);
  });

  it('needs another secret for another verification', async () => {
    const { webhook_id: id } = await make({ verify: 'github', secret: 'abc' });
    const path = `${WEBHOOKS}/${id}`;
    const patch = (body: object) => api.call(path, { method: 'PATCH', body });
    expect((await patch({ verify: 'standard' })).status).toBe(422);
    expect((await patch({ verify: 'standard', secret: STANDARD })).status).toBe(200);
  });

  it('belongs to who made it', async () => {
    const ann = await api.token('ann', ['events:publish', 'events:read']);
    const eve = await api.token('eve', ['events:publish', 'events:read']);
    const { webhook_id: id } = await make({}, ann);
    for (const [method, body] of [
      ['GET', undefined],
      ['DELETE', undefined],
      ['PATCH', { state: 'disabled' }],
    ] as const) {
      const init = { method, token: eve, ...(body && { body }) };
      expect((await api.call(`${WEBHOOKS}/${id}`, init)).status).toBe(404);
    }
    expect((await api.call(WEBHOOKS, { token: eve })).body.total).toBe(0);
    expect((await api.call(WEBHOOKS, { token: ann })).body.total).toBe(1);
  });
});

describe('a post', () => {
  it('that is genuine becomes an event of the owner of the webhook', async () => {
    const ann = await api.token('ann', ['events:publish', 'events:read']);
    const {
      path,
      topic,
      webhook_id: id,
      name,
    } = await make({ verify: 'standard', secret: STANDARD }, ann);
    const answer = await post(path, '{"a": 1}', signed('{"a": 1}'));
    expect([answer.status, answer.body]).toEqual([
      202,
      { success: true, message: 'The event is published.' },
    ]);
    const [event] = await events(topic);
    expect(event).toMatchObject({
      ...{ owner: 'ann', origin: 'webhook', published_by: `webhook:${name}`, payload: { a: 1 } },
      webhook: { webhook_id: id, name, headers: { 'webhook-id': 'msg_1' } },
    });
    const { rows } = await api.pool.query('select actor from audit where subject = $1', [
      event.event_id,
    ]);
    expect(rows).toEqual([{ actor: `webhook:${name}` }]);
  });

  it('that is forged changes nothing', async () => {
    const { path, topic } = await make({ verify: 'standard', secret: STANDARD });
    const forgeries: Record<string, string>[] = [
      {},
      signed('{"a": 2}'),
      { ...signed('{"a": 1}'), 'webhook-id': 'other' },
      signed('{"a": 1}', { at: now() - 600 }),
      signed('{"a": 1}', { at: now() + 600 }),
    ];
    for (const headers of forgeries) {
      const answer = await post(path, '{"a": 1}', headers);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Signature realm="webhook"',
      ]);
    }
    expect(await events(topic)).toEqual([]);
  });

  it('that comes again, or ten times at once, does nothing more', async () => {
    const { path, topic } = await make({ verify: 'standard', secret: STANDARD });
    const first = signed('1', { id: 'again' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(path, '1', first)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1);
    const later = await post(path, '1', signed('1', { id: 'again', at: now() + 60 }));
    expect(later.body.duplicate).toBe(true);
    expect(await events(topic)).toHaveLength(1);
    const { path: other } = await make({ verify: 'standard', secret: STANDARD });
    expect((await post(other, '1', first)).body.duplicate).toBeUndefined();
  });

  it('of GitHub cannot be played back under another delivery id', async () => {
    const { path, topic } = await make({ verify: 'github', secret: 'abc' });
    const send = (delivery: string) =>
      post(path, '{"ref":"main"}', {
        'x-hub-signature-256': `sha256=${createHmac('sha256', 'abc').update('{"ref":"main"}').digest('hex')}`,
        'x-github-event': 'push',
        'x-github-delivery': delivery,
      });
    expect((await send('1')).status).toBe(202);
    expect((await send('2')).body.duplicate).toBe(true);
    const [event] = await events(topic);
    expect(event.webhook.headers).toMatchObject({ 'x-github-event': 'push' });
  });

  it('to a webhook whose secret is gone is refused', async () => {
    const { path, webhook_id: id } = await make({ verify: 'hmac', secret: 'abc' });
    const headers = { 'x-signature': createHmac('sha256', '').update('1').digest('hex') };
    await api.pool.query('update webhooks set secret = null where webhook_id = $1', [id]);
    expect((await post(path, '1', headers)).status).toBe(401);
    await api.pool.query(`update webhooks set secret = 'x' where webhook_id = $1`, [id]);
    expect((await post(path, '1', headers)).status).toBe(401);
  });

  it('to a disabled webhook, or to no webhook, is not found', async () => {
    const { path, webhook_id: id } = await make();
    await api.call(`${WEBHOOKS}/${id}`, { method: 'PATCH', body: { state: 'disabled' } });
    for (const at of [path, `/hooks/${id}`, `/hooks/${'a'.repeat(22)}`, '/hooks/x', '/hooks/...']) {
      expect([at, (await post(at, '1')).status]).toEqual([at, 404]);
    }
    expect((await post(`${path}/`, '1')).status).toBe(404);
    expect((await api.call(path, { token: null })).status).toBe(405);
  });

  it('is kept as what it says it is', async () => {
    const { path, topic } = await make();
    const cases: [string, string, object][] = [
      ['application/json', '{"a":1}', { payload: { a: 1 } }],
      ['text/plain', 'hello', { payload: 'hello' }],
      ['application/x-www-form-urlencoded', 'a=1', { payload: 'a=1' }],
      ['application/octet-stream', 'x', { payload: null, data_base64: 'eA==' }],
    ];
    for (const [type, body, wanted] of cases) {
      expect((await post(path, body, { 'content-type': type })).status).toBe(202);
      expect((await events(topic))[0]).toMatchObject(wanted);
    }
  });

  it('that is too large is refused', async () => {
    const { path } = await make();
    expect((await post(path, `"${'x'.repeat(300_000)}"`)).status).toBe(413);
  });

  it('is heard no more from where too many were wrong', async () => {
    const own = await startOwnApi({
      rateLimits: { ...DEFAULT_RATE_LIMITS, failures: 3 },
    });
    await makePartitions(own.pool);
    const body = { name: 'a', topic: 't', verify: 'hmac', secret: 'abc' };
    const { path } = (await own.call(WEBHOOKS, { body })).body;
    const good = { 'x-signature': createHmac('sha256', 'abc').update('1').digest('hex') };
    for (let i = 0; i < 3; i += 1) expect((await post(path, '1', {}, own)).status).toBe(401);
    const answer = await post('/hooks/aaaaaaaaaaaaaaaaaaaaaa', '1', good, own);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

const hostile = join(process.env.TENUTO_VECTORS ?? '', 'hostile-input/json/test_parsing');

describe.skipIf(!existsSync(hostile))('hostile JSON', () => {
  it('is taken or refused, at a webhook and as an event, and nothing breaks', async () => {
    const { path } = await make();
    for (const name of readdirSync(hostile)) {
      const raw = new Uint8Array(readFileSync(join(hostile, name)));
      const answers = [
        await post(path, raw),
        await api.call('/api/v1/events', {
          raw,
          headers: {
            ...{ 'ce-specversion': '1.0', 'ce-id': name, 'ce-source': '/h', 'ce-type': 'hostile' },
          },
        }),
      ];
      for (const { status } of answers) {
        expect([name, status]).toEqual([name, expect.toBeOneOf([202, 400, 413])]);
        if (name.startsWith('n_') && raw.length > 0) expect([name, status]).toEqual([name, 400]);
        if (name.startsWith('y_') && !name.includes('null_escape'))
          expect([name, status]).toEqual([name, 202]);
      }
    }
  });
});
