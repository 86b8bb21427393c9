import { Button, Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { RunDetail, RunPhase } from '@tenuto/contract';
import { useState } from 'react';
import { addresses } from '../../data/artifacts.ts';
import { type CopyAsk, useCopy } from '../../data/phased.ts';
import { useMay } from '../../data/scopes.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { COMPARE_WORDS, FORK_WORDS } from '../../words-compare.ts';
import { PHASED_WORDS as words } from '../../words-phased.ts';

interface Props {
  readonly run: RunDetail;
  /** The node that is looked at: a fork may begin there. */
  readonly node: string | undefined;
  readonly ask: (question: Question) => void;
  /** Opens the dialog of a fork with changes. */
  readonly openFork: () => void;
}

/** Items of a menu: what makes another run, or a file, of this one. */
export function CopyItems({ run, node, ask, openFork }: Props) {
  const copy = useCopying(run.run_id);
  const may = useMay()('runs:write');
  const fork = (from?: string) => () => {
    const [title, text] = words.ask.fork;
    ask({ title, text, verb: words.fork, act: () => copy({ do: 'fork', node: from }) });
  };
  const navigate = useNavigate();
  const compare = () => void navigate({ to: '/compare', search: { ids: run.run_id } });
  const clone = () => ask(cloneQuestion(undefined, () => copy({ do: 'clone' })));
  return (
    <>
      {may && run.phases.length > 0 && <Menu.Item onClick={clone}>{words.clone}</Menu.Item>}
      {may && <Menu.Item onClick={fork()}>{`${words.fork}: ${words.forkStart}`}</Menu.Item>}
      {may && node !== undefined && (
        <Menu.Item onClick={fork(node)}>{`${words.fork}: ${words.forkFrom}`}</Menu.Item>
      )}
      {may && <Menu.Item onClick={openFork}>{FORK_WORDS.menu}</Menu.Item>}
      <Menu.Item onClick={compare}>{COMPARE_WORDS.menu}</Menu.Item>
      <Menu.Item component="a" href={addresses.bundle(run.run_id, 'html')} download>
        {words.bundle}
      </Menu.Item>
      <Menu.Item component="a" href={addresses.bundle(run.run_id, 'json')} download>
        {words.bundleData}
      </Menu.Item>
    </>
  );
}

/** A new run that begins at a phase with what those before it have done. */
export function CloneButton({ run, phase }: { readonly run: RunDetail; readonly phase: RunPhase }) {
  const [question, setQuestion] = useState<Question>();
  const copy = useCopying(run.run_id);
  const may = useMay()('runs:write');
  const done = run.phases.filter(({ status }) => status === 'completed').map((one) => one.phase);
  if (!may || !phase.needs.every((need) => done.includes(need))) return null;
  const act = () => copy({ do: 'clone', phase: phase.phase });
  return (
    <>
      <Button variant="default" onClick={() => setQuestion(cloneQuestion(phase.name, act))}>
        {words.cloneFrom}
      </Button>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function cloneQuestion(phase: string | undefined, act: () => void): Question {
  const [title, text] = words.ask.clone(phase);
  return { title, text, verb: words.clone, act };
}

/** Makes the other run, and goes there. */
function useCopying(runId: string): (ask: CopyAsk) => void {
  const copy = useCopy(runId);
  const navigate = useNavigate();
  return (ask) =>
    copy.mutate(ask, {
      onSuccess: (made) => void navigate({ to: '/runs/$runId', params: { runId: made } }),
    });
}
