import type { SchedulePreview as Preview, PreviewTask } from '@tenuto/contract';
import { now } from '../../data/clock.ts';
import type { DraftPreview } from '../../data/task-draft-preview.ts';
import { ASKED, withinBounds } from '../../logic/preview-question.ts';
import { calendarOf } from '../../logic/schedule-calendar.ts';
import { isPlanned, type TaskDraft } from '../../logic/task-draft.ts';
import { isZone, wallAt } from '../../logic/zone-time.ts';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';
import { ClockChanges } from './clock-changes.tsx';
import { EventTrial } from './event-trial.tsx';
import { Firings } from './firings.tsx';

const SHOWN = 8;

interface Props {
  readonly draft: TaskDraft;
  readonly told: DraftPreview;
}

/** When the schedule in the form would fire, or why it cannot. */
export function SchedulePreview({ draft, told: { question, preview, error } }: Props) {
  const { kind, exprs, fields } = draft;
  return (
    <section className="card firings-preview" aria-live="polite" aria-label={words.preview}>
      <header>
        <h2>{words.preview}</h2>
      </header>
      {!isPlanned(kind) && <p className="card-body dim">{unplanned(draft)}</p>}
      {kind === 'event' && (
        <EventTrial pattern={exprs.event.trim()} filter={fields.filter.trim()} />
      )}
      {isPlanned(kind) && question === undefined && (
        <p className="card-body dim">{words.previewWrite}</p>
      )}
      {question !== undefined && error !== null && (
        <p className="card-body tone-red">{error.message}</p>
      )}
      {question !== undefined && error === null && preview && (
        <Told draft={draft} question={question} preview={preview} />
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
