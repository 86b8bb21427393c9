import { useDebouncedValue } from '@mantine/hooks';
import type { SchedulePreview as Preview, PreviewTask } from '@tenuto/contract';
import { now } from '../../data/clock.ts';
import { useSchedulePreview } from '../../data/tasks.ts';
import { ASKED, previewOf, withinBounds } from '../../logic/preview-question.ts';
import { calendarOf } from '../../logic/schedule-calendar.ts';
import { isPlanned, type TaskDraft } from '../../logic/task-draft.ts';
import { isZone, wallAt } from '../../logic/zone-time.ts';
import { messageOf } from '../../ui/notice.tsx';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';
import { ClockChanges } from './clock-changes.tsx';
import { Firings } from './firings.tsx';

const TYPING_MS = 250;
const SHOWN = 8;

/** When the schedule in the form would fire, or why it cannot. */
export function SchedulePreview({ draft }: { readonly draft: TaskDraft }) {
  const [settled] = useDebouncedValue(draft, TYPING_MS);
  const question = previewOf(settled, now());
  const { data, error } = useSchedulePreview(question);
  return (
    <section className="card preview" aria-live="polite" aria-label={words.preview}>
      <header>
        <h2>{words.preview}</h2>
      </header>
      {!isPlanned(draft.kind) && <p className="card-body dim">{unplanned(draft)}</p>}
      {isPlanned(draft.kind) && question === undefined && (
        <p className="card-body dim">{words.previewWrite}</p>
      )}
      {question !== undefined && error !== null && (
        <p className="card-body tone-red">{messageOf(error)}</p>
      )}
      {question !== undefined && error === null && data && (
        <Told draft={settled} question={question} preview={data} />
      )}
    </section>
  );
}

function unplanned({ kind, fields }: TaskDraft): string {
  if (kind === 'event' || fields.probe_uses === '') return words.previewNone;
  return words.previewProbe(fields.poll_interval_seconds || '60');
}

interface ToldProps {
  readonly draft: TaskDraft;
  readonly question: PreviewTask;
  readonly preview: Preview;
}

function Told({ draft, question, preview }: ToldProps) {
  const zone = isZone(draft.timezone) ? draft.timezone : 'UTC';
  const firings = withinBounds(preview.firings, draft);
  return (
    <>
      <p className="card-body preview-said">{preview.description}</p>
      {firings.length === 0 && <p className="card-body dim">{words.previewEmpty}</p>}
      <Firings firings={firings.slice(0, SHOWN)} />
      <Calendar
        locals={firings.map(({ local }) => local)}
        hasMore={preview.firings.length === ASKED}
        zone={zone}
      />
      {draft.kind !== 'once' && <ClockChanges question={question} zone={zone} />}
    </>
  );
}

interface CalendarProps {
  readonly locals: readonly string[];
  readonly hasMore: boolean;
  readonly zone: string;
}

const DARKEST = 4;

function Calendar({ locals, hasMore, zone }: CalendarProps) {
  const weeks = calendarOf({ locals, hasMore, today: wallAt(now(), zone).slice(0, 10) });
  const names = [1, 2, 3, 4, 5, 6, 0].map((day) => words.cron.dayNames[day] ?? '');
  return (
    <div className="card-body calendar-part">
      <h3>{words.calendar}</h3>
      <table className="calendar">
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]?.date}>
              {week.map(({ date, firings, isPast, isBeyond }) => (
                <td
                  key={date}
                  title={words.dayFirings(date, firings)}
                  data-level={isBeyond ? 'beyond' : Math.min(firings, DARKEST)}
                  className={isPast ? 'past' : undefined}
                >
                  {date.slice(8)}
                  {firings > 0 && <span className="sr-only">{words.dayFirings('', firings)}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
