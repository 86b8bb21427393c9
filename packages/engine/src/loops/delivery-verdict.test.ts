import type { Classification } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sent } from '../ports/notice-store.ts';
import { verdictOf } from './delivery-verdict.ts';

const delivery = { attempt: 1, attemptsMost: 8, type: 'webhook', channelId: 'c' } as const;

function failed(status: number | null, over: Partial<NonNullable<Sent['error']>> = {}): Sent {
  const error = {
    classification: 'transient',
    type: 'http_status',
    message: 'no',
    ...over,
  } as const;
  return { status, error };
}

const delayOf = (attempt: number, random: number, sent = failed(503)) => {
  const { verdict } = verdictOf(sent, { ...delivery, attempt }, random);
  return verdict.state === 'pending' ? verdict.retryInMs : undefined;
};

describe('an attempt', () => {
  it('that was received is the last', () => {
    expect(verdictOf({ status: 200, error: null }, delivery, 0)).toEqual({
      verdict: { state: 'delivered' },
    });
  });

  it('that failed is followed by another after longer and longer, within about a day', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => delayOf(attempt, 0.5) ?? 0);
    expect(delays.map((ms) => ms / 1_000)).toEqual([5, 25, 125, 625, 3_125, 15_625, 64_800]);
    const hours = delays.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(20);
    expect(hours).toBeLessThan(26);
    expect(delayOf(8, 0.5)).toBeUndefined();
  });

  it('is never followed at once, nor by a tenth earlier or later than it should be', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const plain = delayOf(attempt, 0.5) ?? 0;
          const delay = delayOf(attempt, random) ?? 0;
          expect(delay).toBeGreaterThanOrEqual(plain * 0.9);
          expect(delay).toBeLessThanOrEqual(plain * 1.1);
        },
      ),
    );
  });

  it('waits as long as the receiver asks, and no less than it would anyway', () => {
    expect(delayOf(1, 0.5, failed(503, { retryAfterMs: 90_000 }))).toBe(90_000);
    expect(delayOf(3, 0.5, failed(503, { retryAfterMs: 1_000 }))).toBe(125_000);
  });

  it.each<[Classification, number | null]>([
    ['permanent', 404],
    ['permanent', 401],
    ['permanent', 302],
    ['transient', 500],
    ['rate_limited', 429],
    ['timeout', null],
    ['infrastructure', null],
    ['unknown', null],
  ])('of a webhook that is %s (%s) is made again', (classification, status) => {
    expect(verdictOf(failed(status, { classification }), delivery, 0).verdict.state).toBe(
      'pending',
    );
  });

  it('to an address that may not be reached is the last', () => {
    const sent = failed(null, { classification: 'validation', type: 'ssrf_blocked' });
    expect(verdictOf(sent, delivery, 0)).toEqual({ verdict: { state: 'failed' } });
  });

  it('that is answered 410 is the last, and the channel is sent nothing more', () => {
    const gone = failed(410, { classification: 'permanent' });
    expect(verdictOf(gone, delivery, 0)).toEqual({
      verdict: { state: 'failed' },
      disable: { channelId: 'c', reason: 'The receiver answered 410 Gone.' },
    });
    const named = { ...delivery, channelId: null };
    expect(verdictOf(gone, named, 0)).toEqual({ verdict: { state: 'failed' } });
  });

  it('of mail is made again only when it may pass', () => {
    const mail = { ...delivery, type: 'email' } as const;
    const stateOf = (classification: Classification, status: number) =>
      verdictOf(failed(status, { classification }), mail, 0).verdict.state;
    expect(stateOf('permanent', 550)).toBe('failed');
    expect(stateOf('transient', 451)).toBe('pending');
    expect(
      verdictOf(failed(410, { classification: 'permanent' }), mail, 0).disable,
    ).toBeUndefined();
  });

  it('that this server broke off by stopping is made again at once, however many there were', () => {
    const sent = { ...failed(null), interrupted: true };
    const last = { ...delivery, attempt: 8 };
    expect(verdictOf(sent, last, 0).verdict).toEqual({ state: 'pending', retryInMs: 0 });
  });
});
