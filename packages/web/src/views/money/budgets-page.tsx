import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { StoredBudget } from '@tenuto/contract';
import { useState } from 'react';
import { useBudgets, useRemoveBudget } from '../../data/money.ts';
import { useMay } from '../../data/scopes.ts';
import { percent } from '../../logic/format.ts';
import { NEW, type OpenSearch } from '../../logic/open-search.ts';
import { spentShare, usd } from '../../logic/phases.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { useOpened } from '../../ui/form-state.ts';
import { Meter } from '../../ui/meter.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { When } from '../../ui/time.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { MONEY_WORDS as words } from '../../words-money.ts';
import { BudgetForm } from './budget-form.tsx';
import { Prices } from './prices.tsx';
import { SpendingByModel } from './spending.tsx';

/** What may be spent, and what tokens cost. */
export function BudgetsPage() {
  const search = useSearch({ from: '/system/budgets' });
  const navigate = useNavigate();
  const may = useMay();
  const go = (next: OpenSearch) =>
    void navigate({ to: '/system/budgets', search: next, replace: true });
  const open = (what: string) => go({ ...search, open: what });
  const changes = may('runs:write');
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {changes && <Button onClick={() => open(NEW)}>{words.create}</Button>}
        </>
      }
    >
      <SystemSections />
      {may('runs:read') && <SpendingByModel />}
      {may('runs:read') && <Budgets open={search.open} go={open} may={changes} />}
      <Prices search={search} go={go} />
      {changes && search.open === NEW && <BudgetForm close={() => open('')} />}
    </Page>
  );
}

const COLUMNS: readonly Column<StoredBudget>[] = [
  {
    ...{ head: words.subject, first: true },
    cell: ({ scope, subject }) => (
      <>
        <span className="dim">{words.scopes[scope]}</span> <code>{subject}</code>
      </>
    ),
  },
  { head: words.spent, cell: (budget) => <Spent budget={budget} /> },
  {
    head: words.crossing,
    cell: ({ on_crossing: crossing, degrade_to: cheaper }) =>
      cheaper === null ? words.crossings[crossing] : `${words.crossings[crossing]}: ${cheaper}`,
  },
  { head: words.updated, cell: ({ updated_at: at }) => <When at={at} /> },
];

function Spent({ budget }: { readonly budget: StoredBudget }) {
  const share = spentShare({ ...budget, limit_usd: budget.usd }) ?? 0;
  return (
    <span className="num row">
      {usd(budget.spent_usd)} {words.of} {usd(budget.usd)}
      <Meter share={share} warned={budget.warned} />
      {percent(share)}
      {share >= 1 && <span className="tone-red">{words.exhausted}</span>}
      {share < 1 && budget.warned && <span className="tone-amber">{words.warned}</span>}
      {budget.reserved_usd > 0 && (
        <span className="dim">{words.reserved(usd(budget.reserved_usd))}</span>
      )}
    </span>
  );
}

interface BudgetsProps {
  readonly open: string | undefined;
  readonly go: (what: string) => void;
  readonly may: boolean;
}

function Budgets({ open, go, may }: BudgetsProps) {
  const budgets = useBudgets();
  const remove = useRemoveBudget();
  const [question, setQuestion] = useState<Question>();
  const ask = ({ budget_id: id, subject }: StoredBudget) =>
    setQuestion({
      ...{ title: words.remove, text: words.removeText(subject), verb: words.remove, danger: true },
      act: () => remove.mutate(id, { onError: (error) => tellFailure(words.remove, error) }),
    });
  const known = budgets.data?.pages.flatMap(({ items }) => items) ?? [];
  const edited = useOpened(known, ({ budget_id: id }) => id, open);
  const actions: Column<StoredBudget> = {
    head: '',
    cell: (budget) =>
      may && (
        <RowMenu
          of={budget.subject}
          actions={[
            { word: words.change, act: () => go(budget.budget_id) },
            { word: words.remove, danger: true, act: () => ask(budget) },
          ]}
        />
      ),
  };
  return (
    <section className="card">
      <header>
        <h2>{words.budgets}</h2>
        <span className="dim">{words.budgetsText}</span>
      </header>
      <Paged
        pages={budgets}
        empty={
          <Empty title={words.noBudgets} text={words.noBudgetsText} example={words.budgetExample} />
        }
      >
        {(items) => (
          <ThingTable
            label={words.budgets}
            items={items}
            keyOf={(budget) => budget.budget_id}
            columns={[...COLUMNS, actions]}
          />
        )}
      </Paged>
      <Confirm question={question} close={() => setQuestion(undefined)} />
      {may && edited !== undefined && <BudgetForm budget={edited} close={() => go('')} />}
    </section>
  );
}
