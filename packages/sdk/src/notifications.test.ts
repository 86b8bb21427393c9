import {
  ChannelListSchema,
  ChannelSchema,
  ChannelWithSecretSchema,
  DeliveryListSchema,
  DeliverySchema,
  NoticeRouteListSchema,
  NoticeRouteSchema,
} from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import type { Client } from './index.ts';

afterEach(closeServers);

const channel = exampleOf(ChannelSchema);
const withSecret = exampleOf(ChannelWithSecretSchema);
const route = exampleOf(NoticeRouteSchema);
const delivery = exampleOf(DeliverySchema);
const webhook = { name: 'ops', type: 'webhook', url: 'https://x.example/' } as const;

describe('each call', () => {
  const calls: readonly [
    wanted: string,
    answer: object,
    use: (client: Client['notifications']) => Promise<unknown>,
    body?: unknown,
  ][] = [
    ['GET /channels/c', channel, ({ channels }) => channels.get('c')],
    ['POST /channels', withSecret, ({ channels }) => channels.create(webhook), webhook],
    [
      'PATCH /channels/c',
      channel,
      ({ channels }) => channels.update('c', { state: 'active' }),
      { state: 'active' },
    ],
    ['DELETE /channels/c', channel, ({ channels }) => channels.delete('c')],
    ['POST /channels/c/rotate', withSecret, ({ channels }) => channels.rotate('c')],
    ['POST /channels/c/test', delivery, ({ channels }) => channels.test('c')],
    ['GET /routes/r', route, ({ routes }) => routes.get('r')],
    [
      'POST /routes',
      route,
      ({ routes }) => routes.create({ channel: 'ops', events: ['run.failed'] }),
      { channel: 'ops', events: ['run.failed'] },
    ],
    ['DELETE /routes/r', route, ({ routes }) => routes.delete('r')],
    ['GET /deliveries/d', delivery, ({ deliveries }) => deliveries.get('d')],
    ['POST /deliveries/d/redeliver', delivery, ({ deliveries }) => deliveries.redeliver('d')],
  ];

  it('changes a channel at the version that was seen', async () => {
    const { client, server } = await connect(() => ({ status: 200, body: channel }));
    await client.notifications.channels.update('c', { state: 'active' }, { version: 3 });
    expect(server.seen[0]?.headers['if-match']).toBe('"3"');
  });

  it.each(calls)('%s is made as the contract says', async (wanted, answer, use, body) => {
    const { client, server } = await connect(() => ({ status: 200, body: answer }));
    expect(await use(client.notifications)).toEqual(answer);
    const [seen] = server.seen;
    expect(`${seen?.method} ${seen?.url.replace('/api/v1/notifications', '')}`).toBe(wanted);
    expect(seen?.body).toEqual(body);
  });

  it('that changes something is not repeated when no answer comes', async () => {
    const { client, server } = await connect(() => 'hang up');
    await expect(client.notifications.channels.rotate('c')).rejects.toThrow();
    expect(server.seen).toHaveLength(1);
  });

  it('refuses an id that no address can hold', async () => {
    const { client } = await connect(() => ({ status: 200, body: channel }));
    expect(() => client.notifications.channels.get('..')).toThrow(TypeError);
  });
});

describe('lists', () => {
  it.each([
    ['/channels?limit=5', ChannelListSchema],
    ['/routes?limit=5', NoticeRouteListSchema],
    ['/deliveries?limit=5&status=failed&channel=ops', DeliveryListSchema],
  ])('%s are read with their filters', async (path, schema) => {
    const { client, server } = await connect(() => ({ status: 200, body: exampleOf(schema) }));
    const { channels, routes, deliveries } = client.notifications;
    const lists: Record<string, AsyncIterable<unknown>> = {
      channels: channels.list({ limit: 5 }),
      routes: routes.list({ limit: 5 }),
      deliveries: deliveries.list({ limit: 5, status: ['failed'], channel: 'ops' }),
    };
    const items: unknown[] = [];
    for await (const one of lists[/\w+/.exec(path)?.[0] ?? ''] ?? []) items.push(one);
    expect(items).toEqual(exampleOf(schema).items);
    expect(server.seen[0]?.url).toBe(`/api/v1/notifications${path}`);
  });
});
