import type { BudgetScope } from '@tenuto/contract';

/** What a call counts into. */
interface CallPlace {
  readonly runId: string;
  readonly owner: string;
  readonly phase?: string | undefined;
  readonly taskId?: string | null;
  readonly profile?: string | null;
}

export interface BudgetKey {
  readonly key: string;
  readonly scope: BudgetScope;
  /** The phase, task or profile; of a run, the profile that it was made from. */
  readonly subject: string | null;
}

/**
 * The key of a run's budget. Each key begins with the rank of its scope, so that keys in their order
 * are budgets from the innermost outward.
 */
export function runBudgetKey(runId: string): string {
  return `1/run/${runId}`;
}

export function phaseBudgetKey(runId: string, phase: string): string {
  return `2/phase/${runId}/${clean(phase)}`;
}

/** Keys of all budgets that a call counts into, in their order. */
export function budgetKeysOf(place: CallPlace, now: Date): readonly BudgetKey[] {
  const { runId, phase, taskId, profile } = place;
  const owner = clean(place.owner);
  const day = now.toISOString().slice(0, 10);
  const keys: BudgetKey[] = [{ key: runBudgetKey(runId), scope: 'run', subject: profile ?? null }];
  if (phase !== undefined) {
    keys.push({ key: phaseBudgetKey(runId, phase), scope: 'phase', subject: clean(phase) });
  }
  if (taskId) keys.push({ key: taskBudgetKey(taskId), scope: 'task', subject: taskId });
  if (profile) {
    const key = profileBudgetKey(owner, profile);
    keys.push({ key, scope: 'profile', subject: clean(profile) });
  }
  keys.push({ key: `5/principal/${owner}/${day.slice(0, 7)}`, scope: 'principal', subject: null });
  keys.push({ key: `6/day/${owner}/${day}`, scope: 'day', subject: null });
  return keys;
}

function taskBudgetKey(taskId: string): string {
  return `3/task/${taskId}`;
}

function profileBudgetKey(owner: string, profile: string): string {
  return `4/profile/${clean(owner)}/${clean(profile)}`;
}

/** Text as the database takes it: without what it has no character for. */
export function clean(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
