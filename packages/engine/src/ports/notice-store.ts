import type {
  ChannelState,
  ChannelType,
  DeliveryState,
  JsonObject,
  NoticeEvent,
} from '@tenuto/contract';
import type { ActionError } from './action-runner.ts';
import type { AuditEntry, Idempotency } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** A place that messages go to. Times in milliseconds since the epoch. */
export interface ChannelRecord {
  readonly channelId: string;
  readonly owner: string;
  readonly name: string;
  readonly type: ChannelType;
  readonly url: string | null;
  readonly recipients: readonly string[] | null;
  readonly state: ChannelState;
  readonly disabledReason: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
}

/** A channel as who sends sees it: with its secrets, still sealed, the newest first. */
export interface SendingChannel {
  readonly channelId: string;
  readonly type: ChannelType;
  readonly url: string | null;
  readonly recipients: readonly string[] | null;
  readonly state: ChannelState;
  readonly sealedSecrets: readonly Uint8Array[];
}

export interface NewChannel {
  readonly channelId: string;
  readonly owner: string;
  readonly name: string;
  readonly type: ChannelType;
  readonly url?: string;
  readonly recipients?: readonly string[];
  readonly sealedSecret?: Uint8Array;
  readonly idempotency?: Idempotency;
  readonly audit: AuditEntry;
}
/** `taken`: the owner has a channel of that name. `duplicate`: the key was used before. */
export type ChannelCreation = 'done' | 'taken' | 'duplicate';

export interface ChannelEdit {
  readonly channelId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly name?: string;
  readonly url?: string;
  readonly recipients?: readonly string[];
  readonly state?: ChannelState;
  readonly audit: AuditEntry;
}

/** A new secret; the one before signs beside it for a while. */
export interface Rotation {
  readonly channelId: string;
  readonly sealedSecret: Uint8Array;
  readonly graceMs: number;
  readonly audit: AuditEntry;
}

/** `taken`: the owner has another channel of that name. `stale`: it is at another version by now. */
export type ChannelResult = 'done' | 'taken' | 'stale' | 'missing';

export interface RouteRecord {
  readonly routeId: string;
  readonly owner: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly events: readonly NoticeEvent[];
  readonly tag: string | null;
  readonly jobType: string | null;
  readonly everyone: boolean;
  readonly createdAt: number;
}

export interface NewRoute {
  readonly owner: string;
  /** A channel of the owner, by id or name. */
  readonly channel: string;
  readonly events: readonly NoticeEvent[];
  readonly tag?: string;
  readonly jobType?: string;
  readonly everyone: boolean;
  readonly idempotency?: Idempotency;
  readonly audit: AuditEntry;
}
/** `unknown`: the owner has no such channel. `duplicate`: the key was used before. */
export type RouteCreation = { readonly routeId: string } | 'unknown' | 'duplicate';

export interface DeliveryAttempt {
  readonly attempt: number;
  readonly endedAt: number;
  readonly durationMs: number;
  readonly status: number | null;
  readonly error: DeliveryError | null;
}
export interface DeliveryError {
  readonly type: string;
  readonly message: string;
}

export interface DeliveryRecord {
  readonly deliveryId: string;
  readonly owner: string;
  readonly event: string;
  readonly runId: string | null;
  readonly type: ChannelType;
  readonly channelId: string | null;
  readonly channelName: string | null;
  readonly url: string | null;
  readonly recipients: readonly string[] | null;
  readonly state: DeliveryState;
  readonly attemptsMade: number;
  readonly attemptsMost: number;
  readonly dueAt: number;
  readonly lastStatus: number | null;
  readonly lastError: DeliveryError | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly attempts: readonly DeliveryAttempt[];
}

export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[];
  readonly event?: string;
  /** A channel's id or name. */
  readonly channel?: string;
}

/**
 * What the API asks of the store about notifications; throws as {@link JobStore} does. Secrets come
 * and go sealed.
 */
export interface NoticeStore {
  channel(access: Access, idOrName: string): Promise<ChannelRecord | undefined>;
  channels(access: Access, page: PageRequest<string>): Promise<Page<ChannelRecord>>;
  addChannel(channel: NewChannel): Promise<ChannelCreation>;
  editChannel(access: Access, edit: ChannelEdit): Promise<ChannelResult>;
  rotate(access: Access, rotation: Rotation): Promise<ChannelResult>;
  removeChannel(access: Access, channelId: string, audit: AuditEntry): Promise<boolean>;
  /** The owner's channel of that name, for what a run sends. */
  sendingChannel(owner: string, name: string): Promise<SendingChannel | undefined>;
  /** Which of the names are not names of the owner's channels. */
  unknownChannels(owner: string, names: readonly string[]): Promise<readonly string[]>;
  route(access: Access, routeId: string): Promise<RouteRecord | undefined>;
  routes(access: Access, page: PageRequest<string>): Promise<Page<RouteRecord>>;
  addRoute(route: NewRoute): Promise<RouteCreation>;
  removeRoute(access: Access, routeId: string, audit: AuditEntry): Promise<boolean>;
  delivery(access: Access, deliveryId: string): Promise<DeliveryRecord | undefined>;
  /** Newest first. */
  deliveries(
    access: Access,
    filter: DeliveryFilter,
    page: PageRequest<string>,
  ): Promise<Page<DeliveryRecord>>;
  /** Sends one again that is over, under the same id. `pending`: it is being sent already. */
  redeliver(
    access: Access,
    deliveryId: string,
    audit: AuditEntry,
  ): Promise<'done' | 'pending' | 'missing'>;
  /** A message to try the channel with; the id of its delivery, undefined without the channel. */
  testChannel(access: Access, channelId: string, audit: AuditEntry): Promise<string | undefined>;
}

/** A delivery that this server has the lease of, with all it needs to send. */
export interface ClaimedDelivery {
  readonly deliveryId: string;
  readonly owner: string;
  readonly event: string;
  readonly runId: string | null;
  readonly type: ChannelType;
  readonly url: string | null;
  readonly recipients: readonly string[] | null;
  readonly place: string;
  readonly payload: JsonObject;
  /** JSON text: what the engine said of a run's end. */
  readonly detail: string | null;
  /** When it happened, in milliseconds since the epoch. */
  readonly noticedAt: number;
  /** The attempt that is to be made, from 1. */
  readonly attempt: number;
  readonly attemptsMost: number;
  readonly channelId: string | null;
  /** The channel is not there any more, or disabled. */
  readonly channelGone: boolean;
  readonly sealedSecrets: readonly Uint8Array[];
}

/** What came of sending: `error` is null when the receiver has taken the message. */
export interface Sent {
  /** Of the HTTP answer, or the mail server's reply code. */
  readonly status: number | null;
  readonly error: ActionError | null;
  /** It was given up because this server stops: whether it was taken is not known. */
  readonly interrupted?: boolean;
}
/** Sends one message, within less time than the lease lasts; never throws. */
export type SendNotice = (delivery: ClaimedDelivery, signal: AbortSignal) => Promise<Sent>;

export interface Settlement {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly durationMs: number;
  readonly status: number | null;
  readonly error: DeliveryError | null;
  readonly verdict:
    | { readonly state: 'delivered' }
    | { readonly state: 'pending'; readonly retryInMs: number }
    | { readonly state: 'failed' };
  /** Why the channel is sent nothing more from now on. */
  readonly disable?: { readonly channelId: string; readonly reason: string };
}

/** What the relay asks of the store. All of it may throw; nothing is lost then. */
export interface RelayStore {
  /** Makes deliveries of some notices. @returns how many notices there were */
  expand(): Promise<number>;
  /**
   * Takes the lease of deliveries that are due, over all servers each by one.
   * @param by.busy places that are sent enough to already
   */
  claim(by: {
    readonly limit: number;
    readonly leaseMs: number;
    readonly busy: readonly string[];
  }): Promise<readonly ClaimedDelivery[]>;
  settle(settlement: Settlement): Promise<void>;
}
