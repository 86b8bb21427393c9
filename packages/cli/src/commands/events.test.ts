import type { Webhook } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

afterAll(cleanUp);

const ID = '0199a1b2-7c3d-7000-8000-006c7d8e9f0a';
const details = {
  event_id: ID,
  stream_id: '1759400000573-0',
  topic: 'a.b',
  triggered_tasks: 1,
  published_at: '2026-01-15T09:30:00.000Z',
};
const answer = (more: object = {}) => ({
  status: 202,
  body: { success: true, message: 'm', details: { ...details, ...more } },
});
const PUBLISH = 'POST /api/v1/events';

describe('events publish', () => {
  it('sends what it is given', async () => {
    const { out, asked } = await call(
      [
        ...['events', 'publish', 'a.b', '-p', '{"n": 1}', '-d', 'd-1'],
        ...['--source-agent', 'robot', '--idempotency-key', 'k'],
      ],
      { [PUBLISH]: answer() },
    );
    expect(out).toBe(`${ID}  a.b, for 1 task\n`);
    expect(asked[0]?.body).toEqual({
      ...{ topic: 'a.b', payload: { n: 1 }, dedupe_id: 'd-1', source_agent_id: 'robot' },
    });
    expect(asked[0]?.headers['idempotency-key']).toBe('k');
  });

  it('takes a payload from a file, or from standard input, or none', async () => {
    const file = fileOf('[1, 2]', 'payload.json');
    const from = async (args: readonly string[], stdin?: string) =>
      (
        await call(
          ['events', 'publish', 'a', ...args],
          { [PUBLISH]: answer({ triggered_tasks: 0, duplicate: true }) },
          stdin === undefined ? {} : { stdin },
        )
      ).asked[0]?.body;
    expect(await from(['-f', file])).toEqual({ topic: 'a', payload: [1, 2] });
    expect(await from(['-f', '-'], '"in"')).toEqual({ topic: 'a', payload: 'in' });
    expect(await from([])).toEqual({ topic: 'a', payload: null });
  });

  it('refuses a payload that is no JSON, and two of them', async () => {
    const wrong = await call(['events', 'publish', 'a', '-p', 'hello']);
    expect([wrong.exitCode, wrong.err]).toEqual([EXIT.usage, expect.stringContaining('JSON')]);
    const both = await call(['events', 'publish', 'a', '-p', '1', '-f', '-']);
    expect(both.exitCode).toBe(EXIT.usage);
  });
});

describe('webhooks', () => {
  const webhook: Webhook = {
    ...{ webhook_id: ID, name: 'shop', topic: 'shop.hooks', path: '/hooks/x', verify: 'hmac' },
    ...{ has_secret: true, state: 'active', owner: 'ana', version: 1 },
    ...{ created_at: '2026-01-15T09:30:00.000Z', updated_at: '2026-01-15T09:30:00.000Z' },
  };
  const LIST = 'GET /api/v1/webhooks';

  it('are made with a secret that no command line shows', async () => {
    const { out, asked } = await call(
      ['webhooks', 'add', 'shop', '-t', 'shop.hooks', '-v', 'hmac', '-s', '-'],
      { 'POST /api/v1/webhooks': { status: 201, body: webhook } },
      { stdin: 'secret\n' },
    );
    expect(asked[0]?.body).toMatchObject({ name: 'shop', verify: 'hmac', secret: 'secret' });
    expect(out).toMatch(/^shop: posts to http:\/\/127\.0\.0\.1:\d+\/hooks\/x\n/);
    const wrong = await call(['webhooks', 'add', 'shop', '-t', 'a', '-v', 'md5']);
    expect([wrong.exitCode, wrong.err]).toEqual([EXIT.usage, expect.stringContaining('"md5"')]);
  });

  it('are found by name, switched and removed', async () => {
    const answers = {
      [LIST]: page([webhook]),
      'GET /api/v1/webhooks/*': ok({ ...webhook, path: null }),
      'PATCH /api/v1/webhooks/*': ok({ ...webhook, state: 'disabled' }),
      'DELETE /api/v1/webhooks/*': ok(webhook),
    };
    expect((await call(['webhooks', 'ls'], answers)).out).toContain('shop.hooks  hmac    active');
    expect((await call(['webhooks', 'show', 'shop'], answers)).out).toContain('not known here');
    expect((await call(['webhooks', 'disable', 'shop'], answers)).out).toBe(
      'The webhook shop is disabled.\n',
    );
    expect((await call(['webhooks', 'rm', ID], answers)).out).toBe(
      'The webhook shop is removed.\n',
    );
    const none = await call(['webhooks', 'rm', 'other'], answers);
    expect([none.exitCode, none.err]).toEqual([EXIT.refused, expect.stringContaining('"other"')]);
  });
});
