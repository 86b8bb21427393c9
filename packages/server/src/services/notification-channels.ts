import {
  type Channel,
  type ChannelWithSecret,
  type CreateChannel,
  type Delivery,
  type EditChannel,
  type List,
  OrchestrationError,
} from '@tenuto/contract';
import type { Access, ChannelEdit, ChannelRecord, ChannelResult, NewChannel } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { findDelivery } from './notification-deliveries.ts';
import {
  auditOf,
  type NotificationParts,
  notFound,
  refuseUrl,
  timeOf,
} from './notification-parts.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

/** How long the secret before a rotation signs too: receivers are changed one by one. */
const ROTATION_GRACE_MS = 24 * 3_600_000;

export async function listChannels(
  { notices }: NotificationParts,
  caller: Caller,
  query: Paging,
): Promise<List<Channel>> {
  const access = authorize(caller.principal, 'jobs:read', 'notifications');
  const request = pageRequest(query, runKey);
  const page = await notices.channels(access, request);
  return listOf(page, request, {
    codec: runKey,
    key: (channel) => channel.channelId,
    item: channelView,
  });
}

/** @throws OrchestrationError 404 */
export async function getChannel(
  parts: NotificationParts,
  caller: Caller,
  channelId: string,
): Promise<Channel> {
  const access = authorize(caller.principal, 'jobs:read', 'notifications');
  return channelView(await find(parts, access, channelId));
}

/**
 * Makes a channel; a webhook gets a secret, which is told in this answer alone, and in what the same
 * key answers until the secret is another one.
 * @throws OrchestrationError 409 for a name that is taken, 422 for an address that may not be
 *   reached and for a key used with another body
 */
export async function createChannel(
  parts: NotificationParts,
  caller: Caller,
  { body, key }: { readonly body: CreateChannel; readonly key: string | undefined },
): Promise<ChannelWithSecret> {
  const access = authorize(caller.principal, 'jobs:write', 'notifications');
  const { owner } = access;
  if (body.type === 'webhook') refuseUrl(parts, body.url);
  const idempotency = readIdempotency(key, ['notification_channel', body]);
  const channelId = await makeOnce(
    parts,
    { owner, idempotency, what: 'channel' },
    {
      find: async (id) => (await parts.notices.channel(access, id))?.channelId,
      make: (keyed) => addChannel(parts, caller, { owner, body, ...keyed }),
    },
  );
  const channel = await find(parts, access, channelId);
  return { ...channelView(channel), secret: await secretIn(parts, channel) };
}

/** @returns the id of the channel that was made */
async function addChannel(
  parts: NotificationParts,
  caller: Caller,
  { owner, body, ...keyed }: Pick<NewChannel, 'owner' | 'idempotency'> & { body: CreateChannel },
): Promise<string | 'duplicate'> {
  const { name, type } = body;
  const channelId = parts.newId();
  const to =
    body.type === 'webhook'
      ? { url: body.url, sealedSecret: parts.vault.seal(parts.newSecret(), secretOf(channelId)) }
      : { recipients: unique(body.to) };
  const audit = auditOf(caller, 'notification_channel.created', {
    subject: channelId,
    details: { name, type },
  });
  const made = { channelId, owner, name, type, ...to, ...keyed, audit };
  const result = await parts.notices.addChannel(made);
  if (result === 'taken') throw taken(name);
  return result === 'duplicate' ? result : channelId;
}

/** The secret that signs now. */
async function secretIn(
  { notices, vault }: NotificationParts,
  { owner, name, channelId }: ChannelRecord,
): Promise<string | null> {
  const [sealed] = (await notices.sendingChannel(owner, name))?.sealedSecrets ?? [];
  return sealed === undefined ? null : vault.open(sealed, secretOf(channelId));
}

/** @throws OrchestrationError 400 for a field of the other type, 404, 409, 412, 422 */
export async function editChannel(
  parts: NotificationParts,
  caller: Caller,
  change: {
    readonly channelId: string;
    readonly changes: EditChannel;
    readonly ifMatch: string | undefined;
  },
): Promise<Channel> {
  const { channelId, changes, ifMatch } = change;
  const access = authorize(caller.principal, 'jobs:write', 'notifications');
  const before = await find(parts, access, channelId);
  const misplaced = before.type === 'webhook' ? 'to' : 'url';
  if (changes[misplaced] !== undefined) throw ofOtherType(misplaced, before);
  if (changes.url !== undefined) refuseUrl(parts, changes.url);
  const edit: ChannelEdit = {
    channelId: before.channelId,
    ...wantedVersion(before, ifMatch),
    ...(changes.name !== undefined && { name: changes.name }),
    ...(changes.url !== undefined && { url: changes.url }),
    ...(changes.to !== undefined && { recipients: unique(changes.to) }),
    ...(changes.state !== undefined && { state: changes.state }),
    audit: auditOf(caller, 'notification_channel.updated', {
      subject: before.channelId,
      details: { fields: Object.keys(changes) },
    }),
  };
  refuseOthers(await parts.notices.editChannel(access, edit), { channelId, name: changes.name });
  return channelView(await find(parts, access, channelId));
}

/**
 * Gives a webhook a new secret. Messages are signed with both for a day.
 * @throws OrchestrationError 404, 422 for a channel of mail
 */
export async function rotateSecret(
  parts: NotificationParts,
  caller: Caller,
  channelId: string,
): Promise<ChannelWithSecret> {
  const access = authorize(caller.principal, 'jobs:write', 'notifications');
  const before = await find(parts, access, channelId);
  if (before.type !== 'webhook') {
    throw new OrchestrationError('unprocessable', 'A channel of mail has no secret.');
  }
  const secret = parts.newSecret();
  const result = await parts.notices.rotate(access, {
    channelId: before.channelId,
    sealedSecret: parts.vault.seal(secret, secretOf(before.channelId)),
    graceMs: ROTATION_GRACE_MS,
    audit: auditOf(caller, 'notification_channel.rotated', { subject: before.channelId }),
  });
  refuseOthers(result, { channelId });
  return { ...channelView(await find(parts, access, channelId)), secret };
}

/**
 * Removes a channel and the routes to it.
 * @returns the channel as it was
 * @throws OrchestrationError 404
 */
export async function removeChannel(
  parts: NotificationParts,
  caller: Caller,
  channelId: string,
): Promise<Channel> {
  const access = authorize(caller.principal, 'jobs:write', 'notifications');
  const channel = await find(parts, access, channelId);
  const id = channel.channelId;
  const audit = auditOf(caller, 'notification_channel.deleted', { subject: id });
  if (!(await parts.notices.removeChannel(access, id, audit))) throw notFound('channel', channelId);
  return channelView(channel);
}

/**
 * Sends a message to try the channel with, once.
 * @returns the delivery as it is before it is sent
 * @throws OrchestrationError 404
 */
export async function testChannel(
  parts: NotificationParts,
  caller: Caller,
  channelId: string,
): Promise<Delivery> {
  const access = authorize(caller.principal, 'jobs:write', 'notifications');
  const id = channelId.toLowerCase();
  const audit = auditOf(caller, 'notification_channel.tested', { subject: id });
  const deliveryId = await parts.notices.testChannel(access, id, audit);
  if (deliveryId === undefined) throw notFound('channel', channelId);
  const delivery = await findDelivery(parts, access, deliveryId);
  parts.relay.wake();
  return delivery;
}

export function channelTag({ version }: Pick<Channel, 'version'>): string {
  return `"${version}"`;
}

/** What the secret of a channel is sealed for. */
export function secretOf(channelId: string): string {
  return `channel:${channelId}`;
}

async function find(
  { notices }: NotificationParts,
  access: Access,
  channelId: string,
): Promise<ChannelRecord> {
  const channel = await notices.channel(access, channelId.toLowerCase());
  if (channel === undefined) throw notFound('channel', channelId);
  return channel;
}

function channelView(channel: ChannelRecord): Channel {
  return {
    channel_id: channel.channelId,
    name: channel.name,
    type: channel.type,
    url: channel.url,
    to: channel.recipients === null ? null : [...channel.recipients],
    state: channel.state,
    disabled_reason: channel.disabledReason,
    owner: channel.owner,
    created_at: timeOf(channel.createdAt),
    updated_at: timeOf(channel.updatedAt),
    version: channel.version,
  };
}

/** A tag that is not the present one is refused before anything is asked of the store. */
function wantedVersion(channel: ChannelRecord, ifMatch: string | undefined): { version?: number } {
  if (ifMatch === undefined || ifMatch.trim() === '*') return {};
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes(channelTag(channel))) throw stale();
  return { version: channel.version };
}

function refuseOthers(
  result: ChannelResult,
  { channelId, name = '' }: { readonly channelId: string; readonly name?: string | undefined },
): void {
  if (result === 'missing') throw notFound('channel', channelId);
  if (result === 'taken') throw taken(name);
  if (result === 'stale') throw stale();
}

function taken(name: string): OrchestrationError {
  return new OrchestrationError('conflict', `You have another channel with the name ${name}.`);
}

function stale(): OrchestrationError {
  return new OrchestrationError('precondition_failed', 'The channel is at another version by now.');
}

function ofOtherType(field: string, { type }: ChannelRecord): OrchestrationError {
  const message = `is not a field of a channel of type ${type}`;
  return new OrchestrationError('validation_failed', `/${field} ${message}.`, {
    validationErrors: [{ path: `/${field}`, message }],
  });
}

function unique(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)];
}
