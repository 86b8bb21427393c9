import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useOpenApprovals } from '../../data/approvals.ts';
import { useOpenInterventions } from '../../data/interventions.ts';
import { useRunsToAdvance } from '../../data/phased.ts';
import { useMay, usePrincipal } from '../../data/scopes.ts';
import { isFor, needsOf } from '../../logic/needs.ts';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { NEEDS_WORDS as words } from '../../words-needs.ts';
import { ToAdvance } from './advance.tsx';
import { WaitingApproval } from './approval.tsx';
import { Decided } from './decided.tsx';
import { WaitingIntervention } from './intervention.tsx';
import './needs.css';

/** What waits for a decision, each with what may be decided. */
export function NeedsPage() {
  const { show } = useSearch({ from: '/needs' });
  const needs = useNeeds(show === 'all');
  useListKeys('.need-row');
  const { unread, shown, phases, counts, mine } = needs;
  const total = counts[show ?? 'mine'];
  return (
    <Page title={words.title} aside={<Whose counts={counts} isAll={show === 'all'} />}>
      {shown === undefined && unread.length === 0 && <Waiting />}
      {unread.map(({ key, error, refetch }) => (
        <Failure key={key} error={error} again={() => void refetch()} />
      ))}
      {/* What could not be looked at may be what is needed. */}
      {shown !== undefined && unread.length === 0 && total === 0 && <Nothing others={counts.all} />}
      <Group title={words.approvals} count={shown?.approvals.length}>
        {shown?.approvals.map((item) => (
          <WaitingApproval
            key={item.approval_id}
            item={item}
            isMine={mine.includes(item.approval_id)}
          />
        ))}
      </Group>
      <Group title={words.problems} count={shown?.decisions.length}>
        {shown?.decisions.map((item) => (
          <WaitingIntervention key={item.intervention_id} item={item} />
        ))}
      </Group>
      <Group title={words.money} count={shown?.money.length}>
        {shown?.money.map((item) => (
          <WaitingIntervention key={item.intervention_id} item={item} />
        ))}
      </Group>
      <Group title={words.advance} count={phases.length}>
        <ToAdvance runs={phases} />
      </Group>
      <Decided />
    </Page>
  );
}

/** All that is open, and what of it is for who is signed in. */
function useNeeds(isAll: boolean) {
  const reads = {
    ...{ interventions: useOpenInterventions(), approvals: useOpenApprovals() },
    runs: useRunsToAdvance(),
  };
  const unread = Object.entries(reads)
    .filter(([, { data, error }]) => data === undefined && error !== null)
    .map(([key, { error, refetch }]) => ({ key, error, refetch }));
  const { data: interventions } = reads.interventions;
  const { data: asked } = reads.approvals;
  const { data: runs } = reads.runs;
  const me = usePrincipal();
  const mine = asked?.mine ?? [];
  const all = { approvals: asked?.items ?? [], interventions: interventions?.items ?? [] };
  const own = {
    approvals: all.approvals.filter(({ approval_id: id }) => mine.includes(id)),
    interventions: all.interventions.filter((item) => isFor(item, me)),
  };
  const phases = runs ?? [];
  const countOf = (of: typeof all) => of.approvals.length + of.interventions.length + phases.length;
  return {
    ...{ unread, phases, mine, counts: { all: countOf(all), mine: countOf(own) } },
    shown: interventions && needsOf(isAll ? all : own),
  };
}

interface WhoseProps {
  readonly counts: { readonly all: number; readonly mine: number };
  readonly isAll: boolean;
}

function Whose({ counts, isAll }: WhoseProps) {
  const navigate = useNavigate();
  const chip = (word: string, count: number, search: { readonly show?: 'all' }) => (
    <button
      type="button"
      className="chip"
      aria-pressed={isAll === (search.show === 'all')}
      onClick={() => void navigate({ to: '/needs', search, replace: true })}
    >
      {word} <span className="dim num">{count}</span>
    </button>
  );
  return (
    <fieldset className="needs-whose" aria-label={words.show}>
      {chip(words.mine, counts.mine, {})}
      {chip(words.all, counts.all, { show: 'all' })}
    </fieldset>
  );
}

function Nothing({ others }: { readonly others: number }) {
  const may = useMay();
  if (others > 0) return <Empty title={words.emptyMine} text={words.emptyMineText} />;
  return (
    <Empty title={words.empty} text={words.emptyText} example={words.emptyExample}>
      {may('jobs:write') && (
        <Link to="/submit" search={{ example: 'approval' }}>
          {words.orHere}
        </Link>
      )}
    </Empty>
  );
}

interface GroupProps {
  readonly title: string;
  readonly count: number | undefined;
  readonly children: ReactNode;
}

function Group({ title, count, children }: GroupProps) {
  if (count === undefined || count === 0) return null;
  return (
    <section className="needs-group">
      <h2>
        {title} <span className="dim num">{count}</span>
      </h2>
      {children}
    </section>
  );
}
