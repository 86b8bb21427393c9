/**
 * The relay: takes notices out of the outbox and has them delivered, beside the relays of all other
 * servers. What it knows it has from the store, so that nothing is lost with it:
 *
 *   notice --expand--> delivery, due --claim--> leased --send--> settle: delivered | due later | failed
 *                          ^                      |
 *                          +--- the lease ends ---+   (the server died, or could not write it down)
 *
 * So a message is sent at least once, always under one id by which the receiver can tell.
 */
import type { EngineLog } from '../engine-log.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { ClaimedDelivery, RelayStore, SendNotice, Sent } from '../ports/notice-store.ts';
import { verdictOf } from './delivery-verdict.ts';
import { createLoop } from './loop.ts';

const LOOK_EVERY_MS = 500;
/** Messages on their way at a time. */
const MOST_AT_ONCE = 32;
/** Of these to one place: one that does not answer must not hold up the others. */
const MOST_TO_ONE_PLACE = 4;
/** Longer than any message may take to be sent. */
const LEASE_MS = 60_000;

export interface RelayOptions {
  readonly store: RelayStore;
  readonly send: SendNotice;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: EngineLog;
}

export interface Relay {
  start(): void;
  /** Looks for something to do now. */
  wake(): void;
  /** Lets messages that are on their way arrive for up to `drainMs`; the rest is sent again. */
  stop(drainMs: number): Promise<void>;
}

export function createRelay(options: RelayOptions): Relay {
  const { clock, log } = options;
  const underway = new Map<Promise<void>, string>();
  const stopping = new AbortController();
  const loop = createLoop({
    ...{ name: 'relay', clock, everyMs: LOOK_EVERY_MS },
    runOnce: async () => ((await round(options, underway, begin)) > 0 ? 0 : undefined),
    onError: (name, error) =>
      log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again'),
  });

  function begin(delivery: ClaimedDelivery): void {
    const sending = deliver(options, delivery, stopping.signal).finally(() => {
      underway.delete(sending);
      loop.wake();
    });
    underway.set(sending, delivery.place);
  }

  return {
    start: loop.start,
    wake: loop.wake,
    async stop(drainMs) {
      const cancel = clock.after(drainMs, () => stopping.abort());
      await loop.stop();
      await Promise.all(underway.keys());
      cancel();
    },
  };
}

/** One look. @returns how much there was to do */
async function round(
  { store }: RelayOptions,
  underway: ReadonlyMap<unknown, string>,
  begin: (delivery: ClaimedDelivery) => void,
): Promise<number> {
  const notices = await store.expand();
  const limit = MOST_AT_ONCE - underway.size;
  if (limit <= 0) return 0;
  const busy = busyPlaces([...underway.values()]);
  const claimed = await store.claim({ limit, leaseMs: LEASE_MS, busy });
  for (const delivery of claimed) begin(delivery);
  return notices + claimed.length;
}

function busyPlaces(places: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  return [...counts].flatMap(([place, count]) => (count >= MOST_TO_ONE_PLACE ? [place] : []));
}

/** Sends and writes down. What cannot be written down comes again when the lease is over. */
async function deliver(
  { store, send, clock, random, log }: RelayOptions,
  delivery: ClaimedDelivery,
  signal: AbortSignal,
): Promise<void> {
  const { deliveryId, attempt, event } = delivery;
  const startedAt = clock.mono();
  const sent = await send(delivery, signal).catch(broken);
  const { verdict, disable } = verdictOf(sent, delivery, random.next());
  const fields = { delivery_id: deliveryId, event, attempt, state: verdict.state };
  const { error, status } = sent;
  if (error !== null)
    log.warn({ ...fields, error: error.type }, 'a notification was not delivered');
  try {
    await store.settle({
      ...{ deliveryId, attempt, status, verdict },
      durationMs: Math.round(clock.mono() - startedAt),
      error: error && { type: error.type, message: error.message },
      ...(disable !== undefined && { disable }),
    });
  } catch (thrown) {
    log.warn({ ...fields, error: String(thrown) }, 'a delivery could not be written down');
  }
}

/** Senders do not throw; one that does all the same must not end the relay. */
function broken(): Sent {
  const message = 'The message could not be sent.';
  return { status: null, error: { classification: 'unknown', type: 'broken', message } };
}
