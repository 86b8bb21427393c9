import { exact, timeOfDay } from '../../logic/format.ts';
import { filledIn, type TailGap, type TailItem } from '../../logic/tail.ts';
import { When } from '../../ui/time.tsx';
import { EVENT_WORDS as words } from '../../words-event.ts';

const PAYLOAD_CHARS = 300;

interface Props {
  readonly items: readonly TailItem[];
  readonly picked: string | undefined;
  readonly open: (eventId: string | undefined) => void;
}

/** Events and the times in which nothing could be heard, the newest first. */
export function TailRows({ items, picked, open }: Props) {
  return (
    <ol className="tail">
      {items.map((item) =>
        item.kind === 'gap' ? (
          <Gap key={item.key} gap={item.gap} filled={filledIn(items, item.gap)} />
        ) : (
          <li key={item.key}>
            <button
              type="button"
              className="tail-row"
              aria-pressed={item.key === picked}
              onClick={() => open(item.key === picked ? undefined : item.key)}
            >
              <span className="dim tail-when">
                <When at={item.event.published_at} />
              </span>
              <strong>{item.event.topic}</strong>
              <code className="grow cut">
                {(JSON.stringify(item.event.payload) ?? '').slice(0, PAYLOAD_CHARS)}
              </code>
              {item.event.triggered_tasks > 0 && (
                <span className="tone-green">{words.triggered(item.event.triggered_tasks)}</span>
              )}
            </button>
          </li>
        ),
      )}
    </ol>
  );
}

function Gap({ gap, filled }: { readonly gap: TailGap; readonly filled: number }) {
  const clock = (at: number) => timeOfDay(at).slice(0, 8);
  return (
    <li className="tail-gap" title={`${exact(gap.from)} – ${exact(gap.to)}`}>
      {gap.lost === undefined ? (
        <>
          <span className="tone-amber">{words.gap(clock(gap.from), clock(gap.to))}</span>{' '}
          <span className="dim">{words.filled(filled)}</span>
        </>
      ) : (
        <span className="tone-red">{words.lost(exact(Date.parse(gap.lost)))}</span>
      )}
    </li>
  );
}
