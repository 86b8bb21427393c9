import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduledTask, T0 } from '../../test/scheduled-task.ts';
import type { EventFired, EventFiring, Firing, ScheduledTask } from '../ports/task-store.ts';
import { decideEvents } from './event.ts';

const KINDS = ['event', 'condition'] as const;
const OVERLAPS = ['allow', 'skip', 'queue', 'cancel_previous'] as const;

const told = (level: number, i: number): EventFiring => ({
  taskId: scheduledTask().taskId,
  events: [{ eventId: `e${i}`, at: T0 + i, event: JSON.stringify({ payload: level }) }],
});

/** A task of any kind that events fire, in any standing. */
const anyTask = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    overlap: fc.constantFrom(...OVERLAPS),
    most: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    key: fc.option(fc.constant('key'), { nil: undefined }),
    status: fc.constantFrom('active', 'paused', 'completed', 'cancelled'),
    ...{ live: fc.nat(1), queued: fc.nat(2), fired: fc.nat(5) },
  })
  .map(({ kind, overlap, most, key, status, ...counts }) =>
    scheduledTask({
      ...{ ...counts, status, tickAt: null, dueAt: null },
      definition: {
        ...{ schedule_kind: kind, overlap_policy: overlap },
        schedule_expr: kind === 'event' ? 'a.*' : 'event.payload > 5',
        ...(most !== undefined && { max_runs: most }),
        ...(key !== undefined && { concurrency_key: key }),
      },
    }),
  );

interface Outcome {
  readonly outcomes: readonly EventFired[];
  readonly firings: readonly Omit<Firing, 'run'>[];
  readonly task: ScheduledTask;
  readonly turns: number;
}

/** Plays a task through firings, so many to a turn at most, as a store would. */
function played(task: ScheduledTask, firings: readonly EventFiring[], most: number): Outcome {
  let seen = task;
  let turns = 0;
  const outcomes: EventFired[] = [];
  const all: Omit<Firing, 'run'>[] = [];
  while (outcomes.length < firings.length) {
    const next = firings.slice(outcomes.length, outcomes.length + most);
    const { turn, outcomes: more } = decideEvents(seen, next, T0);
    turns += 1;
    outcomes.push(...more);
    const made = turn?.firings ?? [];
    all.push(...made.map(({ run: _, ...firing }) => firing));
    const [runs, waits] = ['fired', 'queued'].map(
      (outcome) => made.filter((one) => one.outcome === outcome).length,
    );
    const fired = seen.fired + (runs ?? 0) + (waits ?? 0);
    const live = seen.live + (runs ?? 0);
    seen = { ...seen, ...turn?.standing, fired, live, queued: seen.queued + (waits ?? 0) };
  }
  return { outcomes, firings: all, task: seen, turns };
}

describe('events that come together', () => {
  it('come to the same as one after another', () => {
    fc.assert(
      fc.property(anyTask, fc.array(fc.nat(10), { maxLength: 20 }), (task, levels) => {
        const firings = levels.map(told);
        const { turns: _, ...together } = played(task, firings, firings.length);
        const { turns: __, ...apart } = played(task, firings, 1);
        expect(together).toEqual(apart);
      }),
    );
  });

  it('are one turn, each with a run of its own', () => {
    const definition = { schedule_kind: 'event', schedule_expr: 'a.*' } as const;
    const firings = Array.from({ length: 500 }, (_, i) => told(i, i));
    const { turn, outcomes } = decideEvents(scheduledTask({ definition }), firings, T0);
    expect(outcomes).toEqual(firings.map(() => 'fired'));
    expect(turn?.firings.map(({ run }) => run)).toEqual(firings.map((_, i) => i));
  });

  it('fire no more often than the task may, also when a store had to tell how often it has', () => {
    for (const dedupe of [{}, { dedupe_key: 'k', dedupe_window_seconds: 60 }]) {
      const definition = { schedule_kind: 'event', schedule_expr: 'a.*', max_runs: 2 } as const;
      const task = scheduledTask({ definition: { ...definition, ...dedupe } });
      const { outcomes, task: over } = played(task, [1, 2, 3, 4].map(told), 4);
      expect(outcomes).toEqual(['fired', 'fired', 'inactive', 'inactive']);
      expect(over.status).toBe('completed');
    }
  });

  it('change nothing of a condition that stays as it is', () => {
    const definition = { schedule_kind: 'condition', schedule_expr: 'event.payload > 5' } as const;
    const task = scheduledTask({ conditionHolds: true, definition });
    expect(decideEvents(task, [6, 7].map(told), T0).turn).toBeUndefined();
    const { turn, outcomes } = decideEvents(task, [6, 1, 7].map(told), T0);
    expect(outcomes).toEqual(['inactive', 'inactive', 'fired']);
    expect(turn?.firings).toHaveLength(1);
  });

  it('do not hold when the condition cannot be read or evaluated', () => {
    for (const expression of ['event.payload.deep > 5', '((']) {
      const definition = { schedule_kind: 'condition', schedule_expr: expression } as const;
      const { turn } = decideEvents(scheduledTask({ definition }), [told(1, 1)], T0);
      expect(turn).toMatchObject({ firings: [], standing: { conditionHolds: false } });
    }
  });
});
