import { Button, Textarea } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type NeededIntervention, RESOLUTIONS, type Resolution } from '@tenuto/contract';
import { useRef, useState } from 'react';
import { useDecide } from '../../data/interventions.ts';
import { useMay } from '../../data/scopes.ts';
import { waitsForMoney } from '../../logic/phases.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { NEEDS_WORDS as words } from '../../words-needs.ts';
import { RaiseBudget } from '../run/raise-budget.tsx';
import { Assign } from './assign.tsx';

/** A question about a failure, or about money, with what may be decided. */
export function WaitingIntervention({ item }: { readonly item: NeededIntervention }) {
  return (
    <article className="card need" id={item.intervention_id}>
      <header>
        <StatusMark status={item.state} bare />
        <Link
          to="/runs/$runId"
          params={{ runId: item.job_id }}
          search={item.node_id === null ? {} : { node: item.node_id }}
          className="grow need-row"
        >
          {item.message}
        </Link>
        <span className="dim">
          <When at={item.opened_at} />
        </span>
      </header>
      <div className="card-body need-body">
        <div className="need-said">
          <dl className="facts">
            {item.deadline_at !== null && (
              <div>
                <dt>{words.deadline(words.resolutions[item.default_resolution])}</dt>
                <dd>
                  <When at={item.deadline_at} />
                </dd>
              </div>
            )}
            <div>
              <dt>{words.run}</dt>
              <dd>
                <Link
                  to="/runs/$runId"
                  params={{ runId: item.job_id }}
                  search={item.node_id === null ? {} : { node: item.node_id }}
                >
                  {item.run_name ?? item.job_id.slice(-8)}
                </Link>
              </dd>
            </div>
            <div>
              <dt>{words.node}</dt>
              <dd>{item.node_id ?? words.wholeRun}</dd>
            </div>
            <div>
              <dt>{item.assignee === null ? words.who : words.assignee}</dt>
              <dd>{item.assignee ?? words.anyoneOfJobs}</dd>
            </div>
          </dl>
          {item.error !== null && item.error.message !== item.message && (
            <p className="tone-red">
              <code>{item.error.type}</code> {item.error.message}
            </p>
          )}
        </div>
        <Decide item={item} />
      </div>
    </article>
  );
}

function Decide({ item }: { readonly item: NeededIntervention }) {
  const [question, setQuestion] = useState<Question>();
  const result = useRef('');
  const decide = useDecide();
  const may = useMay()('jobs:write');
  if (!may) return null;
  const forMoney = waitsForMoney(item);
  const ask = (resolution: Resolution) => () => {
    const [title, text] = words.ask[resolution];
    result.current = '';
    setQuestion({
      ...{ title, text, verb: words.resolutions[resolution], reason: true },
      danger: resolution === 'abort',
      children: resolution === 'skip' && (
        <Textarea
          label={words.result}
          rows={4}
          classNames={{ input: 'code-input' }}
          onChange={(event) => {
            result.current = event.currentTarget.value;
          }}
        />
      ),
      act: (reason) =>
        decide.mutate(
          {
            ...{ id: item.intervention_id, version: item.version, resolution, reason },
            ...(result.current.trim() !== '' && { result: readResult(result.current) }),
          },
          {
            onSuccess: () => tell(words.done),
            onError: (error) => tellFailure(words.failed, error),
          },
        ),
    });
  };
  return (
    <div className="row">
      {forMoney && <RaiseBudget runId={item.job_id} nodeId={item.node_id} isFirst />}
      {RESOLUTIONS.map((resolution) => (
        <Button
          key={resolution}
          variant={resolution === 'retry' && !forMoney ? 'filled' : 'default'}
          loading={decide.isPending}
          onClick={ask(resolution)}
        >
          {words.resolutions[resolution]}
        </Button>
      ))}
      <Assign item={item} />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </div>
  );
}

/** What is no JSON is a text. */
function readResult(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
