import type { EditWebhook, WriteWebhook } from '@tenuto/contract';
import { useChange } from './change.ts';
import { client } from './client.ts';
import { LIVE_MS } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const key = ['webhooks'] as const;

export function useWebhooks() {
  return usePages({
    key,
    read: (cursor, signal) => client.webhooks.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

export function useCreateWebhook() {
  return useChange(key, (body: WriteWebhook) => client.webhooks.create(body));
}

export interface WebhookChange {
  readonly webhookId: string;
  readonly version: number;
  readonly body: EditWebhook;
}

export function useEditWebhook() {
  return useChange(key, ({ webhookId, version, body }: WebhookChange) =>
    client.webhooks.update(webhookId, body, { version }),
  );
}

export function useRemoveWebhook() {
  return useChange(key, (webhookId: string) => client.webhooks.remove(webhookId));
}
