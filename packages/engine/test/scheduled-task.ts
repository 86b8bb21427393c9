/** Tasks of tests, each with nothing in it but what the test says. */
import type { TaskDefinition } from '@tenuto/contract';
import type { ScheduledTask } from '../src/ports/task-store.ts';

export const T0 = Date.parse('2026-01-15T12:00:00Z');
export const MINUTE = 60_000;

export function scheduledTask(
  over: Partial<Omit<ScheduledTask, 'definition'>> & {
    readonly definition?: Partial<TaskDefinition>;
  } = {},
): ScheduledTask {
  return {
    taskId: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
    turn: 1,
    createdAt: T0 - 3_600_000,
    ...{ status: 'active', tickAt: T0, dueAt: T0, snoozed: false, snoozeReason: null },
    ...{ pausedAt: null, lastFiredAt: null, fired: 0, live: 0, queued: 0 },
    ...{ conditionHolds: null, probeRun: null },
    ...over,
    definition: {
      ...{ title: 't', schedule_kind: 'cron', schedule_expr: '* * * * *', timezone: 'UTC' },
      ...over.definition,
    },
  };
}
