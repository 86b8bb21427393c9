import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Needs } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { useNeeds } from '../../data/needs.ts';
import { useMay } from '../../data/scopes.ts';
import { needsOf } from '../../logic/needs.ts';
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
  const { data: needs, error, refetch } = useNeeds();
  useListKeys('.need-row');
  const aside = needs && <Whose needs={needs} isAll={show === 'all'} />;
  return (
    <Page title={words.title} aside={aside}>
      {needs === undefined && error === null && <Waiting />}
      {needs === undefined && error !== null && (
        <Failure error={error} again={() => void refetch()} />
      )}
      {needs !== undefined && <Waits needs={needs} isAll={show === 'all'} />}
      <Decided />
    </Page>
  );
}

interface ShownProps {
  readonly needs: Needs;
  /** Others' too. */
  readonly isAll: boolean;
}

function Waits({ needs, isAll }: ShownProps) {
  const { approvals, decisions, money, phases, more } = needsOf(needs, isAll);
  if ((isAll ? needs.total : needs.mine) === 0) return <Nothing others={needs.total} />;
  return (
    <>
      <Group title={words.approvals} count={approvals.length}>
        {approvals.map((item) => (
          <WaitingApproval key={item.approval_id} item={item} />
        ))}
      </Group>
      <Group title={words.problems} count={decisions.length}>
        {decisions.map((item) => (
          <WaitingIntervention key={item.intervention_id} item={item} />
        ))}
      </Group>
      <Group title={words.money} count={money.length}>
        {money.map((item) => (
          <WaitingIntervention key={item.intervention_id} item={item} />
        ))}
      </Group>
      <Group title={words.advance} count={phases.length}>
        <ToAdvance runs={phases} />
      </Group>
      {more > 0 && <p className="dim">{words.more(more)}</p>}
    </>
  );
}

function Whose({ needs, isAll }: ShownProps) {
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
      {chip(words.mine, needs.mine, {})}
      {chip(words.all, needs.total, { show: 'all' })}
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
  readonly count: number;
  readonly children: ReactNode;
}

function Group({ title, count, children }: GroupProps) {
  if (count === 0) return null;
  return (
    <section className="needs-group">
      <h2>
        {title} <span className="dim num">{count}</span>
      </h2>
      {children}
    </section>
  );
}
