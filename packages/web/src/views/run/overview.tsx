import { useNavigate, useSearch } from '@tanstack/react-router';
import type { JobGraph, RunDetail } from '@tenuto/contract';
import { useMemo } from 'react';
import { useRunGraph, useRunNode, useRunStates } from '../../data/run-graph.ts';
import { runGraphOf } from '../../logic/run-graph.ts';
import { type RunTab, readRunSearch } from '../../logic/run-search.ts';
import type { RunStates } from '../../logic/run-states.ts';
import { useIsNarrow } from '../../ui/narrow.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { GraphLegend } from './graph-legend.tsx';
import { GraphView } from './graph-view.tsx';
import { NodePanel } from './node-panel.tsx';
import { Outcome } from './outcome.tsx';
import { Split } from './split.tsx';
import { Timeline } from './timeline.tsx';
import './graph.css';

const words = RUN_WORDS.graph;

interface Props {
  readonly run: RunDetail;
  readonly node: string | undefined;
  readonly select: (nodeId: string | undefined, tab?: RunTab) => void;
}

/** Graph and timeline side by side; a node that is picked in one is picked in both. */
export function Overview({ run, node, select }: Props) {
  const { data: plan, error, refetch } = useRunGraph(run.run_id);
  const states = useRunStates(run.run_id, `${run.version} ${run.status}`);
  if (plan === undefined && error !== null) {
    return <Failure error={error} again={() => void refetch()} />;
  }
  if (plan === undefined || states === undefined) return <Waiting />;
  if (plan.node_ids.length === 0) return <Empty title={words.none} />;
  return <Shown {...{ run, node, select, plan, states }} />;
}

/** What changes of how the graph is looked at; undefined takes a part back. */
type Looked = { readonly [Part in 'states' | 'open' | 'lit']?: string | undefined };

interface ShownProps extends Props {
  readonly plan: JobGraph;
  readonly states: RunStates;
}

function Shown({ run, node, select, plan, states }: ShownProps) {
  const { instances } = states;
  const graph = useMemo(() => runGraphOf(plan, instances), [plan, instances]);
  const search = useSearch({ from: '/runs/$runId' });
  const navigate = useNavigate({ from: '/runs/$runId' });
  const shown = useMemo(() => new Set(search.states?.split(',') ?? []), [search.states]);
  const look = (change: Looked) =>
    void navigate({ search: (old) => readRunSearch({ ...old, ...change }), replace: true });
  const show = (wanted: ReadonlySet<string>) =>
    look({ states: wanted.size === 0 ? undefined : [...wanted].join(',') });
  const narrow = useIsNarrow();
  const at = node === undefined ? -1 : (graph.indexOf.get(node) ?? -1);
  const mark = at < 0 ? '' : `${states.codes[at]} ${states.attempts[at]}`;
  const { data: picked } = useRunNode(run.run_id, at < 0 ? undefined : node, mark);
  const timeline = (
    <section className="card timeline-card" aria-label={words.timeline}>
      <Timeline {...{ graph, states, shown }} picked={node} pick={(id) => select(id)} />
    </section>
  );
  return (
    <>
      <Outcome run={run} select={select} />
      <GraphLegend {...{ states, shown, show }} />
      {narrow ? (
        timeline
      ) : (
        <Split
          left={
            <section className="card graph-card" aria-label={words.title}>
              <GraphView
                {...{ graph, states, shown, look }}
                picked={node}
                pick={(id) => select(id)}
                open={search.open}
                isCritical={search.lit === 'critical'}
              />
            </section>
          }
          right={timeline}
        />
      )}
      {picked !== undefined && picked.node_id === node && (
        <NodePanel
          run={run}
          node={picked}
          close={() => select(undefined)}
          openLog={() => select(picked.node_id, 'log')}
        />
      )}
    </>
  );
}
