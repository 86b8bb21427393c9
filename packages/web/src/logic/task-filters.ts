import { FIRING_OUTCOMES, SCHEDULE_KINDS, TASK_STATUSES } from '@tenuto/contract';
import type { TaskQuery } from '@tenuto/sdk';
import { textsOf } from './search-texts.ts';

/** The filters of the list of tasks as they stand in the address. */
export interface TaskFilters {
  readonly status?: string;
  readonly kind?: string;
  readonly title?: string;
  /** Only those whose last run has failed. */
  readonly failing?: string;
}

export function readTaskFilters(search: Readonly<Record<string, unknown>>): TaskFilters {
  const status = TASK_STATUSES.find((one) => one === search.status);
  const kind = SCHEDULE_KINDS.find((one) => one === search.kind);
  return {
    ...(status !== undefined && { status }),
    ...(kind !== undefined && { kind }),
    ...textsOf(search, 'title'),
    ...(search.failing === 'yes' && { failing: 'yes' }),
  };
}

export function taskQueryOf({ status, kind, title, failing }: TaskFilters): TaskQuery {
  return {
    ...(status !== undefined && { status }),
    ...(kind !== undefined && { schedule_kind: kind }),
    ...(failing !== undefined && { failing: true }),
    ...(title !== undefined && { title: title.endsWith('*') ? title : `${title}*` }),
  };
}

/** What the address of the form says: of which task a new one is a copy, for which topic it is, or what it starts. */
export interface NewTaskSearch {
  readonly of?: string;
  readonly topic?: string;
  readonly template?: string;
  readonly profile?: string;
}

export function readNewTaskSearch(search: Readonly<Record<string, unknown>>): NewTaskSearch {
  return textsOf(search, 'of', 'topic', 'template', 'profile');
}

/** What the address of a task says: which firings of its ledger are shown. */
export interface TaskSearch {
  readonly outcome?: string;
}

export function readTaskSearch(search: Readonly<Record<string, unknown>>): TaskSearch {
  const outcome = FIRING_OUTCOMES.find((one) => one === search.outcome);
  return outcome === undefined ? {} : { outcome };
}
