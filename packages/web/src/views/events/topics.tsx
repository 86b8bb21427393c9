import { useTopicRates, useTopics } from '../../data/events.ts';
import { count } from '../../logic/format.ts';
import { rateText } from '../../logic/topic-rates.ts';
import { EVENT_WORDS as words } from '../../words-event.ts';

interface Props {
  readonly picked: string | undefined;
  readonly pick: (topic: string | undefined) => void;
}

/** Topics that events have come on: how many, and how many a minute at present. */
export function Topics({ picked, pick }: Props) {
  const { data } = useTopics();
  const topics = data?.items ?? [];
  const rates = useTopicRates(topics);
  return (
    <section className="card topics" aria-label={words.topics}>
      <header>
        <h2>{words.topics}</h2>
      </header>
      <button type="button" aria-pressed={picked === undefined} onClick={() => pick(undefined)}>
        <span className="grow cut">{words.all}</span>
      </button>
      {topics.map(({ owner, topic, events }) => (
        <button
          key={`${owner} ${topic}`}
          type="button"
          aria-pressed={picked === topic}
          onClick={() => pick(topic)}
        >
          <span className="grow cut" title={topic}>
            {topic}
          </span>
          <span className="tone-green num">{rateText(rates.get(`${owner} ${topic}`))}</span>
          <span className="dim num">{count(events)}</span>
        </button>
      ))}
    </section>
  );
}
