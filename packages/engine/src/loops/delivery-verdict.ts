import type { ClaimedDelivery, Sent, Settlement } from '../ports/notice-store.ts';

/** 5 s, 25 s, 2 min, 10 min, 52 min, 4 h, 18 h: eight attempts in a day. */
const FIRST_DELAY_MS = 5_000;
const GROWTH = 5;
const LONGEST_DELAY_MS = 18 * 3_600_000;
/** Of each delay, either way: receivers that come back are not met by all at once. */
const JITTER = 0.1;
/** What a receiver answers that wants nothing more, ever. */
const GONE = 410;

type Told = Pick<ClaimedDelivery, 'attempt' | 'attemptsMost' | 'type' | 'channelId'>;

/**
 * What follows from an attempt. All failures of webhooks are tried again, as Standard Webhooks
 * asks, but an address that may not be reached and a receiver that says it is gone; of mail those
 * that pass.
 *
 * @param random in [0, 1)
 */
export function verdictOf(
  sent: Sent,
  delivery: Told,
  random: number,
): Pick<Settlement, 'verdict' | 'disable'> {
  if (sent.error === null) return { verdict: { state: 'delivered' } };
  if (sent.interrupted) return { verdict: { state: 'pending', retryInMs: 0 } };
  if (isGone(sent, delivery)) return { verdict: { state: 'failed' }, ...disable(delivery) };
  if (isHopeless(sent.error, delivery) || delivery.attempt >= delivery.attemptsMost) {
    return { verdict: { state: 'failed' } };
  }
  const asked = sent.error.retryAfterMs ?? 0;
  const retryInMs = Math.max(asked, delayAfter(delivery.attempt, random));
  return { verdict: { state: 'pending', retryInMs } };
}

/** Milliseconds between an attempt and the next. */
function delayAfter(attempt: number, random: number): number {
  const plain = FIRST_DELAY_MS * GROWTH ** (attempt - 1);
  return Math.min(plain, LONGEST_DELAY_MS) * (1 + JITTER * (2 * random - 1));
}

function isGone({ status }: Sent, { type }: Told): boolean {
  return type === 'webhook' && status === GONE;
}

function disable({ channelId }: Told): Pick<Settlement, 'disable'> {
  if (channelId === null) return {};
  return { disable: { channelId, reason: `The receiver answered ${GONE} Gone.` } };
}

function isHopeless({ classification }: NonNullable<Sent['error']>, { type }: Told): boolean {
  if (classification === 'validation') return true;
  return type === 'email' && classification === 'permanent';
}
