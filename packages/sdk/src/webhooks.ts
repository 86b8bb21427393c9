import type { EditWebhook, JsonObject, Webhook, WriteWebhook } from '@tenuto/contract';
import { type ChangeOptions, createChanger, type SubmitOptions, submit } from './asking.ts';
import { webhookShape } from './event-shapes.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import type { TransportOptions } from './transport.ts';

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
  const change = createChanger(transport, { pathOf, shape });
  return {
    create: (body, options) => submit(transport, { path: ROOT, body, shape }, options),
    get: (webhookId, options) => read(pathOf(webhookId), shape, {}, options),
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    replace: (webhookId, body, options) => change('PUT', webhookId, options, body),
    update: (webhookId, changes, options) => change('PATCH', webhookId, options, changes),
    remove: (webhookId, options) => change('DELETE', webhookId, options),
  };
}
