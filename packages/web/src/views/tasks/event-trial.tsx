import { useDebouncedValue } from '@mantine/hooks';
import { useFilterTrial } from '../../data/events.ts';
import { messageOf } from '../../ui/notice.tsx';
import { When } from '../../ui/time.tsx';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';

const words = TASK_FORM_WORDS.event;
const TYPING_MS = 400;
const SHOWN = 10;

interface TrialProps {
  readonly pattern: string;
  readonly filter: string;
}

/** Which of the last events would have fired it. */
export function EventTrial({ pattern, filter }: TrialProps) {
  const [settled] = useDebouncedValue(`${pattern}\n${filter}`, TYPING_MS);
  const [topic = '', cel = ''] = settled.split('\n');
  const { data, error } = useFilterTrial(topic, cel);
  if (topic === '') return null;
  return (
    <div className="card-body trial">
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
    </div>
  );
}
