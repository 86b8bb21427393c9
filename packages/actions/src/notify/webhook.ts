import { createHash } from 'node:crypto';
import type { Json } from '@tenuto/contract';
import type { ActionCall, ActionOutcome, Clock } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { type ActionDefinition, refused } from '../action.ts';
import { channelOf, type FindChannel } from './channel.ts';
import { postWebhook, type WebhookMessage } from './webhook-post.ts';

const name = Type.String({ minLength: 1, maxLength: 100 });
const TIMEOUT_SECONDS = 20;

/** `with` of `notify.webhook`. */
const WEBHOOK_PARAMETERS = Type.Object(
  {
    url: Type.Optional(Type.String({ minLength: 1, maxLength: 8_192 })),
    channel: Type.Optional(
      Type.String({ ...name, description: 'A channel: its address, signed with its secret.' }),
    ),
    secret: Type.Optional(
      Type.String({ ...name, description: 'The channel whose secret signs what goes to `url`.' }),
    ),
    event: Type.Optional(Type.String({ minLength: 1, maxLength: 200, default: 'notification' })),
    payload: Type.Optional(Type.Unknown({ description: 'The `data` of the message.' })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    timeout_seconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 300, default: TIMEOUT_SECONDS }),
    ),
  },
  { additionalProperties: false },
);
type WebhookParameters = Static<typeof WEBHOOK_PARAMETERS>;

interface WebhookPorts {
  /** The action `http.request`. */
  readonly http: ActionDefinition;
  readonly clock: Pick<Clock, 'wall'>;
  readonly channel: FindChannel;
}

/** The action `notify.webhook`: posts a message, signed by Standard Webhooks where a secret is named. */
export function notifyWebhook(ports: WebhookPorts): ActionDefinition {
  return {
    name: 'notify.webhook',
    description: 'Sends a message to an HTTP address.',
    parameters: WEBHOOK_PARAMETERS,
    secretFields: ['url', 'headers', 'payload'],
    keepsHosts: true,
    run: (call) => send(ports, call),
  };
}

async function send(ports: WebhookPorts, call: ActionCall): Promise<ActionOutcome> {
  const given: unknown = call.with;
  if (!Check(WEBHOOK_PARAMETERS, given)) return refused('invalid_parameters', 'with does not fit.');
  const fault = faultOf(given);
  if (fault !== undefined) return refused('invalid_parameters', fault);
  const target = await targetOf(ports.channel, call, given);
  if ('refusal' in target) return target.refusal;
  return await postWebhook(ports, call, {
    ...target,
    id: webhookIdOf(call.idempotencyKey),
    body: bodyOf(call, given.event),
    headers: given.headers ?? {},
    timeoutSeconds: given.timeout_seconds ?? TIMEOUT_SECONDS,
  });
}

function faultOf({ url, channel, secret, headers = {} }: WebhookParameters): string | undefined {
  if ((url === undefined) === (channel === undefined)) return 'Give url or channel, and not both.';
  if (channel !== undefined && secret !== undefined) return 'A channel signs with its own secret.';
  const ours = Object.keys(headers).find((header) => /^webhook-/i.test(header));
  return ours && `The header ${ours} is set by the action and cannot be given.`;
}

type Target = Pick<WebhookMessage, 'url' | 'secrets'> | { readonly refusal: ActionOutcome };

async function targetOf(
  find: FindChannel,
  call: ActionCall,
  { url, channel, secret }: WebhookParameters,
): Promise<Target> {
  const named = channel ?? secret;
  if (named === undefined) return { url: url ?? '', secrets: [] };
  const found = await channelOf(find, call, { name: named, type: 'webhook' });
  if ('refusal' in found) return found;
  return { url: url ?? found.channel.url, secrets: found.channel.secrets };
}

/** The same for every attempt of the node, and of no other. */
function webhookIdOf(idempotencyKey: string): string {
  return `msg_${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}`;
}

/** The same bytes for every attempt: the time of the attempt is in the headers. */
function bodyOf(call: ActionCall, type = 'notification'): string {
  const data: Json = call.with.payload ?? null;
  return JSON.stringify({ type, data, source: { run_id: call.runId, node_id: call.nodeId } });
}
