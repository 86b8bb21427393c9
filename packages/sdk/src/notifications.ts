import type {
  Channel,
  ChannelWithSecret,
  CreateChannel,
  CreateNoticeRoute,
  Delivery,
  DeliveryState,
  EditChannel,
  NoticeRoute,
} from '@tenuto/contract';
import {
  type ChangeOptions,
  type Changer,
  createChanger,
  type SubmitOptions,
  submit,
} from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import {
  channelShape,
  channelWithSecretShape,
  deliveryShape,
  noticeRouteShape,
} from './notification-shapes.ts';
import { type CallOptions, createReader, type Reader, segment, signalOf } from './reading.ts';
import { type Call, send, type TransportOptions } from './transport.ts';

export interface DeliveryQuery extends PageQuery {
  readonly status?: readonly DeliveryState[];
  readonly event?: string;
  /** A channel's id or name. */
  readonly channel?: string;
}

/** Places that messages go to. */
export interface Channels {
  list(query?: PageQuery, options?: CallOptions): Listing<Channel>;
  get(channelId: string, options?: CallOptions): Promise<Channel>;
  /** The secret of a webhook is in this answer, and in no other but to the same key. */
  create(body: CreateChannel, options?: SubmitOptions): Promise<ChannelWithSecret>;
  update(channelId: string, changes: EditChannel, options?: ChangeOptions): Promise<Channel>;
  delete(channelId: string, options?: CallOptions): Promise<Channel>;
  /** A new secret; the one before signs too for a day. */
  rotate(channelId: string, options?: CallOptions): Promise<ChannelWithSecret>;
  /** Sends a message to try the channel with. */
  test(channelId: string, options?: CallOptions): Promise<Delivery>;
}

/** Which events go to which channel. */
export interface NoticeRoutes {
  list(query?: PageQuery, options?: CallOptions): Listing<NoticeRoute>;
  get(routeId: string, options?: CallOptions): Promise<NoticeRoute>;
  create(body: CreateNoticeRoute, options?: SubmitOptions): Promise<NoticeRoute>;
  delete(routeId: string, options?: CallOptions): Promise<NoticeRoute>;
}

/** What became of messages. */
export interface Deliveries {
  /** Newest first. */
  list(query?: DeliveryQuery, options?: CallOptions): Listing<Delivery>;
  get(deliveryId: string, options?: CallOptions): Promise<Delivery>;
  /** Sends one again that is over, under the same id. */
  redeliver(deliveryId: string, options?: CallOptions): Promise<Delivery>;
}

/** Every function throws as `createClient` says. */
export interface Notifications {
  readonly channels: Channels;
  readonly routes: NoticeRoutes;
  readonly deliveries: Deliveries;
}

const ROOT = '/notifications';

export function createNotifications(transport: TransportOptions): Notifications {
  const { list, read } = createReader(transport);
  const change: Change = (call, options = {}) =>
    send(transport, { ...call, repeatable: false, ...signalOf(options) });
  const make: Make = (call, options) => submit(transport, call, options);
  const update = createChanger(transport, { pathOf: channelPath, shape: channelShape });
  return {
    channels: createChannels({ list, read, change, make, update }),
    routes: createRoutes({ list, read, change, make }),
    deliveries: createDeliveries({ list, read, change, make }),
  };
}

type Change = <T>(
  call: Pick<Call<T>, 'method' | 'path' | 'shape' | 'body'>,
  options?: CallOptions,
) => Promise<T>;

type Make = <T>(
  call: Pick<Call<T>, 'path' | 'shape' | 'body'>,
  options?: SubmitOptions,
) => Promise<T>;

interface Means extends Reader {
  readonly change: Change;
  readonly make: Make;
}

const CHANNELS = `${ROOT}/channels`;
const channelPath = (id: string) => `${CHANNELS}/${segment(id)}`;

interface ChannelMeans extends Means {
  readonly update: Changer<Channel>;
}

function createChannels({ list, read, change, make, update }: ChannelMeans): Channels {
  const root = CHANNELS;
  const one = channelPath;
  const shape = channelShape;
  const withSecret = channelWithSecretShape;
  return {
    list: (query = {}, options) => list(root, shape, { ...query }, options),
    get: (id, options) => read(one(id), shape, {}, options),
    create: (body, options) => make({ path: root, body, shape: withSecret }, options),
    update: (id, changes, options) => update('PATCH', id, options, changes),
    delete: (id, options) => change({ method: 'DELETE', path: one(id), shape }, options),
    rotate: (id, options) =>
      change({ method: 'POST', path: `${one(id)}/rotate`, shape: withSecret }, options),
    test: (id, options) =>
      change({ method: 'POST', path: `${one(id)}/test`, shape: deliveryShape }, options),
  };
}

function createRoutes({ list, read, change, make }: Means): NoticeRoutes {
  const root = `${ROOT}/routes`;
  const one = (id: string) => `${root}/${segment(id)}`;
  const shape = noticeRouteShape;
  return {
    list: (query = {}, options) => list(root, shape, { ...query }, options),
    get: (id, options) => read(one(id), shape, {}, options),
    create: (body, options) => make({ path: root, body, shape }, options),
    delete: (id, options) => change({ method: 'DELETE', path: one(id), shape }, options),
  };
}

function createDeliveries({ list, read, change }: Means): Deliveries {
  const root = `${ROOT}/deliveries`;
  const one = (id: string) => `${root}/${segment(id)}`;
  const shape = deliveryShape;
  return {
    list: (query = {}, options) => list(root, shape, { ...query }, options),
    get: (id, options) => read(one(id), shape, {}, options),
    redeliver: (id, options) =>
      change({ method: 'POST', path: `${one(id)}/redeliver`, shape }, options),
  };
}
