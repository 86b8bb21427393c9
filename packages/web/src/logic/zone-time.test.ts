import type { FiringView } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { clockEffect } from './clock-effect.ts';
import { ledgerLines } from './ledger.ts';
import { fieldOfOnce, instantText, shortcut } from './once-time.ts';
import { calendarOf } from './schedule-calendar.ts';
import { clockChanges, instantOf, offsetAt, offsetText, wallAt } from './zone-time.ts';

const PARIS = 'Europe/Paris';
const at = Date.parse;

describe('the clock of a zone', () => {
  it('shows what people there see', () => {
    expect(wallAt(at('2026-03-29T00:59:59Z'), PARIS)).toBe('2026-03-29T01:59:59');
    expect(wallAt(at('2026-03-29T01:00:00Z'), PARIS)).toBe('2026-03-29T03:00:00');
    expect(offsetText(offsetAt(at('2026-01-01T00:00:00Z'), 'Asia/Kolkata'))).toBe('+05:30');
    expect(offsetText(offsetAt(at('2026-01-01T00:00:00Z'), 'America/St_Johns'))).toBe('-03:30');
  });

  it('is told as an instant, also where it shows a time never or twice', () => {
    const instant = (wall: string) => new Date(instantOf(wall, PARIS)).toISOString();
    expect(instant('2026-07-01T12:00:00')).toBe('2026-07-01T10:00:00.000Z');
    expect(instant('2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00.000Z');
    expect(instant('2026-03-29T02:30:00')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('is put forward and back', () => {
    const changes = clockChanges(PARIS, at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z'));
    expect(changes).toEqual([
      {
        ...{ at: at('2026-03-29T01:00:00Z'), kind: 'forward' },
        ...{ from: '2026-03-29T02:00:00', to: '2026-03-29T03:00:00' },
      },
      {
        ...{ at: at('2026-10-25T01:00:00Z'), kind: 'back' },
        ...{ from: '2026-10-25T03:00:00', to: '2026-10-25T02:00:00' },
      },
    ]);
    expect(clockChanges('UTC', 0, at('2027-01-01T00:00:00Z'))).toEqual([]);
    const [half] = clockChanges(
      'Australia/Lord_Howe',
      at('2026-01-01T00:00:00Z'),
      at('2026-06-01T00:00:00Z'),
    );
    expect(half).toMatchObject({
      kind: 'back',
      from: '2026-04-05T02:00:00',
      to: '2026-04-05T01:30:00',
    });
  });
});

describe('what a change of the clocks does', () => {
  const [forward, back] = clockChanges(
    PARIS,
    at('2026-01-01T00:00:00Z'),
    at('2027-01-01T00:00:00Z'),
  );
  if (forward === undefined || back === undefined) throw new Error('Paris has two.');
  const moved = {
    at: '2026-03-29T01:00:00.000Z',
    local: '2026-03-29T03:00:00+02:00',
    dst: 'gap' as const,
  };
  const twice = [
    { at: '2026-10-25T00:30:00.000Z', local: '2026-10-25T02:30:00+02:00', dst: 'overlap' as const },
    { at: '2026-10-25T01:30:00.000Z', local: '2026-10-25T02:30:00+01:00', dst: 'overlap' as const },
  ];

  it('is told by the firings around it', () => {
    expect(clockEffect(forward, [moved], [moved]).kind).toBe('moved');
    expect(clockEffect(forward, [], [moved]).kind).toBe('skipped');
    expect(clockEffect(forward, [], []).kind).toBe('none');
    expect(clockEffect(back, twice, twice).kind).toBe('both');
    expect(clockEffect(back, twice.slice(0, 1), twice.slice(0, 1)).kind).toBe('once');
    expect(clockEffect(back, [], []).kind).toBe('none');
  });

  it('stands between the lines of the ledger', () => {
    const firing = (tick: string): FiringView => ({
      ...{ task_id: 't', key: 'tick', at: tick, tick, origin: 'schedule', outcome: 'fired' },
      ...{ reason: null, run_id: null, event_id: null, late_ms: 3, recorded_at: tick },
    });
    const ticks = ['2026-10-25T01:30:00Z', '2026-10-25T00:30:00Z', '2026-10-24T00:30:00Z'];
    const lines = ledgerLines(ticks.map(firing), PARIS);
    const told = lines.map((line) =>
      line.kind === 'clocks' ? line.change.kind : `${line.local} ${line.offset}`,
    );
    expect(told).toEqual([
      ...['2026-10-25 02:30:00 +01:00', 'back', '2026-10-25 02:30:00 +02:00'],
      '2026-10-24 02:30:00 +02:00',
    ]);
  });
});

describe('one time', () => {
  it('is shown on the wall of the zone, whatever way it is written', () => {
    expect(fieldOfOnce('2026-12-24T18:00', PARIS)).toBe('2026-12-24T18:00');
    expect(fieldOfOnce('2026-12-24T18:00:00Z', PARIS)).toBe('2026-12-24T19:00');
    expect(fieldOfOnce('2026-12-24', PARIS)).toBe('2026-12-24T00:00');
    expect(fieldOfOnce('tomorrow', PARIS)).toBeUndefined();
    expect(instantText('2026-07-01T12:00', PARIS)).toBe('2026-07-01T10:00:00.000Z');
  });

  it('can be said from now on', () => {
    const now = at('2026-12-04T21:30:20Z');
    expect(shortcut('hour', now, PARIS)).toBe('2026-12-04T23:31:00+01:00');
    expect(shortcut('tonight', now, PARIS)).toBe('2026-12-05T20:00');
    expect(shortcut('tomorrow', now, PARIS)).toBe('2026-12-05T09:00');
    expect(shortcut('monday', now, PARIS)).toBe('2026-12-07T09:00');
  });
});

it('the next weeks begin with the Monday of this one', () => {
  const locals = ['2026-12-04T09:00:00+01:00', '2026-12-04T10:00:00+01:00', '2026-12-20T09:00:00'];
  const weeks = calendarOf({ locals, today: '2026-12-03', hasMore: true });
  expect(weeks).toHaveLength(5);
  expect(weeks[0]?.map(({ date }) => date.slice(8)).join(' ')).toBe('30 01 02 03 04 05 06');
  expect(weeks[0]?.map(({ firings }) => firings)).toEqual([0, 0, 0, 0, 2, 0, 0]);
  expect(weeks[0]?.map(({ isPast }) => isPast).filter(Boolean)).toHaveLength(3);
  expect(weeks[2]?.[6]?.isBeyond).toBe(true);
  expect(weeks[2]?.[5]?.isBeyond).toBe(false);
});
