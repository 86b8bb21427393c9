import { Button } from '@mantine/core';
import type { RunDetail } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { useLogTail } from '../../data/logs.ts';
import { brief } from '../../logic/format.ts';
import type { RunTab } from '../../logic/run-search.ts';
import { isOver } from '../../logic/status.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { OUTCOME_WORDS as words } from '../../words-outcome.ts';
import './outcome.css';

/** More of them, and longer ones, are read in the tab of the plan. */
const MOST_VALUES = 20;
const MOST_CHARS = 2_000;

interface Props {
  readonly run: RunDetail;
  readonly select: (nodeId: string | undefined, tab?: RunTab) => void;
}

/** What a run was given and what came of it: its results, or what it failed of at first. */
export function Outcome({ run, select }: Props) {
  const cause = isOver(run.status) && run.status !== 'completed' ? run.error : null;
  const given = Object.entries({ ...run.params, ...run.intake });
  const results = resultsOf(run);
  const all = () => select(undefined, 'plan');
  if (cause?.node_id === undefined && results === undefined && given.length === 0) return null;
  return (
    <div className="outcome">
      {cause?.node_id !== undefined && (
        <Cause
          runId={run.run_id}
          status={run.status}
          error={cause}
          {...{ node: cause.node_id, select }}
        />
      )}
      {results !== undefined && <Values title={words.results} {...{ values: results, all }} />}
      {given.length > 0 && <Values title={words.given} {...{ values: given, all }} />}
    </div>
  );
}

type Values = readonly (readonly [name: string, value: unknown])[];

/** Undefined where there are none to speak of; empty where a run has completed without any. */
function resultsOf({ status, output }: RunDetail): Values | undefined {
  const told = Object.entries(output ?? {});
  const isSilent = told.every(([, value]) => value === null);
  if (isSilent) return status === 'completed' ? [] : undefined;
  return told;
}

interface ValuesProps {
  readonly title: string;
  readonly values: Values;
  /** Shows all of them. */
  readonly all: () => void;
}

function Values({ title, values, all }: ValuesProps) {
  const shown = values.slice(0, MOST_VALUES).map(([name, value]) => [name, brief(value)] as const);
  const isCut = shown.length < values.length || shown.some(([, text]) => text.length > MOST_CHARS);
  return (
    <Part title={title}>
      {values.length === 0 && <p className="dim">{words.nothing}</p>}
      <dl>
        {shown.map(([name, text]) => (
          <div key={name}>
            <dt className="cut" title={name}>
              {name}
            </dt>
            <dd>
              <span className="grow">
                {text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text}
              </span>
              <CopyButton text={text} what={name} />
            </dd>
          </div>
        ))}
      </dl>
      {isCut && (
        <button type="button" className="link" onClick={all}>
          {words.all(values.length)}
        </button>
      )}
    </Part>
  );
}

interface CauseProps extends Pick<Props, 'select'> {
  readonly runId: string;
  readonly status: RunDetail['status'];
  readonly node: string;
  readonly error: NonNullable<RunDetail['error']>;
}

/** The node that a run has failed of at first, and the last that it has said. */
function Cause({ runId, status, node, error, select }: CauseProps) {
  const { data: tail = [] } = useLogTail(runId, node);
  const actions = (
    <>
      <Button size="compact-sm" variant="default" onClick={() => select(node)}>
        {words.toNode}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => select(node, 'log')}>
        {words.toLog}
      </Button>
    </>
  );
  return (
    <Part title={words.cause} actions={actions}>
      <p className="outcome-cause">
        <StatusMark status={status === 'timeout' ? 'timeout' : 'failed'} bare />{' '}
        <strong>{node}</strong> <code>{error.type}</code> {error.message}
      </p>
      {tail.length > 0 && <pre>{tail.map(({ text }) => text).join('\n')}</pre>}
    </Part>
  );
}

interface PartProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

function Part({ title, actions, children }: PartProps) {
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2 className="grow">{title}</h2>
        {actions}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
      <div className="outcome-body" tabIndex={0} role="group" aria-label={title}>
        {children}
      </div>
    </section>
  );
}
