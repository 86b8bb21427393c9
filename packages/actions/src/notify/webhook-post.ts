import type { JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionOutcome, Clock } from '@tenuto/engine';
import type { ActionDefinition } from '../action.ts';
import { webhookSignature } from './signature.ts';

/** One message for one receiver. */
export interface WebhookMessage {
  /** The same for every attempt. */
  readonly id: string;
  readonly url: string;
  /** JSON text; what is signed is what is sent, byte for byte. */
  readonly body: string;
  /** None: the message is not signed. */
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** What may be read of an answer; receivers of webhooks have nothing to say. */
const ANSWER_BYTES = 64 * 1024;

/**
 * Posts a message by the action `http.request`: through its guard, with its time limit and its
 * meaning of statuses. Redirects are not followed: the message was meant for that address, and its
 * signature with it. A long answer with a good status is a good answer.
 */
export async function postWebhook(
  { http, clock }: { readonly http: ActionDefinition; readonly clock: Pick<Clock, 'wall'> },
  call: ActionCall,
  message: WebhookMessage,
): Promise<ActionOutcome> {
  const request = requestOf(message, Math.floor(clock.wall() / 1_000));
  const outcome = await http.run(callOf(call, http.name, request));
  if (outcome.status === 'waiting') return outcome;
  if (outcome.status === 'completed') return received(message, outcome.output);
  if (outcome.error.type === 'response_too_large') return received(message, null);
  // What the receiver said may hold anything, and is nobody's business but its own.
  return { status: outcome.status, error: outcome.error };
}

/** The same call of another action; fields of a call may be computed, so it cannot be spread. */
function callOf(call: ActionCall, uses: string, parameters: JsonObject): ActionCall {
  return {
    runId: call.runId,
    nodeId: call.nodeId,
    attempt: call.attempt,
    earlierAttempts: call.earlierAttempts,
    owner: call.owner,
    idempotencyKey: call.idempotencyKey,
    uses,
    with: parameters,
    ...(call.secrets !== undefined && { secrets: call.secrets }),
    startedAt: call.startedAt,
    signal: call.signal,
    graceMs: call.graceMs,
    heartbeat: () => call.heartbeat(),
    log: (stream, text) => call.log(stream, text),
  };
}

function requestOf(message: WebhookMessage, timestamp: number): JsonObject {
  const { id, body, secrets } = message;
  const signature = webhookSignature(secrets, { id, timestamp, body });
  return {
    url: message.url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...message.headers,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      ...(signature !== '' && { 'webhook-signature': signature }),
    },
    body,
    timeout_seconds: message.timeoutSeconds,
    follow_redirects: false,
    response: 'base64',
    max_response_bytes: ANSWER_BYTES,
  };
}

function received({ id }: WebhookMessage, answer: unknown): ActionOutcome {
  const said = typeof answer === 'object' && answer !== null ? answer : {};
  const status = 'status' in said && typeof said.status === 'number' ? said.status : null;
  return { status: 'completed', output: { webhook_id: id, status } };
}
