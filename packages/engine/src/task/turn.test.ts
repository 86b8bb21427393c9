import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, scheduledTask, T0 } from '../../test/scheduled-task.ts';
import type { ScheduledTask, TaskTurn } from '../ports/task-store.ts';
import { MISFIRE_AFTER_MS } from './misfire.ts';
import { jitterOf, scheduleOf } from './task-schedule.ts';
import { decideTurn } from './turn.ts';

function turnOf(task: ScheduledTask, now: number): TaskTurn {
  const turn = decideTurn(task, { schedule: scheduleOf(task.definition, task.createdAt), now });
  if (turn === undefined) throw new Error('nothing was due');
  return turn;
}
/** Minutes after T0, with what came of them. */
const told = ({ firings }: TaskTurn) =>
  firings.map(
    ({ tick, outcome, reason }) =>
      `${(tick - T0) / MINUTE} ${outcome}${reason === null ? '' : ` ${reason}`}`,
  );
const late = T0 + 3 * MINUTE + 30_000;

describe('a task that is due', () => {
  it('fires its tick, and the next one is planned', () => {
    const turn = turnOf(scheduledTask(), T0 + 5);
    expect(told(turn)).toEqual(['0 fired']);
    expect(turn.standing).toMatchObject({
      ...{ status: 'active', tickAt: T0 + MINUTE, dueAt: T0 + MINUTE, lastFiredAt: T0 + 5 },
    });
  });

  it('has no turn before its time', () => {
    const schedule = scheduleOf(scheduledTask().definition, T0);
    expect(decideTurn(scheduledTask(), { schedule, now: T0 - 1 })).toBeUndefined();
  });

  it('is completed when its schedule has ended, or when it has fired as often as it may', () => {
    const ended = scheduledTask({ definition: { end_at: '2026-01-15T12:00:30Z' } });
    expect(turnOf(ended, T0).standing).toMatchObject({ status: 'completed', dueAt: null });
    const last = scheduledTask({ fired: 2, definition: { max_runs: 3 } });
    expect(turnOf(last, T0).standing).toMatchObject({ status: 'completed', tickAt: null });
    const paused = scheduledTask({
      ...{ status: 'paused' as const, definition: { end_at: '2026-01-15T12:00:30Z' } },
    });
    expect(turnOf(paused, T0).standing).toMatchObject({ status: 'paused', tickAt: null });
  });

  it('fires no more often than it may, however many ticks it has missed', () => {
    const task = scheduledTask({
      fired: 1,
      definition: { max_runs: 3, misfire_policy: 'fire_all' },
    });
    expect(told(turnOf(task, late))).toEqual(['0 fired', '1 fired']);
  });

  it('that is paused skips its ticks and says why', () => {
    const turn = turnOf(scheduledTask({ status: 'paused' }), T0 + MINUTE);
    expect(told(turn)).toEqual(['0 skipped paused', '1 skipped paused']);
  });

  it('that was snoozed fires later, and skips what would have come until then', () => {
    const task = scheduledTask({ snoozed: true, dueAt: T0 + 2 * MINUTE });
    const turn = turnOf(task, T0 + 2 * MINUTE);
    expect(told(turn)).toEqual(['1 skipped snoozed', '2 skipped snoozed', '0 fired']);
    expect(turn.standing).toMatchObject({ snoozed: false, tickAt: T0 + 3 * MINUTE });
  });

  it('with jitter is due later than its tick, and never by more than that', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(), fc.integer({ min: 1, max: 86_400 }), (id, tick, most) => {
        const definition = scheduledTask({ definition: { jitter_seconds: most } }).definition;
        const jitter = jitterOf(id, tick, definition);
        expect(jitter).toBeGreaterThanOrEqual(0);
        expect(jitter).toBeLessThanOrEqual(most * 1_000);
        expect(jitterOf(id, tick, definition)).toBe(jitter);
      }),
    );
  });
});

describe('ticks that were missed', () => {
  const missed = (policy: 'fire_once' | 'skip' | 'fire_all', max_catch_up?: number) =>
    told(
      turnOf(
        scheduledTask({
          definition: {
            misfire_policy: policy,
            ...(max_catch_up !== undefined && { max_catch_up }),
          },
        }),
        late,
      ),
    );

  it('fire once, for all of them, unless it is said otherwise', () => {
    expect(missed('fire_once')).toEqual([
      ...['0 coalesced misfire', '1 coalesced misfire', '2 coalesced misfire', '3 fired'],
    ]);
  });

  it('are skipped, but for what is hardly late', () => {
    expect(missed('skip')).toEqual([0, 1, 2, 3].map((minute) => `${minute} skipped misfire`));
    const task = scheduledTask({ definition: { misfire_policy: 'skip' } });
    expect(told(turnOf(task, T0 + MINUTE + MISFIRE_AFTER_MS))).toEqual([
      '0 skipped misfire',
      '1 fired',
    ]);
  });

  it('all fire, as many of the newest as may be made up for', () => {
    expect(missed('fire_all')).toEqual([0, 1, 2, 3].map((minute) => `${minute} fired`));
    expect(missed('fire_all', 2)).toEqual([
      ...['0 skipped misfire', '1 skipped misfire', '2 fired', '3 fired'],
    ]);
  });

  it('come to the same in one turn and in many', () => {
    const policies = fc.constantFrom('fire_once', 'skip', 'fire_all');
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 14_000 }), (misfire_policy, minutes) => {
        let task = scheduledTask({ definition: { misfire_policy, max_catch_up: 7 } });
        const now = T0 + minutes * MINUTE + 30_000;
        const outcomes: string[] = [];
        for (let turns = 0; task.dueAt !== null && task.dueAt <= now; turns += 1) {
          expect(turns).toBeLessThan(10);
          const turn = turnOf(task, now);
          outcomes.push(...turn.firings.map(({ outcome }) => outcome));
          task = { ...task, ...turn.standing };
        }
        expect(outcomes).toHaveLength(minutes + 1);
        const fired = { fire_once: 1, skip: 0, fire_all: Math.min(7, minutes + 1) };
        expect(outcomes.filter((one) => one === 'fired')).toHaveLength(fired[misfire_policy]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a firing beside a run that goes on', () => {
  const beside = (overlap_policy: 'allow' | 'skip' | 'queue' | 'cancel_previous', live = 1) =>
    turnOf(scheduledTask({ live, definition: { overlap_policy } }), T0);

  it('is allowed, skipped, made to wait, or takes its place', () => {
    expect(told(beside('allow'))).toEqual(['0 fired']);
    expect(told(beside('skip'))).toEqual(['0 skipped overlap']);
    expect(told(beside('queue'))).toEqual(['0 queued overlap']);
    expect(told(beside('cancel_previous'))).toEqual(['0 fired']);
    expect(beside('cancel_previous').cancelPrevious).toBe(true);
    expect(beside('cancel_previous', 0).cancelPrevious).toBeUndefined();
  });

  it('of several at once only as many begin as may go on beside each other', () => {
    const all = (overlap_policy: 'skip' | 'queue' | 'cancel_previous') =>
      told(
        turnOf(
          scheduledTask({ definition: { overlap_policy, misfire_policy: 'fire_all' } }),
          T0 + 2 * MINUTE + 30_000,
        ),
      );
    expect(all('skip')).toEqual(['0 fired', '1 skipped overlap', '2 skipped overlap']);
    expect(all('queue')).toEqual(['0 fired', '1 queued overlap', '2 queued overlap']);
    expect(all('cancel_previous')).toEqual(['0 skipped overlap', '1 skipped overlap', '2 fired']);
  });

  it('waits under a concurrency key in any case: who may begin is decided in one place', () => {
    const task = scheduledTask({ definition: { concurrency_key: 'k' } });
    expect(told(turnOf(task, T0))).toEqual(['0 queued concurrency']);
  });
});
