import { Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { RunDetail } from '@tenuto/contract';
import { lazy, Suspense } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { isMissing } from '../../data/query-client.ts';
import { useRun } from '../../data/runs.ts';
import { RUN_TABS, type RunSearch, type RunTab } from '../../logic/run-search.ts';
import { useFavicon } from '../../ui/favicon.ts';
import { Failure } from '../../ui/notice.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { Explain } from './explain.tsx';
import { RunHeader } from './run-header.tsx';
import './run.css';

const Overview = lazy(async () => ({ default: (await import('./overview.tsx')).Overview }));
const LogTab = lazy(async () => ({ default: (await import('./log-tab.tsx')).LogTab }));
const HistoryTab = lazy(async () => ({ default: (await import('./history-tab.tsx')).HistoryTab }));
const PlanTab = lazy(async () => ({ default: (await import('./plan-tab.tsx')).PlanTab }));

/** One run: how it stands, why, and everything that is known of it. */
export function RunPage() {
  const { runId } = useParams({ from: '/runs/$runId' });
  const { data, error, refetch } = useRun(runId);
  if (isMissing(error)) return <NoSuchPage />;
  if (data === undefined && error !== null) {
    return (
      <div className="page">
        <Failure error={error} again={() => void refetch()} />
      </div>
    );
  }
  return data === undefined ? <Waiting rows={10} /> : <Found key={runId} run={data} />;
}

function Found({ run }: { readonly run: RunDetail }) {
  const search = useSearch({ from: '/runs/$runId' });
  const navigate = useNavigate();
  useTitle(run.name);
  useFavicon(run.status);
  const tab = search.tab ?? 'overview';
  const go = (next: RunSearch) =>
    void navigate({
      to: '/runs/$runId',
      params: { runId: run.run_id },
      search: next,
      replace: next.tab === search.tab,
    });
  const select = (node: string | undefined, at: RunTab = tab) =>
    go({ ...(at !== 'overview' && { tab: at }), ...(node !== undefined && { node }) });
  return (
    <div className={`page run-page ${tab === 'overview' && search.node ? 'with-panel' : ''}`}>
      <RunHeader run={run} />
      <Explain run={run} select={(node) => select(node)} />
      <Tabs
        value={tab}
        onChange={(value) =>
          select(
            search.node,
            RUN_TABS.find((one) => one === value),
          )
        }
        keepMounted={false}
      >
        <Tabs.List>
          {RUN_TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {RUN_WORDS.page.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Suspense fallback={<Waiting rows={8} />}>
          <Tabs.Panel value="overview">
            <Overview run={run} node={search.node} select={select} />
          </Tabs.Panel>
          <Tabs.Panel value="log">
            <LogTab run={run} node={search.node} select={(node) => select(node)} />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <HistoryTab run={run} />
          </Tabs.Panel>
          <Tabs.Panel value="plan">
            <PlanTab run={run} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </div>
  );
}
