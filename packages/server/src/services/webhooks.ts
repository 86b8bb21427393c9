import { createHash } from 'node:crypto';
import {
  type EditWebhook,
  formatTime,
  type List,
  OrchestrationError,
  type Webhook,
  type WriteWebhook,
} from '@tenuto/contract';
import type { Access, JobStore, WebhookRecord, WebhookStore } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { secretProblem } from '../events/webhook-signature.ts';
import { openedIn, type Vault } from '../secrets/vault.ts';
import { readIdempotency, refuseOtherUse } from './idempotency.ts';
import { auditOf, refuseStale, stale } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

/** What the services of inbound webhooks work with. */
export interface WebhookParts {
  readonly webhooks: WebhookStore;
  readonly jobs: Pick<JobStore, 'submission'>;
  readonly vault: Vault;
  readonly newId: () => string;
  /** 128 random bits, as they stand in an address. */
  readonly newHook: () => string;
}

const WHAT = 'webhooks';
export const HOOKS = '/hooks';

/** What the secret of a webhook is sealed for, and the id in its address. */
export const webhookSecretOf = (webhookId: string) => `webhook:${webhookId}`;
const hookOf = (webhookId: string) => `hook:${webhookId}`;

export function hookHash(hook: string): Uint8Array {
  return createHash('sha256').update(hook).digest();
}

/**
 * Makes a webhook with an address that nobody can guess.
 * @throws OrchestrationError 409 for a name that is taken, 422 without a secret that its
 *   verification needs, and for a key used with another body
 */
export async function createWebhook(
  parts: WebhookParts,
  caller: Caller,
  { body, key }: { readonly body: WriteWebhook; readonly key: string | undefined },
): Promise<Webhook> {
  const access = authorize(caller.principal, 'events:publish', WHAT);
  const idempotency = readIdempotency(key, ['webhook', body]);
  const firstAnswer = async () => {
    const used = idempotency && (await parts.jobs.submission(access.owner, idempotency.key));
    if (idempotency === undefined || used === undefined) return undefined;
    refuseOtherUse(idempotency, used);
    return webhookView(parts, await findWebhook(parts, access, used.runId));
  };
  const before = await firstAnswer();
  if (before !== undefined) return before;
  const webhookId = parts.newId();
  const hook = parts.newHook();
  const { name, topic, verify, state = 'active' } = body;
  const result = await parts.webhooks.create({
    ...{ webhookId, owner: access.owner, name, topic, verify, state },
    secret: sealedSecret(parts, { webhookId, verify, secret: body.secret }),
    hook: parts.vault.seal(hook, hookOf(webhookId)),
    hookHash: hookHash(hook),
    ...(idempotency && { idempotency }),
    audit: auditOf(caller, 'webhook.created', webhookId, { name, topic, verify }),
  });
  if (result === 'taken') throw taken(name);
  if (result === 'created') {
    return webhookView(parts, await findWebhook(parts, access, webhookId));
  }
  const winner = await firstAnswer();
  if (winner !== undefined) return winner;
  throw new OrchestrationError('conflict', 'Another request with this key is under way.');
}

/** @throws OrchestrationError 422 for one that is needed and missing, or cannot be used */
function sealedSecret(
  { vault }: WebhookParts,
  of: {
    readonly webhookId: string;
    readonly verify: Webhook['verify'];
    readonly secret: string | undefined;
  },
): Uint8Array | null {
  const { verify, secret } = of;
  if (verify === 'none') {
    if (secret === undefined) return null;
    throw wrongSecret('is of no use: nothing is verified');
  }
  if (secret === undefined) throw wrongSecret(`is needed to verify by ${verify}`);
  const problem = secretProblem(verify, secret);
  if (problem !== undefined) throw wrongSecret(problem);
  return vault.seal(secret, webhookSecretOf(of.webhookId));
}

/** @throws OrchestrationError 404 */
export async function getWebhook(
  parts: WebhookParts,
  caller: Caller,
  webhookId: string,
): Promise<Webhook> {
  const access = authorize(caller.principal, 'events:read', WHAT);
  return webhookView(parts, await findWebhook(parts, access, webhookId));
}

/** Newest first. */
export async function listWebhooks(
  parts: WebhookParts,
  caller: Caller,
  query: Paging,
): Promise<List<Webhook>> {
  const access = authorize(caller.principal, 'events:read', WHAT);
  const request = pageRequest(query, runKey);
  const page = await parts.webhooks.list(access, request);
  return listOf(page, request, {
    codec: runKey,
    key: (webhook: WebhookRecord) => webhook.webhookId,
    item: (webhook) => webhookView(parts, webhook),
  });
}

interface Change {
  readonly webhookId: string;
  readonly ifMatch: string | undefined;
}

/**
 * Changes what is given; its address stays. Another verification needs another secret.
 * @throws OrchestrationError 404, 409, 412, 422
 */
export async function changeWebhook(
  parts: WebhookParts,
  caller: Caller,
  { webhookId, ifMatch, changes }: Change & { readonly changes: EditWebhook },
): Promise<Webhook> {
  const access = authorize(caller.principal, 'events:publish', WHAT);
  const present = await findWebhook(parts, access, webhookId);
  refuseStale(present, ifMatch);
  const { webhookId: subject, version } = present;
  const { name = present.name, topic = present.topic, state = present.state } = changes;
  const verify = changes.verify ?? present.verify;
  const keeps = verify === present.verify && changes.secret === undefined;
  const secret = keeps
    ? present.secret
    : sealedSecret(parts, { webhookId: subject, verify, secret: changes.secret });
  const result = await parts.webhooks.change(access, {
    ...{ webhookId: subject, version, name, topic, verify, state, secret },
    audit: auditOf(caller, 'webhook.updated', subject, { fields: Object.keys(changes) }),
  });
  if (result === 'taken') throw taken(name);
  const now = await findWebhook(parts, access, webhookId);
  if (result === 'stale') throw stale(now);
  return webhookView(parts, now);
}

/**
 * Removes a webhook: its address leads nowhere from then on.
 * @returns the webhook as it was
 * @throws OrchestrationError 404, 412
 */
export async function removeWebhook(
  parts: WebhookParts,
  caller: Caller,
  { webhookId, ifMatch }: Change,
): Promise<Webhook> {
  const access = authorize(caller.principal, 'events:publish', WHAT);
  const present = await findWebhook(parts, access, webhookId);
  refuseStale(present, ifMatch);
  const { webhookId: subject, version, name } = present;
  const removed = await parts.webhooks.remove(access, {
    webhookId: subject,
    ...(ifMatch !== undefined && ifMatch.trim() !== '*' && { version }),
    audit: auditOf(caller, 'webhook.deleted', subject, { name }),
  });
  if (!removed) throw stale(await findWebhook(parts, access, webhookId));
  return webhookView(parts, present);
}

async function findWebhook(
  { webhooks }: WebhookParts,
  access: Access,
  webhookId: string,
): Promise<WebhookRecord> {
  const found = await webhooks.find(access, webhookId.toLowerCase());
  if (found !== undefined) return found;
  throw new OrchestrationError('not_found', `There is no webhook ${webhookId}.`);
}

function webhookView({ vault }: WebhookParts, webhook: WebhookRecord): Webhook {
  const hook = openedIn(vault, webhook.hook, hookOf(webhook.webhookId));
  return {
    webhook_id: webhook.webhookId,
    name: webhook.name,
    topic: webhook.topic,
    path: hook === undefined ? null : `${HOOKS}/${hook}`,
    verify: webhook.verify,
    has_secret: webhook.secret !== null,
    state: webhook.state,
    owner: webhook.owner,
    created_at: formatTime(webhook.createdAt),
    updated_at: formatTime(webhook.updatedAt),
    version: webhook.version,
  };
}

function taken(name: string): OrchestrationError {
  return new OrchestrationError('conflict', `You have a webhook "${name}" already.`);
}

function wrongSecret(message: string): OrchestrationError {
  return new OrchestrationError('unprocessable', `/secret ${message}.`, {
    validationErrors: [{ path: '/secret', message }],
  });
}
