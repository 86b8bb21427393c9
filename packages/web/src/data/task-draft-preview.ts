import { useDebouncedValue } from '@mantine/hooks';
import type { PreviewTask, SchedulePreview } from '@tenuto/contract';
import { previewOf } from '../logic/preview-question.ts';
import type { TaskDraft } from '../logic/task-draft.ts';
import { now } from './clock.ts';
import { useSchedulePreview } from './tasks.ts';

const TYPING_MS = 250;

/** When a draft would fire, as far as it has been asked. */
export interface DraftPreview {
  /** Undefined while there is nothing to ask. */
  readonly question: PreviewTask | undefined;
  readonly preview: SchedulePreview | undefined;
  readonly error: Error | null;
}

/** Asks when a draft would fire, once its writer pauses. */
export function useDraftPreview(draft: TaskDraft): DraftPreview {
  const [settled] = useDebouncedValue(draft, TYPING_MS);
  const question = previewOf(settled, now());
  const { data, error } = useSchedulePreview(question);
  return { question, preview: data ?? undefined, error: question === undefined ? null : error };
}
