import { Button, Switch, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useCandidates, useComparison } from '../../data/compare.ts';
import { comparedIds } from '../../logic/compare-search.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { COMPARE_WORDS as words } from '../../words-compare.ts';
import { ComparedNodes } from './compared-nodes.tsx';
import { ComparedParts } from './compared-parts.tsx';
import { ComparedRuns } from './compared-runs.tsx';
import './compare.css';

const MOST_RUNS = 4;

/** Two to four runs side by side, and which ones. */
export function ComparePage() {
  const search = useSearch({ from: '/compare' });
  const navigate = useNavigate();
  const ids = comparedIds(search);
  const [pages, setPages] = useState(1);
  const { data, error, refetch, isFetching } = useComparison(ids, search.all === 'yes', pages);
  const set = (next: readonly string[], all = search.all) =>
    void navigate({
      to: '/compare',
      search: { ...(next.length > 0 && { ids: next.join(',') }), ...(all && { all }) },
    });
  const isWhole = ids.length >= 2;
  return (
    <Page title={words.title}>
      <div className="stack">
        {ids.length === 0 && (
          <Empty title={words.none} text={words.noneText} example={words.noneExample} />
        )}
        {isWhole && data === undefined && error === null && <Waiting rows={8} />}
        {isWhole && error !== null && <Failure error={error} again={() => void refetch()} />}
        {isWhole && data !== undefined && error === null && (
          <>
            <ComparedRuns comparison={data} take={(id) => set(ids.filter((one) => one !== id))} />
            <Switch
              size="xs"
              label={words.all}
              checked={search.all === 'yes'}
              onChange={(event) => set(ids, event.currentTarget.checked ? 'yes' : undefined)}
            />
            <ComparedNodes
              comparison={data}
              more={() => setPages(pages + 1)}
              isReading={isFetching}
            />
            <ComparedParts comparison={data} />
          </>
        )}
        {ids.length < MOST_RUNS && <Choose ids={ids} add={(id) => set([...ids, id])} />}
      </div>
    </Page>
  );
}

interface ChooseProps {
  readonly ids: readonly string[];
  readonly add: (id: string) => void;
}

/** Which run to put beside those that are there. */
function Choose({ ids, add }: ChooseProps) {
  const { data, error, refetch } = useCandidates(ids[0]);
  const [typed, setTyped] = useState('');
  const others = (data ?? []).filter(({ run }) => !ids.includes(run.run_id));
  return (
    <section className="card">
      <header>
        <h2>{words.pick}</h2>
      </header>
      <div className="card-body stack">
        {error !== null && <Failure error={error} again={() => void refetch()} />}
        {ids.length > 0 && error === null && (
          <p className="dim">{others.length > 0 ? words.pickText : words.pickNone}</p>
        )}
        <ul className="candidates">
          {others.map(({ run, why }) => (
            <li key={run.run_id}>
              <Button variant="default" size="compact-sm" onClick={() => add(run.run_id)}>
                {words.add}
              </Button>
              <StatusMark status={run.status} />
              <span className="cut">{run.name}</span>
              <code>{run.run_id.slice(-8)}</code>
              <When at={run.created_at} />
              <span className="dim">{words[why]}</span>
            </li>
          ))}
        </ul>
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() !== '') add(typed.trim());
            setTyped('');
          }}
        >
          <TextInput
            aria-label={words.id}
            placeholder={words.id}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            maxLength={36}
          />
          <Button type="submit" variant="default" disabled={typed.trim() === ''}>
            {words.add}
          </Button>
        </form>
      </div>
    </section>
  );
}
