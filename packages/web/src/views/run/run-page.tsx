import { Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { RunDetail } from '@tenuto/contract';
import { lazy } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { patiently } from '../../data/patience.ts';
import { isMissing } from '../../data/query-client.ts';
import { useGraphAhead } from '../../data/run-graph.ts';
import { useExplanation, useRun } from '../../data/runs.ts';
import {
  lookedAt,
  openTab,
  RUN_TABS,
  type RunSearch,
  type RunTab,
} from '../../logic/run-search.ts';
import { isOver } from '../../logic/status.ts';
import { useFavicon } from '../../ui/favicon.ts';
import { Failure } from '../../ui/notice.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Part } from '../../ui/part.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { Explain } from './explain.tsx';
import { RunHeader } from './run-header.tsx';
import './run.css';

// Most who come see it first: it is fetched while the run is still being read.
const overview = import('./overview.tsx');
const Overview = lazy(patiently(async () => ({ default: (await overview).Overview })));
const Decisions = lazy(
  patiently(async () => ({ default: (await import('./decisions.tsx')).Decisions })),
);
const LogTab = lazy(patiently(async () => ({ default: (await import('./log-tab.tsx')).LogTab })));
const TestsTab = lazy(
  patiently(async () => ({ default: (await import('./tests-tab.tsx')).TestsTab })),
);
const PhasesTab = lazy(
  patiently(async () => ({ default: (await import('./phases-tab.tsx')).PhasesTab })),
);
const ArtifactsTab = lazy(
  patiently(async () => ({
    default: (await import('./artifacts-tab.tsx')).ArtifactsTab,
  })),
);
const CostTab = lazy(
  patiently(async () => ({ default: (await import('./cost-tab.tsx')).CostTab })),
);
const HistoryTab = lazy(
  patiently(async () => ({ default: (await import('./history-tab.tsx')).HistoryTab })),
);
const PlanTab = lazy(
  patiently(async () => ({ default: (await import('./plan-tab.tsx')).PlanTab })),
);

/** One run: how it stands, why, and everything that is known of it. */
export function RunPage() {
  const { runId } = useParams({ from: '/runs/$runId' });
  const search = useSearch({ from: '/runs/$runId' });
  const { data, error, refetch } = useRun(runId);
  const hasPhases = data !== undefined && data.phases.length > 0;
  useGraphAhead(runId, openTab(search, hasPhases) === 'overview');
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
  const hasPhases = run.phases.length > 0;
  const tab = openTab(search, hasPhases);
  const tabs = RUN_TABS.filter((one) => one !== 'phases' || hasPhases);
  const go = (next: RunSearch) =>
    void navigate({
      to: '/runs/$runId',
      params: { runId: run.run_id },
      search: next,
      replace: next.tab === search.tab,
    });
  const select = (node: string | undefined, at: RunTab = tab) =>
    go({
      ...((at !== 'overview' || hasPhases) && { tab: at }),
      ...(node !== undefined && { node }),
      ...lookedAt(search),
    });
  const showNode = (node: string) => select(node, tab === 'phases' ? 'overview' : tab);
  return (
    <div className={`page run-page ${tab === 'overview' && search.node ? 'with-panel' : ''}`}>
      <RunHeader run={run} node={search.node} />
      <Explain run={run} select={showNode} />
      <Asked run={run} />
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
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {RUN_WORDS.page.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Panels {...{ run, search, go, select }} />
      </Tabs>
    </div>
  );
}

/** Only runs that ask something of people have what it takes loaded. */
function Asked({ run }: { readonly run: RunDetail }) {
  const { data } = useExplanation(run.run_id);
  const { approval, intervention } = data?.causes ?? {};
  if (isOver(run.status) || (approval === undefined && intervention === undefined)) return null;
  return (
    <Part fallback={null}>
      <Decisions runId={run.run_id} />
    </Part>
  );
}

interface PanelsProps {
  readonly run: RunDetail;
  readonly search: RunSearch;
  readonly go: (search: RunSearch) => void;
  readonly select: (node: string | undefined, tab?: RunTab) => void;
}

function Panels({ run, search, go, select }: PanelsProps) {
  return (
    <Part key={search.tab} fallback={<Waiting rows={8} />}>
      <Tabs.Panel value="phases">
        <PhasesTab run={run} search={search} go={go} />
      </Tabs.Panel>
      <Tabs.Panel value="overview">
        <Overview run={run} node={search.node} select={select} />
      </Tabs.Panel>
      <Tabs.Panel value="log">
        <LogTab
          run={run}
          node={search.node}
          line={search.line}
          select={(node, line) => go({ tab: 'log', ...(node && { node }), ...(line && { line }) })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="tests">
        <TestsTab run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="artifacts">
        <ArtifactsTab
          run={run}
          file={search.file}
          open={(file) => go({ tab: 'artifacts', ...(file !== undefined && { file }) })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="cost">
        <CostTab run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="history">
        <HistoryTab run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="plan">
        <PlanTab run={run} />
      </Tabs.Panel>
    </Part>
  );
}
