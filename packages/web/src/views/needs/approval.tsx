import { Button, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import {
  APPROVAL_DECISIONS,
  type Approval,
  type ApprovalDecision,
  type NeededApproval,
} from '@tenuto/contract';
import { useRef, useState } from 'react';
import { useVote } from '../../data/approvals.ts';
import { useMay } from '../../data/scopes.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { NEEDS_WORDS as words } from '../../words-needs.ts';

/** A question whether a run may go on. */
export function WaitingApproval({ item }: { readonly item: NeededApproval }) {
  return (
    <article className="card need" id={item.approval_id}>
      <header>
        <StatusMark status="needs_person" bare />
        <Link
          to="/runs/$runId"
          params={{ runId: item.run_id }}
          search={{ node: item.node_id }}
          className="grow need-row"
        >
          {item.title}
        </Link>
        <span className="dim">
          <When at={item.opened_at} />
        </span>
      </header>
      <div className="card-body need-body">
        <div className="need-said">
          {item.message !== null && <p className="need-message">{item.message}</p>}
          <Facts item={item} />
          <Votes item={item} />
        </div>
        {item.mine ? <Vote item={item} /> : <p className="dim">{words.notYours}</p>}
      </div>
    </article>
  );
}

function Facts({ item }: { readonly item: NeededApproval }) {
  return (
    <dl className="facts">
      {item.deadline_at !== null && (
        <div>
          <dt>{words.deadlineDecides[item.on_deadline]}</dt>
          <dd>
            <When at={item.deadline_at} />
          </dd>
        </div>
      )}
      <div>
        <dt>{words.run}</dt>
        <dd>
          <Link to="/runs/$runId" params={{ runId: item.run_id }} search={{ node: item.node_id }}>
            {item.run_name ?? item.run_id.slice(-8)}
          </Link>
        </dd>
      </div>
      <div>
        <dt>{item.phase === null ? words.node : words.phase}</dt>
        <dd>{item.phase ?? item.node_id}</dd>
      </div>
      <div>
        <dt>{words.who}</dt>
        <dd>{item.approvers?.join(', ') ?? words.anyone}</dd>
      </div>
      <div>
        <dd>{words.agreed(item.approved_by, item.required)}</dd>
      </div>
    </dl>
  );
}

function Votes({ item }: { readonly item: Approval }) {
  if (item.decisions.length === 0) return null;
  return (
    <ul className="reasons dim">
      {item.decisions.map(({ by, decision, comment, to, at }) => (
        <li key={`${by} ${at}`}>
          {by} {words.decisions[decision]} {to} <When at={at} />
          {comment !== undefined && ` · ${comment}`}
        </li>
      ))}
    </ul>
  );
}

function Vote({ item }: { readonly item: Approval }) {
  const [question, setQuestion] = useState<Question>();
  const given = useRef({ comment: '', to: '' });
  const vote = useVote();
  if (!useMay()('runs:write')) return null;
  const cast = (decision: ApprovalDecision) => {
    const comment = given.current.comment.trim();
    const to = given.current.to.trim();
    vote.mutate(
      {
        ...{ runId: item.run_id, approval_id: item.approval_id, decision },
        ...(comment !== '' && { comment }),
        ...(decision === 'delegate' && { delegate_to: to }),
      },
      {
        onSuccess: () => tell(words.voted[decision]),
        onError: (error) => tellFailure(words.failed, error),
      },
    );
  };
  const ask = (decision: ApprovalDecision) => () => {
    const [title, text] = words.voteAsk[decision];
    given.current = { comment: '', to: '' };
    const children = <Said given={given.current} asksTo={decision === 'delegate'} />;
    const danger = decision === 'reject';
    const verb = words.votes[decision];
    setQuestion({ title, text, verb, danger, children, act: () => cast(decision) });
  };
  return (
    <div className="row">
      {APPROVAL_DECISIONS.map((decision) => (
        <Button
          key={decision}
          variant={decision === 'approve' ? 'filled' : 'default'}
          loading={vote.isPending}
          onClick={ask(decision)}
        >
          {words.votes[decision]}
        </Button>
      ))}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </div>
  );
}

interface SaidProps {
  /** What is written is put here. */
  readonly given: { comment: string; to: string };
  readonly asksTo: boolean;
}

function Said({ given, asksTo }: SaidProps) {
  return (
    <div className="stack">
      {asksTo && (
        <TextInput
          label={words.delegateTo}
          required
          onChange={(event) => {
            given.to = event.currentTarget.value;
          }}
        />
      )}
      <Textarea
        label={words.comment}
        rows={3}
        maxLength={2_000}
        onChange={(event) => {
          given.comment = event.currentTarget.value;
        }}
      />
    </div>
  );
}
