import type { RunDetail } from '@tenuto/contract';
import { useDeferredValue, useMemo, useState } from 'react';
import {
  isFiltered,
  type LogFilter,
  type LogOf,
  useLogEnds,
  useLogMatches,
} from '../../data/logs.ts';
import { useRunGraph, useRunNode, useRunStates } from '../../data/run-graph.ts';
import { useAttempts } from '../../data/runs.ts';
import { nodeIds, worthReading } from '../../logic/log-nodes.ts';
import { readLine, withEnds } from '../../logic/log-rows.ts';
import { isOver } from '../../logic/status.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { LOG_WORDS as words } from '../../words-log.ts';
import { LogBar, type LogLook } from './log-bar.tsx';
import { LogLines } from './log-lines.tsx';
import { LogMatches } from './log-matches.tsx';
import './log.css';

interface Props {
  readonly run: RunDetail;
  readonly node: string | undefined;
  /** The line that the address points to. */
  readonly line: string | undefined;
  readonly select: (nodeId: string | undefined, line?: string) => void;
}

/** What a node has said, as it says it. */
export function LogTab({ run, node, line, select }: Props) {
  const { nodes, first } = useNodes(run);
  const shown = node ?? first;
  const nodeCount = Object.values(run.counts).reduce((sum, one) => sum + one, 0);
  const goesOn = !isOver(run.status);
  const of: LogOf = { runId: run.run_id, nodeId: shown, goesOn, follows: nodeCount <= 1_000 };
  const { data: written, error, refetch } = useLogEnds(of);
  const { data: ended } = useAttempts(run.run_id, shown, shown !== undefined);
  const ends = useMemo(() => written && ended && withEnds(written, ended), [written, ended]);
  const [look, setLook] = useState<LogLook>(FIRST_LOOK);
  const [follow, setFollow] = useState(line === undefined);
  const text = useDeferredValue(look.text.trim());
  const filter: LogFilter = { text, stream: look.stream };
  const matches = useLogMatches(of, filter);
  const found = isFiltered(filter) ? (matches.data?.pages.flatMap(({ items }) => items) ?? []) : [];
  const listed = look.stream !== undefined || (look.only && text !== '');
  const [at, setAt] = useState(0);
  const point = (to: string | undefined) => {
    setFollow(false);
    select(shown, to);
  };
  const step = (by: number) => {
    const next = (at + by + found.length) % Math.max(1, found.length);
    setAt(next);
    const match = found[next];
    if (match !== undefined) point(`${match.attempt}.${match.seq}`);
  };
  const all = (ends ?? []).reduce((sum, { last }) => sum + last, 0);
  return (
    <div className="card log">
      <LogBar
        {...{ run, nodes, shown, look, all, at, follow, setFollow, step }}
        select={(to) => select(to)}
        change={(change) => {
          setLook({ ...look, ...change });
          if (change.text !== undefined) setAt(-1);
        }}
        found={isFiltered(filter) && matches.data ? found.length : undefined}
        hasMore={matches.hasNextPage}
      />
      {error !== null && ends === undefined && (
        <Failure error={error} again={() => void refetch()} />
      )}
      {ends === undefined && error === null && <Waiting />}
      {ends?.length === 0 && <Silent run={run} node={shown} />}
      {ends !== undefined && ends.length > 0 && !listed && (
        <LogLines
          key={shown}
          {...{ of, ends, look, text, follow, setFollow, point }}
          target={readLine(line)}
        />
      )}
      {ends !== undefined && ends.length > 0 && listed && (
        <LogMatches
          {...{ found, look, text }}
          isReading={matches.isFetching}
          more={matches.hasNextPage ? () => void matches.fetchNextPage() : undefined}
          show={(to) => {
            setLook({ ...look, stream: undefined, only: false });
            point(to);
          }}
        />
      )}
    </div>
  );
}

interface SilentProps {
  readonly run: RunDetail;
  readonly node: string | undefined;
}

/** Why there is no line, where that is known. */
function Silent({ run, node }: SilentProps) {
  const { data } = useRunNode(run.run_id, node, `${run.version}`);
  return <Empty title={words.empty} text={data?.error?.message ?? words.emptyText} />;
}

const NONE: readonly string[] = [];

/** The nodes that have a log, however many, and the one that is shown while none is chosen. */
function useNodes(run: RunDetail) {
  const { data: graph } = useRunGraph(run.run_id);
  const states = useRunStates(run.run_id, `${run.version} ${run.status}`);
  const made = states?.instances;
  // Which nodes there are changes with what is made of patterns, ten times a second only how they stand.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  const nodes = useMemo(() => (graph && states ? nodeIds(graph, states) : NONE), [graph, made]);
  return { nodes, first: graph && states && worthReading(graph, states) };
}

const FIRST_LOOK: LogLook = { text: '', stream: undefined, only: false, times: true, wrap: true };
