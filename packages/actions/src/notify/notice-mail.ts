import type { Json, JsonObject } from '@tenuto/contract';
import type { ClaimedDelivery } from '@tenuto/engine';
import type { Mail } from './mailer.ts';

const SUBJECT_CHARS = 200;

/** The mail that tells of a notice: facts, a line each. */
export function noticeMail(delivery: ClaimedDelivery, data: JsonObject): Mail {
  const { event, deliveryId, recipients, noticedAt } = delivery;
  const about = oneLine(data.job_name ?? data.channel ?? data.circuit ?? '');
  const facts = Object.entries({ event, at: new Date(noticedAt).toISOString(), ...data });
  return {
    messageId: deliveryId,
    to: recipients ?? [],
    subject: `[Tenuto] ${event}${about === '' ? '' : `: ${about}`}`.slice(0, SUBJECT_CHARS),
    text: `${facts.map(([name, value]) => `${name}: ${told(value)}`).join('\n')}\n`,
  };
}

/** What stands in a header has no line breaks and nothing else that is not printed. */
function oneLine(value: Json): string {
  return told(value)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

function told(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
