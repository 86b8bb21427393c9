import type { SchedulePreview } from '@tenuto/contract';
import { offsetAt, offsetText, wallAt } from '../../logic/zone-time.ts';
import { When } from '../../ui/time.tsx';
import { TASK_WORDS } from '../../words-task.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';

/** The zone of who reads. */
const READER = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * Firings that are expected, by the clock of their zone, and by the reader's where that shows
 * something else; what a clock change touches is marked.
 */
export function Firings({ firings }: Pick<SchedulePreview, 'firings'>) {
  const length = firings.every(({ local }) => local.slice(16, 19) === ':00') ? 16 : 19;
  return (
    <ol className="firings">
      {firings.map(({ at, local, dst }) => (
        <li key={at}>
          <span className="num">
            {weekdayOf(local)} {local.slice(0, length).replace('T', ' ')}
          </span>
          <span className="dim num firing-offset">{local.slice(19).replace('Z', 'UTC')}</span>
          <Yours at={Date.parse(at)} local={local} />
          {dst !== undefined && <span className="dst">{TASK_WORDS.page.dst[dst]}</span>}
          <span className="grow" />
          <span className="dim">
            <When at={at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The same moment on the clock of the reader, unless that shows the same. */
function Yours({ at, local }: { readonly at: number; readonly local: string }) {
  const wall = wallAt(at, READER);
  if (wall === local.slice(0, 19)) return null;
  const day = wall.slice(0, 10) === local.slice(0, 10) ? '' : `${wall.slice(5, 10)} `;
  return (
    <span className="dim num" title={`${wall} ${offsetText(offsetAt(at, READER))}`}>
      {TASK_FORM_WORDS.yours(day + wall.slice(11, 16))}
    </span>
  );
}

export function weekdayOf(local: string): string {
  const day = new Date(`${local.slice(0, 10)}T00:00:00Z`).getUTCDay();
  return TASK_FORM_WORDS.cron.dayNames[day] ?? '';
}
