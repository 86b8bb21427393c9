import type { SchedulePreview } from '@tenuto/contract';
import { When } from '../../ui/time.tsx';
import { TASK_WORDS } from '../../words-task.ts';

/** Firings that are expected, by the clock of their zone; what a clock change touches is marked. */
export function Firings({ firings }: Pick<SchedulePreview, 'firings'>) {
  return (
    <ol className="firings">
      {firings.map(({ at, local, dst }) => (
        <li key={at}>
          <span className="num">{local.slice(0, 19).replace('T', ' ')}</span>
          <span className="dim num">{local.slice(19).replace('Z', 'UTC')}</span>
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
