import { Button } from '@mantine/core';
import type { RunDetail, RunPhase } from '@tenuto/contract';
import { useState } from 'react';
import { useRunMetrics } from '../../data/artifacts.ts';
import { usePhasedAction } from '../../data/phased.ts';
import { useMay } from '../../data/scopes.ts';
import { duration } from '../../logic/format.ts';
import { score } from '../../logic/phases.ts';
import type { RunSearch } from '../../logic/run-search.ts';
import { isOver } from '../../logic/status.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { PHASED_WORDS as words } from '../../words-phased.ts';
import { ArtifactFiles } from './artifacts-tab.tsx';
import { Budgets } from './budget-bars.tsx';
import { CloneButton } from './copy-actions.tsx';
import { SpendFacts } from './cost-tab.tsx';
import { PhaseGates } from './phase-gates.tsx';
import { RaiseBudget } from './raise-budget.tsx';
import './phased.css';

const SECOND_MS = 1_000;

interface Props {
  readonly run: RunDetail;
  readonly search: RunSearch;
  readonly go: (search: RunSearch) => void;
}

/** A run of a profile: its phases as steps, and one of them whole. */
export function PhasesTab({ run, search, go }: Props) {
  const { data: metrics } = useRunMetrics(run.run_id);
  const shown =
    run.phases.find(({ phase }) => phase === (search.phase ?? run.current_phase)) ??
    run.phases.at(-1);
  const pick = (phase: string) => go({ tab: 'phases', phase });
  return (
    <div className="stack">
      <section className="card spend-line">
        <div className="card-body stack">
          {metrics !== undefined && (
            <>
              <div className="row">
                <SpendFacts metrics={metrics} />
                <dl className="facts" title={words.scoreHint}>
                  <div>
                    <dt>{words.governanceScore}</dt>
                    <dd>{score(metrics.governance_score)}</dd>
                  </div>
                  <div>
                    <dt>{words.hygieneScore}</dt>
                    <dd>{score(metrics.hygiene_score)}</dd>
                  </div>
                </dl>
                <span className="grow" />
                {!isOver(run.status) && <RaiseBudget runId={run.run_id} />}
              </div>
              <Budgets budgets={metrics.budgets} />
            </>
          )}
        </div>
      </section>
      <ol className="stepper" aria-label={words.phases}>
        {run.phases.map((phase) => (
          <Step key={phase.phase} phase={phase} isPicked={phase === shown} pick={pick} />
        ))}
      </ol>
      {shown !== undefined && <Phase {...{ run, phase: shown, search, go }} />}
    </div>
  );
}

interface StepProps {
  readonly phase: RunPhase;
  readonly isPicked: boolean;
  readonly pick: (phase: string) => void;
}

function Step({ phase, isPicked, pick }: StepProps) {
  const { gates } = phase;
  const blocks = gates.failed.some(({ severity }) => severity === 'error');
  return (
    <li>
      <button
        type="button"
        className="step"
        aria-pressed={isPicked}
        onClick={() => pick(phase.phase)}
      >
        <strong className="cut">{phase.name}</strong>
        <StatusMark status={phase.status} />
        <span className="dim">
          {gates.passed + gates.failed.length > 0 && (
            <span className={blocks ? 'tone-red' : gates.failed.length > 0 ? 'tone-amber' : ''}>
              {words.gatesPassed(gates.passed, gates.total)}
            </span>
          )}
          {phase.status === 'ready' && <span className="tone-magenta">{words.waits}</span>}
          {phase.kept && words.kept}
        </span>
      </button>
    </li>
  );
}

interface PhaseProps extends Props {
  readonly phase: RunPhase;
}

function Phase({ run, phase, search, go }: PhaseProps) {
  const { gates } = phase;
  const facts: readonly (readonly [string, string])[] = [
    [words.agentsOf, phase.agent_ids.join(', ')],
    [words.needs, phase.needs.join(', ')],
    [
      words.cost.duration,
      phase.duration_seconds === null ? '' : duration(phase.duration_seconds * SECOND_MS),
    ],
    [words.governanceScore, gates.governance_score === null ? '' : score(gates.governance_score)],
    [words.hygieneScore, gates.hygiene_score === null ? '' : score(gates.hygiene_score)],
  ];
  return (
    <>
      <section className="card">
        <header>
          <h2>{phase.name}</h2>
          <StatusMark status={phase.status} />
          {phase.auto_advance && <span className="dim">{words.auto}</span>}
          <span className="grow" />
          <Rollback run={run} phase={phase} />
          <CloneButton run={run} phase={phase} />
        </header>
        <div className="card-body stack">
          <dl className="facts">
            {facts
              .filter(([, value]) => value !== '')
              .map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
          </dl>
          {phase.error !== null && (
            <p className="tone-red">
              <code>{phase.error.type}</code> {phase.error.message}
            </p>
          )}
        </div>
      </section>
      <PhaseGates runId={run.run_id} phase={phase} />
      {phase.artifacts_count > 0 && (
        <ArtifactFiles
          run={run}
          filter={{ phase: phase.phase }}
          file={search.file}
          open={(file) =>
            go({ tab: 'phases', phase: phase.phase, ...(file !== undefined && { file }) })
          }
        />
      )}
    </>
  );
}

/** A run that waits or has failed can go back to what has begun already. */
function Rollback({ run, phase }: { readonly run: RunDetail; readonly phase: RunPhase }) {
  const [question, setQuestion] = useState<Question>();
  const action = usePhasedAction(run.run_id);
  const may = useMay()('runs:write');
  const goesOn = run.phases.some(({ status }) => status === 'running');
  const mayGoBack = run.status === 'failed' || (!isOver(run.status) && !goesOn);
  const isBehind = phase.completed_at !== null || phase.status === 'failed';
  if (!may || !mayGoBack || !isBehind || phase.kept) return null;
  const [title, text] = words.ask.rollback(phase.name);
  const act = (reason: string | undefined) =>
    action.mutate({ do: 'rollback', phase: phase.phase, reason });
  return (
    <>
      <Button
        variant="default"
        loading={action.isPending}
        onClick={() => setQuestion({ title, text, verb: words.rollback, reason: true, act })}
      >
        {words.rollback}
      </Button>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
