import type { PreviewTask, SchedulePreview } from '@tenuto/contract';
import { isPlanned, type TaskDraft } from './task-draft.ts';
import type { ClockChange } from './zone-time.ts';

/** Enough for five weeks of most schedules. */
export const ASKED = 300;
const AROUND = 250;
const NEAR_MS = 2 * 3_600_000 + 1;

/** What the preview of a draft asks; undefined while there is nothing to ask. */
export function previewOf(draft: TaskDraft, now: number): PreviewTask | undefined {
  const { kind, exprs, timezone, fields } = draft;
  const expr = exprs[kind].trim();
  if (!isPlanned(kind) || expr === '') return undefined;
  const gap = (['next', 'skip'] as const).find((one) => one === fields.dst_gap);
  const overlap = (['first', 'second', 'both'] as const).find((one) => one === fields.dst_overlap);
  const dst = { ...(gap !== undefined && { gap }), ...(overlap !== undefined && { overlap }) };
  const start = Date.parse(fields.start_at);
  return {
    ...{ schedule_kind: kind, schedule_expr: expr, count: ASKED },
    ...(timezone.trim() !== '' && { timezone: timezone.trim() }),
    ...(Object.keys(dst).length > 0 && { dst_policy: dst }),
    ...(start > now && { from: fields.start_at }),
  };
}

/** The same around a change of the clocks, as the policy says and as it would be without one. */
export function questionsAround(
  question: PreviewTask,
  { at }: ClockChange,
): readonly [told: PreviewTask, usual: PreviewTask] {
  const { dst_policy: _policy, ...plain } = question;
  const around = { from: new Date(at - NEAR_MS).toISOString(), count: AROUND };
  return [
    { ...question, ...around },
    { ...plain, ...around },
  ];
}

/** The firings that the bounds of a draft leave. */
export function withinBounds(
  firings: SchedulePreview['firings'],
  { fields }: Pick<TaskDraft, 'fields'>,
): SchedulePreview['firings'] {
  const end = Date.parse(fields.end_at);
  const most = fields.max_runs.trim() === '' ? Number.POSITIVE_INFINITY : Number(fields.max_runs);
  return firings
    .filter(({ at }) => Number.isNaN(end) || Date.parse(at) <= end)
    .slice(0, Number.isNaN(most) ? undefined : most);
}
