import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { channels, openWebhook, type Received, receiver, SECRET } from '../../test/notify.ts';
import { errorOf, outputOf, resolveTo } from '../http/http.fixture.ts';

const none = channels({});

function plain({ headers }: Received): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

describe('a message', () => {
  it('is posted as JSON with its event and its payload', async () => {
    const { url, received } = await receiver();
    const run = openWebhook(none);
    const outcome = await run({ url, event: 'build.done', payload: { a: [1] } });
    expect(outputOf(outcome)).toEqual({ webhook_id: expect.stringMatching(/^msg_/), status: 204 });
    const [one] = received;
    expect(JSON.parse(one?.body ?? '')).toEqual({
      type: 'build.done',
      data: { a: [1] },
      source: { run_id: 'run', node_id: 'node' },
    });
    expect(one?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(one?.headers['webhook-signature']).toBeUndefined();
  });

  it('is signed by the secret of the channel that it goes to', async () => {
    const { url, received } = await receiver();
    const run = openWebhook(
      channels({ ops: { type: 'webhook', url, secrets: [SECRET], active: true } }),
    );
    await run({ channel: 'ops', payload: { é: '中' } });
    const [one] = received;
    if (one === undefined) throw new Error('nothing received');
    expect(new Webhook(SECRET).verify(one.body, plain(one))).toMatchObject({ data: { é: '中' } });
  });

  it('is signed by the secret of a channel while it goes elsewhere', async () => {
    const { url, received } = await receiver();
    const ops = {
      type: 'webhook',
      url: 'https://x.example/',
      secrets: [SECRET],
      active: true,
    } as const;
    await openWebhook(channels({ ops }))({ url, secret: 'ops' });
    const [one] = received;
    if (one === undefined) throw new Error('nothing received');
    expect(new Webhook(SECRET).verify(one.body, plain(one))).toBeDefined();
  });

  it('has one id and one body for all attempts of a node, and another for another node', async () => {
    const { url, received } = await receiver();
    const run = openWebhook(none);
    await run({ url }, { attempt: 1 });
    await run({ url }, { attempt: 2 });
    await run({ url }, { idempotencyKey: 'of another node' });
    const [first, second, other] = received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect(other?.headers['webhook-id']).not.toBe(first?.headers['webhook-id']);
  });

  it('may carry headers, but none of those that sign it', async () => {
    const { url, received } = await receiver();
    const run = openWebhook(none);
    await run({ url, headers: { 'x-team': 'qa' } });
    expect(received[0]?.headers['x-team']).toBe('qa');
    const refusal = await run({ url, headers: { 'Webhook-Signature': 'v1,x' } });
    expect(errorOf(refusal)).toMatchObject({ classification: 'validation' });
    expect(received).toHaveLength(1);
  });

  it('is received though the answer is longer than anybody reads', async () => {
    const { url } = await receiver({ status: 200, body: 'x'.repeat(200_000) });
    expect((await openWebhook(none)({ url })).status).toBe('completed');
  });

  it('shows nothing of what the receiver said', async () => {
    const { url } = await receiver({ status: 500, body: 'a secret of the receiver' });
    expect(JSON.stringify(await openWebhook(none)({ url }))).not.toContain('a secret');
  });
});

describe('a failure', () => {
  it.each([
    [429, 'rate_limited'],
    [503, 'transient'],
    [500, 'transient'],
    [404, 'permanent'],
    [410, 'permanent'],
  ])('of status %i is %s', async (status, classification) => {
    const { url } = await receiver({ status });
    expect(errorOf(await openWebhook(none)({ url }))).toMatchObject({
      classification,
      details: { status },
    });
  });

  it('says when the receiver wants to be asked again', async () => {
    const { url } = await receiver({ status: 503, headers: { 'retry-after': '7' } });
    expect(errorOf(await openWebhook(none)({ url }))).toMatchObject({
      classification: 'rate_limited',
      retryAfterMs: 7_000,
    });
  });

  it('is a redirect, which is not followed', async () => {
    const inside = await receiver();
    const { url } = await receiver({ status: 307, headers: { location: inside.url } });
    expect(errorOf(await openWebhook(none)({ url }))).toMatchObject({ details: { status: 307 } });
    expect(inside.received).toEqual([]);
  });

  it.each([
    'http://127.0.0.1:1/',
    'http://169.254.169.254/latest',
    'http://[::1]/',
    'http://localhost/',
  ])('is an address inside: %s', async (url) => {
    const error = errorOf(await openWebhook(none, { allow: [] })({ url }));
    expect(error).toMatchObject({ classification: 'validation', type: 'ssrf_blocked' });
  });

  it('is a name that resolves to an address inside', async () => {
    const { lookup } = resolveTo('10.0.0.1');
    const run = openWebhook(none, { allow: [], lookup });
    expect(errorOf(await run({ url: 'https://inside.example/' }))).toMatchObject({
      type: 'ssrf_blocked',
    });
  });

  it('is a channel that cannot be used, and says why', async () => {
    const active = true;
    const run = openWebhook(
      channels({
        off: { type: 'webhook', url: 'https://x.example/', secrets: [], active: false },
        mail: { type: 'email', to: ['a@example.com'], active },
      }),
    );
    const typeOf = async (parameters: Parameters<typeof run>[0]) =>
      errorOf(await run(parameters)).type;
    expect(await typeOf({ channel: 'nobody' })).toBe('unknown_channel');
    expect(await typeOf({ channel: 'off' })).toBe('channel_disabled');
    expect(await typeOf({ channel: 'mail' })).toBe('wrong_channel');
    expect(await typeOf({ url: 'https://x.example/', secret: 'mail' })).toBe('wrong_channel');
    expect(await typeOf({})).toBe('invalid_parameters');
    expect(await typeOf({ url: 'https://x.example/', channel: 'off' })).toBe('invalid_parameters');
  });

  it('is the channel of another owner, as if it were not there', async () => {
    const ops = { type: 'webhook', url: 'https://x.example/', secrets: [], active: true } as const;
    const outcome = await openWebhook(channels({ ops }))({ channel: 'ops' }, { owner: 'eve' });
    expect(errorOf(outcome).type).toBe('unknown_channel');
  });

  it('passes when the channel could only not be read', async () => {
    const run = openWebhook(async () => {
      throw new Error('sealed under another key');
    });
    expect(errorOf(await run({ channel: 'ops' }))).toMatchObject({
      classification: 'infrastructure',
      message: expect.stringContaining('another key'),
    });
  });
});
