import { createHash } from 'node:crypto';
import { EmailAddressSchema, LIMITS } from '@tenuto/contract';
import type { ActionCall, ActionOutcome } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { type ActionDefinition, refused } from '../action.ts';
import { channelOf, type FindChannel } from './channel.ts';
import type { Mailer } from './mailer.ts';

const BODY_CHARS = 256 * 1024;
const addresses = Type.Union([
  EmailAddressSchema,
  Type.Array(EmailAddressSchema, { maxItems: LIMITS.recipients }),
]);

/** `with` of `notify.email`. The server and the sender are the operator's. */
const EMAIL_PARAMETERS = Type.Object(
  {
    to: Type.Optional(addresses),
    cc: Type.Optional(addresses),
    bcc: Type.Optional(addresses),
    channel: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    subject: Type.String({
      minLength: 1,
      maxLength: 500,
      pattern: '^[^\\u0000-\\u001f\\u007f\\u2028\\u2029]+$',
      description: 'One line: what would end the header is refused.',
    }),
    text: Type.Optional(Type.String({ maxLength: BODY_CHARS })),
    html: Type.Optional(Type.String({ maxLength: BODY_CHARS })),
  },
  { additionalProperties: false },
);
type EmailParameters = Static<typeof EMAIL_PARAMETERS>;

interface EmailPorts {
  readonly mailer: Mailer;
  readonly channel: FindChannel;
}

/** The action `notify.email`: sends mail by the operator's server. */
export function notifyEmail(ports: EmailPorts): ActionDefinition {
  return {
    name: 'notify.email',
    description: 'Sends mail by the server of TENUTO_SMTP_URL.',
    parameters: EMAIL_PARAMETERS,
    run: (call) => send(ports, call),
  };
}

async function send({ mailer, channel }: EmailPorts, call: ActionCall): Promise<ActionOutcome> {
  const given: unknown = call.with;
  if (!Check(EMAIL_PARAMETERS, given)) return refused('invalid_parameters', 'with does not fit.');
  const named = await namedRecipients(channel, call, given);
  if ('refusal' in named) return named.refusal;
  const to = [...named.to, ...listOf(given.to)];
  const [cc, bcc] = [listOf(given.cc), listOf(given.bcc)];
  const count = to.length + cc.length + bcc.length;
  if (to.length === 0) return refused('invalid_parameters', 'Give to or channel.');
  if (count > LIMITS.recipients) {
    const message = `A message has at most ${LIMITS.recipients} recipients, this one ${count}.`;
    return refused('too_many_recipients', message);
  }
  const { subject, text, html } = given;
  const body = text === undefined && html === undefined ? { text: subject } : {};
  const messageId = createHash('sha256').update(call.idempotencyKey).digest('hex').slice(0, 32);
  return await mailer.send(
    {
      ...{ messageId, to, cc, bcc, subject, ...body },
      ...(text !== undefined && { text }),
      ...(html !== undefined && { html }),
    },
    call.signal,
  );
}

async function namedRecipients(
  find: FindChannel,
  call: ActionCall,
  { channel: name }: EmailParameters,
): Promise<{ readonly to: readonly string[] } | { readonly refusal: ActionOutcome }> {
  if (name === undefined) return { to: [] };
  const found = await channelOf(find, call, { name, type: 'email' });
  return 'refusal' in found ? found : { to: found.channel.to };
}

function listOf(given: string | readonly string[] = []): readonly string[] {
  return typeof given === 'string' ? [given] : given;
}
