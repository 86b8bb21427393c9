import type { IncomingHttpHeaders } from 'node:http';
import { type HookAnswer, type JsonObject, LIMITS, OrchestrationError } from '@tenuto/contract';
import type { Clock, NewEvent, WebhookRecord } from '@tenuto/engine';
import type { Failures } from '../auth/failures.ts';
import { dataOf } from '../events/event-body.ts';
import { verifyPost } from '../events/webhook-signature.ts';
import { mediaTypeOf } from '../http/media-type.ts';
import { openedIn } from '../secrets/vault.ts';
import type { EventParts } from './event-parts.ts';
import { eventIdentity } from './event-publish.ts';
import { chargedAlone, type QuotaGate } from './quota-gate.ts';
import { hookHash, type WebhookParts, webhookSecretOf } from './webhooks.ts';

/** What posts to webhooks are taken in with. */
export interface HookParts {
  readonly eventing: Pick<EventParts, 'publisher'>;
  readonly webhooks: Pick<WebhookParts, 'webhooks' | 'vault'>;
  readonly gate: Pick<QuotaGate, 'publish'>;
  readonly clock: Clock;
  /** Counts posts that were not genuine, by the address they came from. */
  readonly failures: Failures;
  /** Counts all posts, by the address that they came to. */
  readonly posts: Failures;
}

/** A post to an address. */
export interface HookPost {
  readonly hook: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly requestId: string;
  /** The network that it comes from. */
  readonly address: string;
}

const HOOK = /^[A-Za-z0-9_-]{22}$/;
/** Headers that say what a post is about; nothing that proves who sent it. */
const KEPT_HEADERS = /^(x-github-(event|delivery)|webhook-(id|timestamp)|content-type|user-agent)$/;
const HEADER_CHARS = 500;

/**
 * Takes in what somebody posts to a webhook: an event, once it is proven to be genuine. The same
 * message again is answered like the first, and does nothing.
 * @throws OrchestrationError 400 for JSON that is none, 401, 404, 413, 429, also when the owner's quota of
 *   events is used up
 */
export async function receiveHook(parts: HookParts, post: HookPost): Promise<HookAnswer> {
  const { failures, posts } = parts;
  const tooOften = posts.waitMs(post.hook, '');
  const waitMs = Math.max(failures.waitMs(post.address, post.hook), tooOften);
  if (waitMs > 0) {
    const detail =
      tooOften > 0
        ? 'Too much is posted to this webhook.'
        : 'Posts from this address were wrong too often.';
    throw new OrchestrationError('rate_limited', detail, {
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  }
  posts.failed(post.hook);
  const webhook = HOOK.test(post.hook)
    ? await parts.webhooks.webhooks.at(hookHash(post.hook))
    : undefined;
  if (webhook === undefined || webhook.state !== 'active') {
    failures.failed(post.address);
    throw new OrchestrationError('not_found', 'There is no webhook at this address.');
  }
  const identity = genuine(parts, webhook, post);
  await parts.gate.publish(chargedAlone(webhook.owner), 1);
  const [published] = await publish(parts, webhook, { post, identity });
  if (published?.duplicate !== true) return { success: true, message: 'The event is published.' };
  return { success: true, message: 'This has come before.', duplicate: true };
}

/** @returns by what the message is known again @throws OrchestrationError 401 */
function genuine(
  { webhooks: { vault }, clock, failures }: HookParts,
  { webhookId, verify, secret: sealed }: WebhookRecord,
  { headers, body, address, hook }: HookPost,
): string | undefined {
  if (verify === 'none') return undefined;
  const secret = sealed === null ? undefined : openedIn(vault, sealed, webhookSecretOf(webhookId));
  const verdict = verifyPost(verify, secret, { headers, body, at: clock.wall() });
  if (verdict.genuine) {
    failures.passed(hook);
    return verdict.identity;
  }
  failures.failed(address);
  throw new OrchestrationError('unauthorized', verdict.reason);
}

async function publish(
  { eventing: { publisher } }: HookParts,
  { webhookId, owner, name, topic }: WebhookRecord,
  { post, identity }: { readonly post: HookPost; readonly identity: string | undefined },
) {
  const data = dataOf(mediaTypeOf(post.headers['content-type']), post.body);
  const payload = 'value' in data ? data.value : null;
  const bytes = 'bytes' in data ? data.bytes : undefined;
  if (JSON.stringify(payload).length + (bytes?.length ?? 0) > LIMITS.eventBytes) {
    const detail = `An event has at most ${LIMITS.eventBytes} bytes.`;
    throw new OrchestrationError('payload_too_large', detail);
  }
  const actor = `webhook:${name}`;
  const event: NewEvent = {
    ...{ owner, topic, payload, origin: 'webhook', publishedBy: actor },
    ...(bytes !== undefined && { bytes }),
    context: { webhook: { webhook_id: webhookId, name, headers: keptHeaders(post.headers) } },
    ...(identity !== undefined && { identity: eventIdentity(['webhook', webhookId, identity]) }),
  };
  const details = { topic, webhook_id: webhookId };
  const { requestId } = post;
  const result = await publisher.publish({
    events: [event],
    audit: { actor, action: 'event.published', subject: '', details, requestId },
  });
  return result === 'used' ? [] : result;
}

function keptHeaders(headers: IncomingHttpHeaders): JsonObject {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => KEPT_HEADERS.test(name))
      .map(([name, value]) => [name, String(value).slice(0, HEADER_CHARS).toWellFormed()]),
  );
}
