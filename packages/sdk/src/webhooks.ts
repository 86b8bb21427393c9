import type { EditWebhook, JsonObject, Webhook, WriteWebhook } from '@tenuto/contract';
import type { ChangeOptions, SubmitOptions } from './asking.ts';
import { webhookShape } from './event-shapes.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import { send, type TransportOptions } from './transport.ts';

/** Inbound webhooks. Every function throws as `createClient` says. */
export interface Webhooks {
  create(body: WriteWebhook | JsonObject, options?: SubmitOptions): Promise<Webhook>;
  get(webhookId: string, options?: CallOptions): Promise<Webhook>;
  list(query?: PageQuery, options?: CallOptions): Listing<Webhook>;
  replace(webhookId: string, body: WriteWebhook, options?: ChangeOptions): Promise<Webhook>;
  update(webhookId: string, changes: EditWebhook, options?: ChangeOptions): Promise<Webhook>;
  /** Answers the webhook as it was. */
  remove(webhookId: string, options?: ChangeOptions): Promise<Webhook>;
}

const ROOT = '/webhooks';
const pathOf = (webhookId: string) => `${ROOT}/${segment(webhookId)}`;

export function createWebhooks(transport: TransportOptions): Webhooks {
  const shape = webhookShape;
  const { read, list } = createReader(transport);
  const change = (
    method: 'PUT' | 'PATCH' | 'DELETE',
    webhookId: string,
    { version, ...options }: ChangeOptions = {},
    body?: unknown,
  ) =>
    send(transport, {
      ...{ method, path: pathOf(webhookId), shape, ...signalOf(options) },
      repeatable: version === undefined && method !== 'DELETE',
      ...(body !== undefined && { body }),
      ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
    });
  return {
    create: (body, { idempotencyKey = crypto.randomUUID(), ...options } = {}) =>
      send(transport, {
        ...{ method: 'POST', path: ROOT, body, shape, repeatable: true, ...signalOf(options) },
        headers: { 'idempotency-key': idempotencyKey },
      }),
    get: (webhookId, options) => read(pathOf(webhookId), shape, {}, options),
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    replace: (webhookId, body, options) => change('PUT', webhookId, options, body),
    update: (webhookId, changes, options) => change('PATCH', webhookId, options, changes),
    remove: (webhookId, options) => change('DELETE', webhookId, options),
  };
}
