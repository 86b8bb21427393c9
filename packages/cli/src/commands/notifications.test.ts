import type { Channel, Delivery, NoticeRoute } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { at } from '../../test/samples.ts';
import { EXIT } from '../exit-code.ts';

afterAll(cleanUp);

const BASE = '/api/v1/notifications';
const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const SECRET = 'whsec_bm90IGEgc2VjcmV0OiBvbmx5IGFuIGV4YW1wbGU=';

const channel: Channel = {
  ...{ channel_id: ID, name: 'ops', type: 'webhook', url: 'https://x.example/hook', to: null },
  ...{ state: 'active', disabled_reason: null, owner: 'ann', version: 1 },
  ...{ created_at: at(0), updated_at: at(0) },
};
const route: NoticeRoute = {
  ...{ route_id: ID, channel_id: ID, channel: 'ops', events: ['run.failed'], tag: 'nightly' },
  ...{ job_type: 'etl', everyone: true, owner: 'ann', created_at: at(0) },
};
const delivery: Delivery = {
  ...{ delivery_id: ID, webhook_id: 'msg_1', event: 'run.failed', run_id: null, owner: 'ann' },
  ...{ type: 'webhook', channel_id: ID, channel: 'ops', to: ['https://x.example/hook'] },
  ...{ state: 'pending', created_at: at(0), ended_at: null, next_attempt_at: at(5) },
  ...{ attempts_made: 1, attempts_most: 8, last_status: 503 },
  last_error: { type: 'http_status', message: 'it answered 503' },
  attempts: [],
};

describe('channels', () => {
  const known = { [`GET ${BASE}/channels`]: page([channel]) };

  it('are listed with where they lead', async () => {
    const mail = { ...channel, name: 'qa', type: 'email', url: null, to: ['a@x.io', 'b@x.io'] };
    const { out } = await call(['notifications', 'channels', 'ls'], {
      [`GET ${BASE}/channels`]: page([channel, mail]),
    });
    expect(out.split('\n').slice(1, 3)).toEqual([
      `${ID}  ops   webhook  active  https://x.example/hook`,
      `${ID}  qa    email    active  a@x.io, b@x.io`,
    ]);
  });

  it('are made, and the secret is shown', async () => {
    const answers = { [`POST ${BASE}/channels`]: ok({ ...channel, secret: SECRET }) };
    const args = ['notifications', 'channels', 'add', 'ops'];
    const { out, asked } = await call([...args, '--to', 'https://x.example/hook'], answers);
    expect(out).toContain(SECRET);
    expect(asked[0]?.body).toEqual({ name: 'ops', type: 'webhook', url: 'https://x.example/hook' });
    const mail = await call([...args, '--to', 'a@x.io', '--to', 'b@x.io'], {
      [`POST ${BASE}/channels`]: ok({ ...channel, secret: null }),
    });
    expect(mail.asked[0]?.body).toEqual({ name: 'ops', type: 'email', to: ['a@x.io', 'b@x.io'] });
    expect(mail.out).toBe('The channel ops is made.\n');
    const two = ['--to', 'https://x.example/', '--to', 'https://y.example/'];
    const { exitCode, err, asked: none } = await call([...args, ...two], answers);
    expect([exitCode, none]).toEqual([EXIT.usage, []]);
    expect(err).toContain('A webhook has one URL');
    const odd = await call([...args, '--to', 'ops.example.com/hook'], answers);
    expect([odd.exitCode, odd.asked]).toEqual([EXIT.usage, []]);
    expect(odd.err).toContain('"ops.example.com/hook" is not');
  });

  it('are tried, rotated and removed by name', async () => {
    const answers = {
      ...known,
      [`POST ${BASE}/channels/*/test`]: ok(delivery),
      [`POST ${BASE}/channels/*/rotate`]: ok({ ...channel, secret: SECRET }),
      [`DELETE ${BASE}/channels/*`]: ok(channel),
    };
    const said: Record<string, string> = {};
    for (const deed of ['test', 'rotate', 'rm']) {
      const { out, asked } = await call(['notifications', 'channels', deed, 'ops'], answers);
      expect(asked[1]?.path).toContain(`/channels/${ID}`);
      said[deed] = out;
    }
    expect(said.test).toContain(`delivery ${ID}`);
    expect(said.rotate).toContain(SECRET);
    expect(said.rm).toBe('The channel ops is removed.\n');
  });

  it.each([
    ['enable', 'active'],
    ['disable', 'disabled'],
  ] as const)('are switched: %s', async (verb, state) => {
    const { out, asked } = await call(['notifications', 'channels', verb, 'ops'], {
      ...known,
      [`PATCH ${BASE}/channels/*`]: ok({ ...channel, state }),
    });
    expect(out).toBe(`The channel ops is ${state}.\n`);
    expect(asked.at(-1)?.body).toEqual({ state });
  });

  it('are not looked up when the id is given', async () => {
    const { asked } = await call(['notifications', 'channels', 'rm', ID], {
      [`DELETE ${BASE}/channels/*`]: ok(channel),
    });
    expect(asked.map(({ method }) => method)).toEqual(['DELETE']);
  });

  it('that are not there are said to be so', async () => {
    const { exitCode, err } = await call(['notifications', 'channels', 'test', 'nobody'], known);
    expect(exitCode).toBe(EXIT.refused);
    expect(err).toContain('There is no channel "nobody".');
  });
});

describe('routes', () => {
  it('are listed with what they are limited to', async () => {
    const { out } = await call(['notifications', 'routes', 'ls'], {
      [`GET ${BASE}/routes`]: page([route]),
    });
    expect(out.split('\n')[1]).toBe(`${ID}  ops      run.failed  tag nightly, type etl, everyone`);
  });

  it('are made and removed', async () => {
    const answers = { [`POST ${BASE}/routes`]: ok(route), [`DELETE ${BASE}/routes/*`]: ok(route) };
    const args = ['notifications', 'routes', 'add', 'ops', '-e', 'run.failed', '-e', 'run.timeout'];
    const { out, asked } = await call([...args, '-t', 'nightly', '--job-type', 'etl'], answers);
    expect(out).toBe('run.failed go to ops.\n');
    expect(asked[0]?.body).toEqual({
      ...{ channel: 'ops', events: ['run.failed', 'run.timeout'] },
      ...{ tag: 'nightly', job_type: 'etl' },
    });
    const everyone = await call([...args, '--everyone'], answers);
    expect(everyone.asked[0]?.body).toMatchObject({ everyone: true });
    const removed = await call(['notifications', 'routes', 'rm', ID], answers);
    expect(removed.out).toBe('The route to ops is removed.\n');
  });

  it('of events that there are not are refused before anything is sent', async () => {
    const args = ['notifications', 'routes', 'add', 'ops', '-e', 'run.vanished'];
    const { exitCode, err, asked } = await call(args);
    expect([exitCode, asked]).toEqual([EXIT.usage, []]);
    expect(err).toContain('There is no event "run.vanished"');
  });
});

describe('deliveries', () => {
  it('are listed with their filters', async () => {
    const args = ['notifications', 'deliveries', 'ls', '-s', 'pending', '-c', 'ops'];
    const { out, asked } = await call([...args, '-e', 'run.failed', '--limit', '5'], {
      [`GET ${BASE}/deliveries`]: page([delivery]),
    });
    expect(out.split('\n')[1]).toBe(
      `${ID}  run.failed  ops  pending  1 of 8    ${at(5)}  it answered 503`,
    );
    expect(asked[0]?.query).toEqual({
      ...{ status: 'pending', channel: 'ops', event: 'run.failed', limit: '5' },
    });
    const wrong = await call(['notifications', 'deliveries', 'ls', '-s', 'lost']);
    expect([wrong.exitCode, wrong.asked]).toEqual([EXIT.usage, []]);
  });

  it('are sent again', async () => {
    const { out } = await call(['notifications', 'deliveries', 'redeliver', ID], {
      [`POST ${BASE}/deliveries/*/redeliver`]: ok(delivery),
    });
    expect(out).toBe('The message is sent again, as msg_1.\n');
  });
});
