import type { CreateChannel, CreateNoticeRoute, EditChannel } from '@tenuto/contract';
import type { DeliveryQuery } from '@tenuto/sdk';
import { useChange } from './change.ts';
import { client } from './client.ts';
import { LIVE_MS } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const key = ['notifications'] as const;
const { channels, routes, deliveries } = client.notifications;

export function useChannels() {
  return usePages({
    key: [...key, 'channels'],
    read: (cursor, signal) => channels.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

export function useNoticeRoutes() {
  return usePages({
    key: [...key, 'routes'],
    read: (cursor, signal) => routes.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

export function useDeliveries(query: DeliveryQuery) {
  return usePages({
    key: [...key, 'deliveries', query],
    read: (cursor, signal) => deliveries.list({ limit: PAGE, ...query }, { signal }).page(cursor),
    everyMs: LIVE_MS.list,
  });
}

export function useCreateChannel() {
  return useChange(key, (body: CreateChannel) => channels.create(body));
}

export interface ChannelChange {
  readonly channelId: string;
  readonly version: number;
  readonly body: EditChannel;
}

export function useEditChannel() {
  return useChange(key, ({ channelId, version, body }: ChannelChange) =>
    channels.update(channelId, body, { version }),
  );
}

/** What is done to a channel by one click. */
export type ChannelVerb = 'delete' | 'test';

export function useChannelOperation() {
  return useChange(key, async ({ verb, channelId }: { verb: ChannelVerb; channelId: string }) => {
    await (verb === 'test' ? channels.test(channelId) : channels.delete(channelId));
  });
}

export function useRotateChannel() {
  return useChange(key, (channelId: string) => channels.rotate(channelId));
}

export function useCreateNoticeRoute() {
  return useChange(key, (body: CreateNoticeRoute) => routes.create(body));
}

export function useRemoveNoticeRoute() {
  return useChange(key, (routeId: string) => routes.delete(routeId));
}

export function useRedeliver() {
  return useChange(key, (deliveryId: string) => deliveries.redeliver(deliveryId));
}
