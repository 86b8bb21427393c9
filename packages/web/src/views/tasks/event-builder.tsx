import { Autocomplete, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useFilterTrial, useTopics } from '../../data/events.ts';
import { faultAt } from '../../logic/task-faults.ts';
import { topicMatches, topicSuggestions } from '../../logic/topic-pattern.ts';
import { messageOf } from '../../ui/notice.tsx';
import { When } from '../../ui/time.tsx';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';
import type { DraftProps } from './task-field.tsx';

const words = TASK_FORM_WORDS.event;
const TYPING_MS = 400;
const SHOWN = 5;

/** Which events start a task: a pattern of topics, and a filter that is tried on the last events. */
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
      <Trial pattern={pattern.trim()} filter={draft.fields.filter.trim()} />
    </div>
  );
}

interface TrialProps {
  readonly pattern: string;
  readonly filter: string;
}

/** Which of the last events would have fired it. */
function Trial({ pattern, filter }: TrialProps) {
  const [settled] = useDebouncedValue(`${pattern}\n${filter}`, TYPING_MS);
  const [topic = '', cel = ''] = settled.split('\n');
  const { data, error } = useFilterTrial(topic, cel);
  if (topic === '') return null;
  return (
    <section className="trial" aria-live="polite" aria-label={words.tryOut}>
      <h3>{words.tryOut}</h3>
      {error !== null && <p className="tone-red">{messageOf(error)}</p>}
      {error === null && data?.all.length === 0 && <p className="dim">{words.noneToTry}</p>}
      {error === null && data && data.all.length > 0 && (
        <>
          <p>{words.tried(data.fit.size, data.all.length)}</p>
          <ol>
            {data.all.slice(0, SHOWN).map((event) => (
              <li key={event.event_id} className="row">
                <span className={data.fit.has(event.event_id) ? 'tone-green' : 'dim'}>
                  {data.fit.has(event.event_id) ? words.would : words.wouldNot}
                </span>
                <span>{event.topic}</span>
                <code className="grow cut">{JSON.stringify(event.payload)}</code>
                <span className="dim">
                  <When at={event.published_at} />
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
