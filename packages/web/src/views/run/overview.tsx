import type { RunDetail } from '@tenuto/contract';
import { lazy, Suspense, useMemo } from 'react';
import { useAttempts, useOtherNodes, useRunNodes } from '../../data/runs.ts';
import { count } from '../../logic/format.ts';
import type { RunTab } from '../../logic/run-search.ts';
import { useIsNarrow } from '../../ui/narrow.ts';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { NodePanel } from './node-panel.tsx';
import { Timeline } from './timeline.tsx';

const GraphView = lazy(async () => ({ default: (await import('./graph-view.tsx')).GraphView }));

/** Up to so many nodes every attempt is drawn; beyond it each node is one bar. */
const ATTEMPTS_OF_NODES = 200;

interface Props {
  readonly run: RunDetail;
  readonly node: string | undefined;
  readonly select: (nodeId: string | undefined, tab?: RunTab) => void;
}

/** Graph and timeline side by side; a node that is picked in one is picked in both. */
export function Overview({ run, node, select }: Props) {
  const { data: job, error, refetch } = useRunNodes(run.run_id);
  const isSmall = job !== undefined && job.node_count <= ATTEMPTS_OF_NODES;
  const { data: attempts = [] } = useAttempts(run.run_id, undefined, isSmall);
  const narrow = useIsNarrow();
  const known = job?.nodes?.length ?? 0;
  const { data: others } = useOtherNodes(run.run_id, { known, all: job?.node_count ?? 0 });
  const nodes = useMemo(() => [...(job?.nodes ?? []), ...(others ?? [])], [job, others]);
  if (job === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  const picked = nodes.find(({ node_id }) => node_id === node);
  const omitted = job.node_count - nodes.length;
  return (
    <>
      {omitted > 0 && (
        <p className="dim omitted">
          {RUN_WORDS.graph.omitted(count(nodes.length), count(nodes.length + omitted))}
        </p>
      )}
      <div className="overview">
        {!narrow && (
          <section className="card graph-card" aria-label={RUN_WORDS.graph.title}>
            <Suspense fallback={<Waiting />}>
              <GraphView nodes={nodes} picked={node} pick={(id) => select(id)} />
            </Suspense>
          </section>
        )}
        <section className="card" aria-label={RUN_WORDS.graph.timeline}>
          <Timeline nodes={nodes} attempts={attempts} picked={node} pick={(id) => select(id)} />
        </section>
      </div>
      {picked !== undefined && (
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
