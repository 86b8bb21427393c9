import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import type {
  ClaimedDelivery,
  RelayStore,
  SendNotice,
  Sent,
  Settlement,
} from '../ports/notice-store.ts';
import { createRelay } from './relay.ts';

/** What a relay works with, all of it directed by the test. */
function stage(over: { readonly send?: SendNotice; readonly store?: Partial<RelayStore> } = {}) {
  const clock = createManualClock();
  const due: ClaimedDelivery[] = [];
  const settled: Settlement[] = [];
  const asked: { limit: number; busy: readonly string[] }[] = [];
  const warned: string[] = [];
  const store: RelayStore = {
    expand: async () => 0,
    async claim({ limit, busy }) {
      asked.push({ limit, busy });
      return due.splice(0, limit);
    },
    async settle(settlement) {
      settled.push(settlement);
    },
    ...over.store,
  };
  const quiet = () => undefined;
  const relay = createRelay({
    store,
    send: over.send ?? (async () => ({ status: 200, error: null })),
    clock,
    random: { next: () => 0.5, bytes: (count) => new Uint8Array(count) },
    log: { info: quiet, error: quiet, warn: (_, message) => void warned.push(message) },
  });
  relay.start();
  return { clock, due, settled, asked, warned, relay };
}

function aDelivery(over: Partial<ClaimedDelivery> = {}): ClaimedDelivery {
  return {
    ...{ deliveryId: 'd', owner: 'ann', event: 'run.failed', runId: null, type: 'webhook' },
    ...{ url: 'https://x.example/', recipients: null, place: 'x', payload: {}, detail: null },
    ...{ noticedAt: 0, attempt: 1, attemptsMost: 8, channelId: 'c', channelGone: false },
    sealedSecrets: [],
    ...over,
  };
}

/** A message that arrives when the test says so. */
function held() {
  const waiting: ((sent: Sent) => void)[] = [];
  const signals: AbortSignal[] = [];
  const send: SendNotice = (_delivery, signal) => {
    signals.push(signal);
    return new Promise((resolve) => waiting.push(resolve));
  };
  return { send, waiting, signals };
}

const RECEIVED: Sent = { status: 200, error: null };

describe('a relay', () => {
  it('sends what is due and writes down what became of it', async () => {
    const { clock, due, settled } = stage();
    due.push(aDelivery());
    await clock.advance(0);
    expect(settled).toEqual([
      {
        ...{ deliveryId: 'd', attempt: 1, status: 200, error: null, durationMs: 0 },
        verdict: { state: 'delivered' },
      },
    ]);
  });

  it('looks again at once while there is something to do, else after a while', async () => {
    const { clock, due, asked } = stage();
    due.push(aDelivery());
    await clock.advance(0);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    const before = asked.length;
    await clock.advance(499);
    expect(asked).toHaveLength(before);
    await clock.advance(1);
    expect(asked).toHaveLength(before + 1);
  });

  it('has so many messages on their way and no more, four of them to one place', async () => {
    const { send, waiting } = held();
    const { clock, due, asked } = stage({ send });
    due.push(...Array.from({ length: 4 }, (_, i) => aDelivery({ deliveryId: `slow ${i}` })));
    await clock.advance(0);
    await clock.advance(500);
    expect(asked.at(-1)).toEqual({ limit: 28, busy: ['x'] });
    due.push(...Array.from({ length: 40 }, (_, i) => aDelivery({ place: `other ${i}` })));
    await clock.advance(500);
    expect(waiting).toHaveLength(32);
    const before = asked.length;
    await clock.advance(500);
    expect(asked).toHaveLength(before);
    for (const arrive of waiting.splice(0)) arrive(RECEIVED);
    await clock.advance(0);
    await clock.advance(0);
    expect(waiting).toHaveLength(12);
  });

  it('goes on when the database is away, for one round or for a settlement', async () => {
    let away = true;
    const { clock, warned, due, settled } = stage({
      store: {
        async expand() {
          if (away) throw new Error('away');
          return 0;
        },
      },
    });
    due.push(aDelivery());
    await clock.advance(0);
    expect(warned).toEqual(['a round failed; it comes again']);
    away = false;
    await clock.advance(500);
    expect(settled).toHaveLength(1);
  });

  it('leaves to the lease what it could not write down', async () => {
    const { clock, warned, due } = stage({
      store: { settle: () => Promise.reject(new Error('away')) },
    });
    due.push(aDelivery());
    await clock.advance(0);
    expect(warned).toEqual(['a delivery could not be written down']);
  });

  it('survives a sender that throws', async () => {
    const { clock, due, settled } = stage({ send: () => Promise.reject(new Error('a bug')) });
    due.push(aDelivery());
    await clock.advance(0);
    expect(settled).toMatchObject([{ error: { type: 'broken' }, verdict: { state: 'pending' } }]);
  });

  it('lets messages arrive when it stops, and takes no new ones', async () => {
    const { send, waiting } = held();
    const { clock, due, settled, relay } = stage({ send });
    due.push(aDelivery());
    await clock.advance(0);
    const stopped = relay.stop(5_000);
    due.push(aDelivery({ deliveryId: 'later' }));
    await clock.advance(1_000);
    waiting[0]?.(RECEIVED);
    await stopped;
    expect(settled.map(({ deliveryId }) => deliveryId)).toEqual(['d']);
  });

  it('breaks off what takes too long when it stops, to be sent again at once', async () => {
    const { send, waiting, signals } = held();
    const { clock, due, settled, relay } = stage({ send });
    due.push(aDelivery());
    await clock.advance(0);
    const stopped = relay.stop(5_000);
    signals[0]?.addEventListener('abort', () => {
      const error = { classification: 'permanent', type: 'cancelled', message: '' } as const;
      waiting[0]?.({ status: null, error, interrupted: true });
    });
    await clock.advance(5_000);
    await stopped;
    expect(settled).toMatchObject([{ verdict: { state: 'pending', retryInMs: 0 } }]);
  });
});
