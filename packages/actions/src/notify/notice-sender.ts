import type { JsonObject } from '@tenuto/contract';
import type {
  ActionCall,
  ActionError,
  ActionOutcome,
  ClaimedDelivery,
  Clock,
  SendNotice,
  Sent,
} from '@tenuto/engine';
import type { ActionDefinition } from '../action.ts';
import type { Mailer } from './mailer.ts';
import { noticeMail } from './notice-mail.ts';
import { postWebhook } from './webhook-post.ts';

/** Standard Webhooks asks for 15 to 30. */
const TIMEOUT_SECONDS = 20;
const MAIL_TIMEOUT_MS = 45_000;

export interface NoticeSenderPorts {
  /** The action `http.request`. */
  readonly http: ActionDefinition;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /**
   * Opens a channel's sealed secrets.
   * @throws Error that says why they cannot be opened here
   */
  readonly openSecret: (sealed: Uint8Array, channelId: string) => string;
}

/** Sends what the relay has to deliver, by the same means as the actions. */
export function createNoticeSender(ports: NoticeSenderPorts): SendNotice {
  return async (delivery, signal) => {
    if (delivery.channelGone) return failure(NO_CHANNEL);
    const outcome =
      delivery.type === 'webhook'
        ? await sendWebhook(ports, delivery, signal)
        : await sendMail(ports, delivery, signal);
    return sentOf(outcome, signal);
  };
}

/** What a message is known by, whatever attempt it is. */
export function webhookIdOf(deliveryId: string): string {
  return `msg_${deliveryId.replaceAll('-', '')}`;
}

/** What is said of a notice; `error` and `counts` are in what the engine said of a run's end. */
export function noticeData({ payload, detail }: ClaimedDelivery): JsonObject {
  const said: unknown = detail === null ? null : JSON.parse(detail);
  if (typeof said !== 'object' || said === null) return payload;
  const { error, counts }: { error?: JsonObject; counts?: JsonObject } = said;
  return { ...payload, ...(error && { error }), ...(counts && { counts }) };
}

async function sendWebhook(
  ports: NoticeSenderPorts,
  delivery: ClaimedDelivery,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const { event, noticedAt, url, channelId, sealedSecrets, deliveryId } = delivery;
  const timestamp = new Date(noticedAt).toISOString();
  let secrets: readonly string[];
  try {
    secrets = sealedSecrets.map((sealed) => ports.openSecret(sealed, channelId ?? ''));
  } catch (error) {
    return { status: 'failed', error: sealedError(error) };
  }
  return await postWebhook(ports, callOf(delivery, signal, ports.clock), {
    id: webhookIdOf(deliveryId),
    url: url ?? '',
    body: JSON.stringify({ type: event, timestamp, data: noticeData(delivery) }),
    ...{ secrets, headers: {}, timeoutSeconds: TIMEOUT_SECONDS },
  });
}

async function sendMail(
  { mailer, clock }: NoticeSenderPorts,
  delivery: ClaimedDelivery,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const timer = new AbortController();
  const stop = clock.after(MAIL_TIMEOUT_MS, () => timer.abort());
  const mail = noticeMail(delivery, noticeData(delivery));
  const outcome = await mailer.send(mail, AbortSignal.any([signal, timer.signal]));
  stop();
  return outcome;
}

/** The action that posts is called as for a node; nobody reads its log. */
function callOf(delivery: ClaimedDelivery, signal: AbortSignal, clock: Clock): ActionCall {
  return {
    runId: delivery.runId ?? '',
    nodeId: '',
    attempt: delivery.attempt,
    earlierAttempts: delivery.attempt - 1,
    owner: delivery.owner,
    idempotencyKey: webhookIdOf(delivery.deliveryId),
    uses: 'http.request',
    with: {},
    startedAt: clock.wall(),
    signal,
    graceMs: 0,
    heartbeat() {},
    log() {},
  };
}

function sentOf(outcome: ActionOutcome, signal: AbortSignal): Sent {
  if (outcome.status === 'waiting') return failure(NO_CHANNEL);
  if (outcome.status === 'completed') {
    return { status: statusIn(outcome.output), error: null };
  }
  const { error } = outcome;
  return { status: statusIn(error.details), error, ...(signal.aborted && { interrupted: true }) };
}

function statusIn(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('status' in value)) return null;
  return typeof value.status === 'number' ? value.status : null;
}

function failure(error: ActionError): Sent {
  return { status: null, error };
}

const NO_CHANNEL: ActionError = {
  classification: 'validation',
  type: 'no_channel',
  message: 'The channel is disabled or not there any more.',
};

function sealedError(error: unknown): ActionError {
  const message = error instanceof Error ? error.message : 'The secret cannot be opened.';
  return { classification: 'infrastructure', type: 'sealed_secret', message };
}
