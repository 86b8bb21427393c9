import { Button, Menu } from '@mantine/core';
import type { RunDetail } from '@tenuto/contract';
import { useState } from 'react';
import { type RunAsk, useRunAction } from '../../data/run-actions.ts';
import { useMay } from '../../data/scopes.ts';
import { toExecute } from '../../logic/phases.ts';
import { runMay } from '../../logic/status.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { Icon } from '../../ui/icons.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { CopyItems } from './copy-actions.tsx';
import { ForkDialog } from './fork-dialog.tsx';
import { NextButton } from './next-button.tsx';

const words = RUN_WORDS.page;

interface Props {
  readonly run: RunDetail;
  /** The node that is looked at. */
  readonly node: string | undefined;
}

/** What may be done about a run in its present state, by who is signed in. */
export function RunActions({ run, node }: Props) {
  const [question, setQuestion] = useState<Question>();
  const [forks, setForks] = useState(false);
  const action = useRunAction(run.run_id);
  const mayChange = useMay()('jobs:write');
  const none = { pause: false, resume: false, cancel: false, retry: false };
  const may = mayChange ? runMay(run.status) : none;
  const next = toExecute(run);
  const ended = run.status === 'failed' || run.status === 'timeout';
  const ask = (what: 'pause' | 'resume' | 'cancel' | 'retry' | 'retryStart') => () => {
    const [title, text] = what === 'cancel' && ended ? words.ask.abort : words.ask[what];
    const verb = what === 'cancel' && ended ? words.actions.abort : words.actions[what];
    setQuestion({
      ...{ title, text, verb, reason: true, danger: what === 'cancel' },
      act: (reason) => action.mutate({ do: what, reason } satisfies RunAsk),
    });
  };
  return (
    <div className="row">
      <NextButton runId={run.run_id} next={next} />
      {may.retry && (
        <Button variant={next === undefined ? 'filled' : 'default'} onClick={ask('retry')}>
          {words.actions.retry}
        </Button>
      )}
      {may.resume && <Button onClick={ask('resume')}>{words.actions.resume}</Button>}
      {may.pause && (
        <Button variant="default" onClick={ask('pause')}>
          {words.actions.pause}
        </Button>
      )}
      {may.cancel && (
        <Button variant="default" onClick={ask('cancel')}>
          {ended ? words.actions.abort : words.actions.cancel}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" aria-label={words.actions.more}>
            <Icon name="more" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {may.retry && (
            <Menu.Item onClick={ask('retryStart')}>{words.actions.retryStart}</Menu.Item>
          )}
          <CopyItems run={run} node={node} ask={setQuestion} openFork={() => setForks(true)} />
        </Menu.Dropdown>
      </Menu>
      <ForkDialog run={run} node={node} opened={forks} close={() => setForks(false)} />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </div>
  );
}
