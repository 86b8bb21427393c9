import type { PreviewTask } from '@tenuto/contract';
import { useMemo } from 'react';
import { now } from '../../data/clock.ts';
import { useSchedulePreviews } from '../../data/tasks.ts';
import { type ClockEffect, clockEffect } from '../../logic/clock-effect.ts';
import { questionsAround } from '../../logic/preview-question.ts';
import { type ClockChange, clockChanges } from '../../logic/zone-time.ts';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';
import { weekdayOf } from './firings.tsx';

const YEAR_MS = 366 * 86_400_000;
const SHOWN = 2;

interface Props {
  readonly question: PreviewTask;
  readonly zone: string;
}

/** What the next changes of the clocks do to a schedule, in words. */
export function ClockChanges({ question, zone }: Props) {
  // Which changes come next is the same all day.
  const today = Math.floor(now() / 86_400_000) * 86_400_000;
  const changes = useMemo(
    () => clockChanges(zone, today, today + YEAR_MS).slice(0, SHOWN),
    [zone, today],
  );
  const questions = changes.flatMap((change) => questionsAround(question, change));
  const previews = useSchedulePreviews(questions);
  return (
    <div className="card-body clocks">
      <h3>{words.clocks}</h3>
      {changes.length === 0 && <p className="dim">{words.clocksNever(zone)}</p>}
      <ul>
        {changes.map((change, i) => {
          const [told, usual] = [previews[2 * i], previews[2 * i + 1]];
          if (told === undefined || usual === undefined) return null;
          const effect = clockEffect(change, told.firings, usual.firings);
          return <Change key={change.at} change={change} effect={effect} />;
        })}
      </ul>
    </div>
  );
}

interface ChangeProps {
  readonly change: ClockChange;
  readonly effect: ClockEffect;
}

function Change({ change, effect }: ChangeProps) {
  const { kind, from, to } = change;
  const clock = (wall: string) => wall.slice(11, 16);
  const day = `${weekdayOf(from)} ${from.slice(0, 10)}`;
  return (
    <li>
      <p>
        {words.change[kind](day, clock(from), clock(to))}
        {effect.kind !== 'none' && (
          <span className="dst dst-mark">{words.mark[kind === 'forward' ? 'gap' : 'overlap']}</span>
        )}
      </p>
      <p className={effect.kind === 'none' ? 'dim' : 'dst'}>{wordsOf(effect)}</p>
    </li>
  );
}

const MOST_TIMES = 3;

function wordsOf({ kind, firings }: ClockEffect): string {
  if (kind === 'none' || kind === 'skipped') return words.effect[kind];
  const times = firings.map(
    ({ local }) => `${local.slice(11, 16)} (${local.slice(19).replace('Z', 'UTC')})`,
  );
  const more = times.length > MOST_TIMES ? ' …' : '';
  return words.effect[kind](times.slice(0, MOST_TIMES).join(', ') + more);
}
