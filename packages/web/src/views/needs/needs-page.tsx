import { Button, Textarea } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type Intervention, RESOLUTIONS, type Resolution } from '@tenuto/contract';
import { useRef, useState } from 'react';
import { useOpenApprovals } from '../../data/approvals.ts';
import {
  useDecide,
  useDecidedInterventions,
  useOpenInterventions,
} from '../../data/interventions.ts';
import { useRunsToAdvance } from '../../data/phased.ts';
import { useMay } from '../../data/scopes.ts';
import { waitsForMoney } from '../../logic/phases.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { NEEDS_WORDS as words } from '../../words-needs.ts';
import { RaiseBudget } from '../run/raise-budget.tsx';
import { ToAdvance } from './advance.tsx';
import { WaitingApproval } from './approval.tsx';
import './needs.css';

/** What waits for a decision, each with what may be decided. */
export function NeedsPage() {
  const { data, error, refetch } = useOpenInterventions();
  const { data: approvals } = useOpenApprovals();
  const { data: runs } = useRunsToAdvance();
  const asked = approvals?.items ?? [];
  const others = (runs?.length ?? 0) + asked.length;
  return (
    <Page title={words.title}>
      {data === undefined && error === null && <Waiting />}
      {data === undefined && error !== null && (
        <Failure error={error} again={() => void refetch()} />
      )}
      {data?.items.length === 0 && others === 0 && (
        <Empty title={words.empty} text={words.emptyText} />
      )}
      {asked.map((item) => (
        <WaitingApproval
          key={item.approval_id}
          item={item}
          isMine={approvals?.mine.includes(item.approval_id) ?? false}
        />
      ))}
      {data?.items.map((item) => (
        <Waits key={item.intervention_id} item={item} />
      ))}
      <ToAdvance runs={runs ?? []} />
      <Decided />
    </Page>
  );
}

function Waits({ item }: { readonly item: Intervention }) {
  return (
    <article className="card need">
      <header>
        <StatusMark status={item.state} />
        <strong className="grow">{item.message}</strong>
        <span className="dim">
          <When at={item.opened_at} />
        </span>
      </header>
      <div className="card-body need-body">
        <dl className="facts">
          <div>
            <dt>{words.run}</dt>
            <dd>
              <Link
                to="/runs/$runId"
                params={{ runId: item.job_id }}
                search={item.node_id === null ? {} : { node: item.node_id }}
              >
                {item.job_id.slice(-8)}
              </Link>
            </dd>
          </div>
          <div>
            <dt>{words.node}</dt>
            <dd>{item.node_id ?? words.wholeRun}</dd>
          </div>
          {item.assignee !== null && (
            <div>
              <dt>{words.assignee}</dt>
              <dd>{item.assignee}</dd>
            </div>
          )}
          {item.deadline_at !== null && (
            <div>
              <dt>{words.deadline(words.resolutions[item.default_resolution])}</dt>
              <dd>
                <When at={item.deadline_at} />
              </dd>
            </div>
          )}
        </dl>
        {item.error !== null && item.error.message !== item.message && (
          <p className="tone-red">
            <code>{item.error.type}</code> {item.error.message}
          </p>
        )}
        <Decide item={item} />
      </div>
    </article>
  );
}

function Decide({ item }: { readonly item: Intervention }) {
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

function Decided() {
  const { data } = useDecidedInterventions();
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section className="card">
      <header>
        <h2>{words.decided}</h2>
      </header>
      <div className="table-scroll">
        <table className="table table-cards">
          <tbody>
            {data.items.map((item) => (
              <tr key={item.intervention_id}>
                <td>
                  <StatusMark status={item.state} />
                </td>
                <td className="first">{item.message}</td>
                <td>{item.resolution !== null && words.resolved[item.resolution]}</td>
                <td className="dim">
                  {item.resolved_by !== null && `${words.by} ${item.resolved_by}`}
                </td>
                <td>
                  <When at={item.resolved_at} />
                </td>
                <td>
                  <Link to="/runs/$runId" params={{ runId: item.job_id }}>
                    {item.job_id.slice(-8)}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
