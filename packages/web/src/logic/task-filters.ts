import { SCHEDULE_KINDS, TASK_STATUSES } from '@tenuto/contract';
import type { TaskQuery } from '@tenuto/sdk';

/** The filters of the list of tasks as they stand in the address. */
export interface TaskFilters {
  readonly status?: string;
  readonly kind?: string;
  readonly title?: string;
}

export function readTaskFilters(search: Readonly<Record<string, unknown>>): TaskFilters {
  const status = TASK_STATUSES.find((one) => one === search.status);
  const kind = SCHEDULE_KINDS.find((one) => one === search.kind);
  const { title } = search;
  return {
    ...(status !== undefined && { status }),
    ...(kind !== undefined && { kind }),
    ...(typeof title === 'string' && title !== '' && { title }),
  };
}

export function taskQueryOf({ status, kind, title }: TaskFilters): TaskQuery {
  return {
    ...(status !== undefined && { status }),
    ...(kind !== undefined && { schedule_kind: kind }),
    ...(title !== undefined && { title: title.endsWith('*') ? title : `${title}*` }),
  };
}
