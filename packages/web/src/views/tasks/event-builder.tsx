import { Autocomplete, Textarea } from '@mantine/core';
import { useTopics } from '../../data/events.ts';
import { faultAt } from '../../logic/task-faults.ts';
import { topicMatches, topicSuggestions } from '../../logic/topic-pattern.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';
import type { DraftProps } from './task-field.tsx';

const words = TASK_FORM_WORDS.event;

/** Which events start a task: a pattern of topics, and a filter of them. */
export function EventBuilder({ draft, put, faults }: DraftProps) {
  const { data } = useTopics();
  const topics = [...new Set((data?.items ?? []).map(({ topic }) => topic))];
  const pattern = draft.exprs.event;
  const fit = topics.filter((topic) => topicMatches(pattern, topic)).length;
  return (
    <div className="builder">
      <Autocomplete
        size="xs"
        label={TASK_FORM_WORDS.expr.event}
        description={TASK_FORM_WORDS.hint.event}
        data={[...topicSuggestions(topics)]}
        value={pattern}
        onChange={(event) => put({ exprs: { ...draft.exprs, event } })}
        error={faultAt(faults, '/schedule_expr') ?? false}
        classNames={{ input: 'code-input' }}
        required
        withAsterisk={false}
      />
      {pattern.trim() !== '' && topics.length > 0 && (
        <p className="dim">{words.meets(fit, topics.length)}</p>
      )}
      <Textarea
        size="xs"
        label={words.filter}
        description={words.filterHint}
        value={draft.fields.filter}
        onChange={(event) =>
          put({ fields: { ...draft.fields, filter: event.currentTarget.value } })
        }
        rows={2}
        classNames={{ input: 'code-input' }}
        spellCheck={false}
        error={faultAt(faults, '/filter') ?? false}
      />
    </div>
  );
}
