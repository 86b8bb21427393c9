import {
  type Channel,
  type ChannelWithSecret,
  DELIVERY_STATES,
  type Delivery,
  NOTICE_EVENTS,
  type NoticeRoute,
} from '@tenuto/contract';
import type { Client } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { MissingError, UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { PAGE, readCount, showList } from './listing.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PLACE_CELLS = 60;

/** `tenuto notifications channels ls`. */
export const listChannels: Command<[]> = async (session) => {
  const listing = session.client().notifications.channels.list({ limit: PAGE });
  const row = ({ channel_id: id, name, type, state, url, to }: Channel) => [
    id,
    printable(name),
    type,
    state,
    truncate(printable(url ?? (to ?? []).join(', ')), PLACE_CELLS),
  ];
  return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, (channels) =>
    tableLines(['CHANNEL', 'NAME', 'TYPE', 'STATE', 'TO'], channels.map(row)),
  );
};

/** `tenuto notifications channels add NAME --to PLACE`: a webhook by its URL, else mail. */
export const addChannel: Command<
  [name: string, options: { readonly to: readonly string[] }]
> = async ({ output, client }, name, { to }) => {
  const [url = ''] = to;
  const isWebhook = /^https?:/i.test(url);
  if (isWebhook && to.length > 1) {
    throw new UsageError('A webhook has one URL; make a channel for each.');
  }
  const odd = isWebhook ? undefined : to.find((place) => !place.includes('@'));
  if (odd !== undefined) {
    throw new UsageError(`--to is an https: or http: URL, or addresses of mail; "${odd}" is not.`);
  }
  const channel = await client().notifications.channels.create(
    isWebhook ? { name, type: 'webhook', url } : { name, type: 'email', to: [...to] },
  );
  output.result(channel, () => [`The channel ${name} is made.`, ...secretLines(channel)]);
  return EXIT.ok;
};

/** `tenuto notifications channels rotate CHANNEL`. */
export const rotateChannel: Command<[channel: string]> = async ({ output, client }, which) => {
  const id = await channelId(client(), which);
  const channel = await client().notifications.channels.rotate(id);
  output.result(channel, () => [
    'Messages are signed with the new secret, and for a day with the one before too.',
    ...secretLines(channel),
  ]);
  return EXIT.ok;
};

function secretLines({ secret }: ChannelWithSecret): readonly string[] {
  return secret === null ? [] : [`Its secret, shown this once: ${secret}`];
}

/** `tenuto notifications channels test CHANNEL`. */
export const testChannel: Command<[channel: string]> = async ({ output, client }, which) => {
  const id = await channelId(client(), which);
  const delivery = await client().notifications.channels.test(id);
  output.result(delivery, () => [`A message is on its way: delivery ${delivery.delivery_id}.`]);
  return EXIT.ok;
};

/** `tenuto notifications channels enable CHANNEL`, and `disable`. */
export const switchChannel: Command<[channel: string, state: Channel['state']]> = async (
  { output, client },
  which,
  state,
) => {
  const id = await channelId(client(), which);
  const channel = await client().notifications.channels.update(id, { state });
  output.result(channel, () => [`The channel ${printable(channel.name)} is ${channel.state}.`]);
  return EXIT.ok;
};

/** `tenuto notifications channels rm CHANNEL`. */
export const removeChannel: Command<[channel: string]> = async ({ output, client }, which) => {
  const id = await channelId(client(), which);
  const channel = await client().notifications.channels.delete(id);
  output.result(channel, () => [`The channel ${printable(channel.name)} is removed.`]);
  return EXIT.ok;
};

/** An id as it is; of a name, the id of the channel that has it. */
async function channelId(client: Client, which: string): Promise<string> {
  if (UUID.test(which)) return which;
  for await (const { channel_id: id, name } of client.notifications.channels.list({
    limit: PAGE,
  })) {
    if (name === which) return id;
  }
  throw new MissingError(`There is no channel "${which}".`);
}

/** `tenuto notifications routes ls`. */
export const listRoutes: Command<[]> = async (session) => {
  const listing = session.client().notifications.routes.list({ limit: PAGE });
  const row = (route: NoticeRoute) => [
    route.route_id,
    printable(route.channel),
    route.events.join(', '),
    printable(
      [
        ...(route.tag === null ? [] : [`tag ${route.tag}`]),
        ...(route.job_type === null ? [] : [`type ${route.job_type}`]),
        ...(route.everyone ? ['everyone'] : []),
      ].join(', '),
    ),
  ];
  return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, (routes) =>
    tableLines(['ROUTE', 'CHANNEL', 'EVENTS', 'ONLY'], routes.map(row)),
  );
};

export interface AddRouteOptions {
  readonly event?: readonly string[];
  readonly tag?: string;
  readonly jobType?: string;
  readonly everyone?: boolean;
}

/** `tenuto notifications routes add CHANNEL --event run.failed`. */
export const addRoute: Command<[channel: string, options: AddRouteOptions]> = async (
  { output, client },
  channel,
  { event: events = [], tag, jobType, everyone },
) => {
  const route = await client().notifications.routes.create({
    channel,
    events: events.map(readEvent),
    ...(tag !== undefined && { tag }),
    ...(jobType !== undefined && { job_type: jobType }),
    ...(everyone && { everyone }),
  });
  output.result(route, () => [`${route.events.join(', ')} go to ${printable(route.channel)}.`]);
  return EXIT.ok;
};

function readEvent(text: string): NoticeRoute['events'][number] {
  const event = NOTICE_EVENTS.find((known) => known === text);
  if (event !== undefined) return event;
  throw new UsageError(`There is no event "${text}": use ${NOTICE_EVENTS.join(', ')}.`);
}

/** `tenuto notifications routes rm ROUTE`. */
export const removeRoute: Command<[routeId: string]> = async ({ output, client }, routeId) => {
  const route = await client().notifications.routes.delete(routeId);
  output.result(route, () => [`The route to ${printable(route.channel)} is removed.`]);
  return EXIT.ok;
};

export interface DeliveryListOptions {
  readonly status?: readonly string[];
  readonly event?: string;
  readonly channel?: string;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto notifications deliveries ls`: newest first. */
export const listDeliveries: Command<[options: DeliveryListOptions]> = async (
  session,
  { status = [], limit: written, ...filters },
) => {
  const limit = readCount(written);
  const listing = session.client().notifications.deliveries.list({
    ...filters,
    ...(status.length > 0 && { status: status.map(readState) }),
    limit: Math.min(limit, PAGE),
  });
  return showList(session, { listing, limit }, (deliveries) =>
    tableLines(
      ['DELIVERY', 'EVENT', 'TO', 'STATE', 'ATTEMPTS', 'NEXT', ''],
      deliveries.map(deliveryRow),
    ),
  );
};

function deliveryRow(delivery: Delivery): readonly string[] {
  return [
    delivery.delivery_id,
    delivery.event,
    truncate(printable(delivery.channel ?? delivery.to.join(', ')), PLACE_CELLS),
    delivery.state,
    `${delivery.attempts_made} of ${delivery.attempts_most}`,
    delivery.next_attempt_at ?? '',
    truncate(printable(delivery.last_error?.message ?? ''), PLACE_CELLS),
  ];
}

function readState(text: string): Delivery['state'] {
  const state = DELIVERY_STATES.find((known) => known === text);
  if (state !== undefined) return state;
  throw new UsageError(`A delivery is ${DELIVERY_STATES.join(', ')}; "${text}" is none of them.`);
}

/** `tenuto notifications deliveries redeliver DELIVERY`. */
export const redeliver: Command<[deliveryId: string]> = async ({ output, client }, deliveryId) => {
  const delivery = await client().notifications.deliveries.redeliver(deliveryId);
  output.result(delivery, () => [`The message is sent again, as ${delivery.webhook_id}.`]);
  return EXIT.ok;
};
