import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useOpenApprovals } from '../../data/approvals.ts';
import { useOpenInterventions } from '../../data/interventions.ts';
import { useRunsToAdvance } from '../../data/phased.ts';
import { useMay, usePrincipal } from '../../data/scopes.ts';
import { count } from '../../logic/format.ts';
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
  const { error, shown, phases, counts, mine } = needs;
  const total = counts[show ?? 'mine'];
  return (
    <Page title={words.title} aside={<Whose counts={counts} isAll={show === 'all'} />}>
      {shown === undefined && error === null && <Waiting />}
      {shown === undefined && error !== null && (
        <Failure error={error} again={() => void needs.refetch()} />
      )}
      {shown !== undefined && total === 0 && <Nothing others={counts.all} />}
      <Group title={words.approvals} of={shown?.approvals.length}>
        {shown?.approvals.map((item) => (
          <WaitingApproval
            key={item.approval_id}
            item={item}
            isMine={mine.includes(item.approval_id)}
          />
        ))}
      </Group>
      <Group title={words.problems} of={shown?.decisions.length}>
        {shown?.decisions.map((item) => (
          <WaitingIntervention key={item.intervention_id} item={item} />
        ))}
      </Group>
      <Group title={words.money} of={shown?.money.length}>
        {shown?.money.map((item) => (
          <WaitingIntervention key={item.intervention_id} item={item} />
        ))}
      </Group>
      <Group title={words.advance} of={phases.length}>
        <ToAdvance runs={phases} />
      </Group>
      {needs.older > 0 && <p className="dim">{words.older(count(needs.older))}</p>}
      <Decided />
    </Page>
  );
}

/** All that is open, and what of it is for who is signed in. */
function useNeeds(isAll: boolean) {
  const { data: interventions, error, refetch } = useOpenInterventions();
  const { data: asked } = useOpenApprovals();
  const { data: runs } = useRunsToAdvance();
  const me = usePrincipal();
  const mine = asked?.mine ?? [];
  const all = { approvals: asked?.items ?? [], interventions: interventions?.items ?? [] };
  const own = {
    approvals: asked?.own ?? [],
    interventions: all.interventions.filter((item) => isFor(item, me)),
  };
  const phases = runs ?? [];
  const countOf = (of: typeof all) => of.approvals.length + of.interventions.length + phases.length;
  // The newest are read; how many there are besides is told.
  const problems = Math.max(0, (interventions?.total ?? 0) - all.interventions.length);
  const older = {
    all: problems + Math.max(0, (asked?.total ?? 0) - all.approvals.length),
    mine: problems + Math.max(0, (asked?.mineTotal ?? 0) - own.approvals.length),
  };
  return {
    ...{ error, refetch, phases, mine, older: older[isAll ? 'all' : 'mine'] },
    counts: { all: countOf(all) + older.all, mine: countOf(own) + older.mine },
    shown: interventions && needsOf(isAll ? all : own),
  };
}

interface WhoseProps {
  readonly counts: { readonly all: number; readonly mine: number };
  readonly isAll: boolean;
}

function Whose({ counts, isAll }: WhoseProps) {
  const navigate = useNavigate();
  const chip = (word: string, of: number, search: { readonly show?: 'all' }) => (
    <button
      type="button"
      className="chip"
      aria-pressed={isAll === (search.show === 'all')}
      onClick={() => void navigate({ to: '/needs', search, replace: true })}
    >
      {word} <span className="dim num">{count(of)}</span>
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
  readonly of: number | undefined;
  readonly children: ReactNode;
}

function Group({ title, of, children }: GroupProps) {
  if (of === undefined || of === 0) return null;
  return (
    <section className="needs-group">
      <h2>
        {title} <span className="dim num">{count(of)}</span>
      </h2>
      {children}
    </section>
  );
}
