import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Circuit,
  type CircuitSettings,
  CLOSED,
  mayProbe,
  opened,
  recordCall,
} from './circuit.ts';

const SETTINGS: CircuitSettings = {
  ...{ failureThreshold: 5, successThreshold: 3, timeoutMs: 30_000 },
  ...{ windowMs: 10_000, minimumCalls: 10 },
};
const WITH_RATE = { ...SETTINGS, failureThreshold: 1_000, failureRate: 0.5 };

/** Calls one after the other, a millisecond apart. */
function after(circuit: Circuit, calls: string, settings = SETTINGS, probe = false): Circuit {
  return [...calls].reduce(
    (now, call, i) => recordCall(now, settings, { ok: call === '+', at: 1_000 + i, probe }),
    circuit,
  );
}

describe('a closed circuit', () => {
  it('opens at the fifth failure in a row, for its timeout from then on', () => {
    expect(after(CLOSED, '----').state).toBe('closed');
    expect(after(CLOSED, '-----')).toEqual(opened(1_004 + 30_000));
  });

  it('counts anew after each success', () => {
    expect(after(CLOSED, '----+----').state).toBe('closed');
    expect(after(CLOSED, '----+-----').state).toBe('open');
  });

  it('opens when its share of failures is met, once there are calls enough', () => {
    expect(after(CLOSED, '-+-+-+-+-', WITH_RATE).state).toBe('closed');
    expect(after(CLOSED, '-+-+-+-+-+', WITH_RATE).state).toBe('open');
    expect(after(CLOSED, '-++-++-++-++-++', WITH_RATE).state).toBe('closed');
  });

  it('forgets what is older than its window', () => {
    const before = after(CLOSED, '---------', WITH_RATE);
    const later = { ok: true, at: 12_000, probe: false };
    expect(recordCall(before, WITH_RATE, later)).toMatchObject({ state: 'closed' });
    expect(recordCall(before, WITH_RATE, { ...later, at: 10_500 }).state).toBe('open');
  });

  it('is opened by nothing but failures', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (calls) => {
        const end = after(CLOSED, calls.map((ok) => (ok ? '+' : '-')).join(''));
        const run = /-{5}/.test(calls.map((ok) => (ok ? '+' : '-')).join(''));
        expect(end.state).toBe(run ? 'open' : 'closed');
      }),
    );
  });

  it('opens by its window as a recount of all calls says', () => {
    const call = fc.record({ ok: fc.boolean(), gap: fc.integer({ min: 0, max: 900 }) });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 120 }), (calls) => {
        let circuit = CLOSED;
        let at = 0;
        const seen: { at: number; ok: boolean }[] = [];
        for (const { ok, gap } of calls) {
          at += gap;
          seen.push({ at, ok });
          circuit = recordCall(circuit, WITH_RATE, { ok, at, probe: false });
          // Slices are forgotten whole: what is surely in, and what may be.
          const inside = share(seen.filter((other) => other.at > at - WITH_RATE.windowMs));
          const around = share(seen.filter((other) => other.at > at - WITH_RATE.windowMs * 0.9));
          if (circuit.state === 'open') {
            expect(inside.met || around.met || between(seen, at)).toBe(true);
            return;
          }
          if (inside.met && around.met && inside.calls === around.calls) {
            throw new Error('it should have opened');
          }
        }
      }),
    );
  });
});

function share(calls: readonly { readonly ok: boolean }[]) {
  const failures = calls.filter(({ ok }) => !ok).length;
  const met = calls.length >= 10 && failures > 0 && failures / calls.length >= 0.5;
  return { met, calls: calls.length };
}

/** Whether some beginning of the window between its nine and ten tenths has the share. */
function between(seen: readonly { at: number; ok: boolean }[], at: number): boolean {
  return seen.some(
    ({ at: from }) => share(seen.filter((other) => other.at >= from)).met && from <= at,
  );
}

describe('an open circuit', () => {
  it('may be tried when its time is over, not a millisecond earlier', () => {
    const circuit = opened(31_004);
    expect(mayProbe(circuit, 31_003)).toBe(false);
    expect(mayProbe(circuit, 31_004)).toBe(true);
  });

  it('learns nothing from calls that began before it opened', () => {
    const circuit = opened(31_004);
    expect(after(circuit, '+++---')).toBe(circuit);
  });
});

describe('a half open circuit', () => {
  const tried: Circuit = { ...CLOSED, state: 'half_open' };

  it('closes after three probes that went well', () => {
    expect(after(tried, '++', SETTINGS, true)).toMatchObject({ state: 'half_open', successes: 2 });
    expect(after(tried, '+++', SETTINGS, true)).toBe(CLOSED);
  });

  it('opens again at the first probe that did not', () => {
    expect(after(tried, '++-', SETTINGS, true)).toEqual(opened(1_002 + 30_000));
  });

  it('does not count calls that are no probes', () => {
    expect(after(tried, '+++---')).toBe(tried);
  });
});
