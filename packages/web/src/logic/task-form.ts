import type {
  Json,
  JsonObject,
  MisfirePolicy,
  OverlapPolicy,
  PreviewTask,
  ScheduleKind,
} from '@tenuto/contract';

/** What the form of a task holds. */
export interface TaskForm {
  readonly title: string;
  readonly kind: ScheduleKind;
  readonly expr: string;
  readonly timezone: string;
  readonly overlap: OverlapPolicy;
  readonly misfire: MisfirePolicy;
  /** JSON, as it is typed. */
  readonly payload: string;
}

const PLANNED: readonly ScheduleKind[] = ['cron', 'rrule', 'once'];

/** Whether the clock starts a task of a kind. */
export function isPlanned(kind: ScheduleKind): boolean {
  return PLANNED.includes(kind);
}

/** The question that the preview asks; undefined while there is nothing to ask. */
export function previewOf({ kind, expr, timezone }: TaskForm): PreviewTask | undefined {
  if (!isPlanned(kind) || expr.trim() === '') return undefined;
  const zone = timezone.trim();
  return {
    ...{ schedule_kind: kind, schedule_expr: expr.trim(), count: 10 },
    ...(zone !== '' && { timezone: zone }),
  };
}

/** @returns the body that makes the task, or why its payload cannot be read */
export function bodyOf(form: TaskForm): { readonly body: JsonObject } | { readonly bad: string } {
  let payload: Json;
  try {
    payload = JSON.parse(form.payload);
  } catch (error) {
    return { bad: error instanceof Error ? error.message : String(error) };
  }
  const { title, kind, expr, timezone, overlap, misfire } = form;
  return {
    body: {
      ...{ title: title.trim(), schedule_kind: kind, schedule_expr: expr.trim(), payload },
      ...(timezone.trim() !== '' && isPlanned(kind) && { timezone: timezone.trim() }),
      ...{ overlap_policy: overlap, misfire_policy: misfire },
    },
  };
}

/** Something small that works, to begin with. */
export const FIRST_PAYLOAD = `{
  "pipeline": [
    { "id": "wait", "uses": "sleep.for", "with": { "seconds": 1 } },
    { "id": "say", "uses": "transform.cel", "with": { "expression": "'hello'" } }
  ]
}`;

export const CRON_PRESETS = [
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 * * * *', 'Hourly'],
  ['0 9 * * MON-FRI', 'Weekdays at 9'],
  ['30 2 * * *', 'Nightly at 2:30'],
  ['0 6 * * MON', 'Mondays at 6'],
] as const;
