import { Button, Switch } from '@mantine/core';
import { useRef, useState } from 'react';
import { usePhasedAction } from '../../data/phased.ts';
import { useMay } from '../../data/scopes.ts';
import type { ToExecute } from '../../logic/phases.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { PHASED_WORDS as words } from '../../words-phased.ts';

interface Props {
  readonly runId: string;
  /** Undefined while there is nothing to execute. */
  readonly next: ToExecute | undefined;
}

/** Tells a run to go on: the phases that are ready, or one that a gate has blocked, again. */
export function NextButton({ runId, next }: Props) {
  const [question, setQuestion] = useState<Question>();
  const skips = useRef(false);
  const action = usePhasedAction(runId);
  const may = useMay();
  if (next === undefined || !may('runs:write')) return null;
  const { phases, isAgain } = next;
  const [first] = phases;
  const name = first?.name ?? '';
  const verb = isAgain
    ? words.again(name)
    : phases.length > 1
      ? words.nextMany(phases.length)
      : words.nextPhase(name);
  const [title, text] = isAgain ? words.ask.again : words.ask.next;
  const ask = () => {
    skips.current = false;
    const set = (checked: boolean) => {
      skips.current = checked;
    };
    const children = may('runs:override') && <Skip set={set} />;
    const act = () => action.mutate({ do: 'next', skipValidation: skips.current });
    setQuestion({ title, text, verb, children, act });
  };
  return (
    <>
      <Button onClick={ask} loading={action.isPending}>
        {verb}
      </Button>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function Skip({ set }: { readonly set: (skips: boolean) => void }) {
  return (
    <Switch
      size="xs"
      label={words.skip}
      description={words.skipText}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}
