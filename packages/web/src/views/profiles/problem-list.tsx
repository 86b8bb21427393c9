import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import { partAt, phaseAt } from '../../logic/profile-model.ts';
import type { Problem } from '../../logic/profile-model-checks.ts';
import { StatusGlyph } from '../../ui/icons.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';

const words = PROFILE_WORDS.problems;

interface Props {
  readonly isChecking: boolean;
  readonly isAway: boolean;
}

/** How sound the profile is; what is not leads to where it is. */
export function ProblemList({ isChecking, isAway }: Props) {
  const { problems, outline, goTo } = useDesk();
  const [isOpen, setOpen] = useState(false);
  if (problems.length === 0) {
    return (
      <span className={`status ${isChecking || isAway ? 'dim' : 'tone-green'}`} role="status">
        {!isChecking && !isAway && <StatusGlyph icon="check" />}
        {isAway ? words.away : isChecking ? words.checking : words.none}
      </span>
    );
  }
  const where = (problem: Problem): string => {
    const part = partAt(outline, problem.place);
    if (part === undefined) return problem.place.slice(1) || words.whole;
    const phase = phaseAt(outline, problem.place);
    const path = part.kind === 'phase' ? part.id : `${phase?.id ?? ''}/${part.id}`;
    const rest = problem.place.slice(part.place.length + 1);
    return rest === '' ? path : `${path} · ${rest}`;
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={420} withinPortal>
      <Popover.Target>
        <Button
          variant="default"
          className="tone-red"
          leftSection={<StatusGlyph icon="cross" />}
          onClick={() => setOpen(!isOpen)}
        >
          {words.found(problems.length)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className="problem-list">
        <ol aria-label={words.list}>
          {problems.map((problem) => (
            <li key={problem.place + problem.message}>
              <button
                type="button"
                className="part-button"
                onClick={() => {
                  setOpen(false);
                  goTo(problem.place);
                }}
              >
                <span className="part-text">
                  <code className="dim">{where(problem)}</code>
                  <span>{problem.message}</span>
                </span>
              </button>
            </li>
          ))}
        </ol>
        {isAway && <p className="dim">{words.away}</p>}
      </Popover.Dropdown>
    </Popover>
  );
}
