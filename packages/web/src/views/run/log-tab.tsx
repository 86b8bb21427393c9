import { Button, Select, Switch, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { JobNode, LogLine, RunDetail } from '@tenuto/contract';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLog } from '../../data/logs.ts';
import { useRunNodes } from '../../data/runs.ts';
import { count, exact, timeOfDay } from '../../logic/format.ts';
import { matching, plain } from '../../logic/log-lines.ts';
import { isOver } from '../../logic/status.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { saveText } from '../../ui/save-text.ts';
import { Waiting } from '../../ui/skeleton.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.log;

interface Props {
  readonly run: RunDetail;
  readonly node: string | undefined;
  readonly select: (nodeId: string | undefined) => void;
}

/** What a node has said, as it says it. */
export function LogTab({ run, node, select }: Props) {
  const { data: job } = useRunNodes(run.run_id);
  const nodes = job?.nodes ?? [];
  const shown = node ?? worthReading(nodes)?.node_id;
  const goesOn = !isOver(run.status);
  const { data: log, error, refetch } = useLog(run.run_id, shown, goesOn);
  const [search, setSearch] = useState('');
  const [follow, setFollow] = useState(true);
  const lines = useMemo(() => matching(log?.lines ?? [], search), [log, search]);
  return (
    <div className="card log">
      <header>
        <Select
          aria-label={words.node}
          placeholder={words.node}
          data={nodes.map(({ node_id, name }) => ({ value: node_id, label: name ?? node_id }))}
          value={shown ?? null}
          onChange={(value) => select(value ?? undefined)}
          searchable
          limit={100}
        />
        <TextInput
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          data-search
        />
        <Switch
          size="xs"
          label={words.follow}
          checked={follow}
          onChange={(event) => setFollow(event.currentTarget.checked)}
        />
        <span className="grow" />
        <span className="dim">{words.lines(count(lines.length), count(log?.total ?? 0))}</span>
        <Button
          variant="default"
          disabled={lines.length === 0}
          onClick={() =>
            saveText(`${run.name}-${shown}.log`, lines.map(({ text }) => text).join('\n'))
          }
        >
          {words.download}
        </Button>
      </header>
      {error !== null && log === undefined && (
        <Failure error={error} again={() => void refetch()} />
      )}
      {log === undefined && error === null && <Waiting />}
      {log !== undefined && lines.length === 0 && (
        <Empty title={words.empty} text={words.emptyText} />
      )}
      {lines.length > 0 && <Lines lines={lines} follow={follow} stop={() => setFollow(false)} />}
    </div>
  );
}

/** The node whose log most people come for. */
function worthReading(nodes: readonly JobNode[]): JobNode | undefined {
  const first = (...wanted: readonly JobNode['status'][]) =>
    nodes.find(({ status }) => wanted.includes(status));
  return first('failed', 'timeout') ?? first('running') ?? first('completed') ?? nodes[0];
}

interface LinesProps {
  readonly lines: readonly LogLine[];
  readonly follow: boolean;
  readonly stop: () => void;
}

const LINE_PX = 19;

function Lines({ lines, follow, stop }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  useEffect(() => {
    if (follow) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follow, lines.length, virtual]);
  return (
    <div
      className="log-lines"
      role="log"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys.
      tabIndex={0}
      onWheel={(event) => event.deltaY < 0 && stop()}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index];
          if (line === undefined) return null;
          const isNew = index === 0 || lines[index - 1]?.attempt !== line.attempt;
          return (
            <div
              key={String(key)}
              ref={virtual.measureElement}
              data-index={index}
              className={`log-line log-${line.stream === 'stderr' ? 'error' : 'text'}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              {isNew && <span className="log-attempt">{words.attempt(line.attempt)}</span>}
              <time dateTime={line.at} title={exact(Date.parse(line.at))}>
                {timeOfDay(Date.parse(line.at))}
              </time>
              <span className="log-words">{plain(line.text)}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
