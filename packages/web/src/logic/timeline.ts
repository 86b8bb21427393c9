import type { Attempt, JobNode } from '@tenuto/contract';
import type { CardStatus } from './graph.ts';
import { shownStatus } from './status.ts';

/** One attempt, or a wait between two, as a bar. Times in milliseconds since the epoch. */
export interface Bar {
  readonly kind: 'attempt' | 'wait';
  readonly from: number;
  /** Null while it goes on. */
  readonly to: number | null;
  readonly status: JobNode['status'] | Attempt['status'];
  readonly attempt: number;
}

export interface Row {
  readonly nodeId: string;
  readonly label: string;
  readonly status: CardStatus;
  readonly bars: readonly Bar[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A row for each node, in the order in which they began; those that have not come last. */
export function rowsOf(nodes: readonly JobNode[], attempts: readonly Attempt[]): readonly Row[] {
  const byNode = Map.groupBy(attempts, ({ node_id }) => node_id);
  const rows = nodes.map((node) => rowOf(node, byNode.get(node.node_id) ?? []));
  const start = (row: Row) => row.bars[0]?.from ?? Number.POSITIVE_INFINITY;
  return rows.toSorted((a, b) => {
    const [x, y] = [start(a), start(b)];
    return x === y ? 0 : x - y;
  });
}

function rowOf(node: JobNode, attempts: readonly Attempt[]): Row {
  const ended = attempts
    .filter((one) => one.started_at !== null)
    .map((one) => attemptBar(one))
    .toSorted((a, b) => a.from - b.from);
  const { node_id: nodeId } = node;
  const status = shownStatus(node);
  const bars = ended.length > 0 ? [...ended, ...current(node, ended)] : wholeNode(node);
  return { nodeId, label: node.name ?? nodeId, status, bars: withWaits(bars, node) };
}

function attemptBar({ started_at, completed_at, status, attempt }: Attempt): Bar {
  return {
    ...{ kind: 'attempt', status, attempt },
    from: Date.parse(started_at ?? completed_at),
    to: Date.parse(completed_at),
  };
}

/** What runs now has no attempt among those that have ended. */
function current(node: JobNode, ended: readonly Bar[]): readonly Bar[] {
  if (node.status !== 'running') return [];
  const from = Math.max(...ended.map(({ to, from }) => to ?? from));
  return [{ kind: 'attempt', status: 'running', attempt: ended.length + 1, from, to: null }];
}

/** Without its attempts a node is one bar from its start to its end. */
function wholeNode(node: JobNode): readonly Bar[] {
  if (node.started_at === null) return [];
  const to = node.completed_at === null ? null : Date.parse(node.completed_at);
  const { status, attempts } = node;
  return [
    {
      kind: 'attempt',
      status,
      attempt: Math.max(1, attempts),
      from: Date.parse(node.started_at),
      to,
    },
  ];
}

/** Between two attempts lies a wait; a node that waits now waits since its last attempt. */
function withWaits(bars: readonly Bar[], node: JobNode): readonly Bar[] {
  const waits = bars.flatMap((bar, index): Bar[] => {
    const next = bars[index + 1];
    if (bar.to === null) return [];
    if (next === undefined) {
      const waitsNow = node.status === 'waiting' || node.status === 'ready';
      return waitsNow ? [wait(bar, null)] : [];
    }
    return next.from > bar.to ? [wait(bar, next.from)] : [];
  });
  return [...bars, ...waits].toSorted((a, b) => a.from - b.from);
}

function wait(behind: Bar, to: number | null): Bar {
  return { kind: 'wait', status: 'waiting', attempt: behind.attempt, from: behind.to ?? 0, to };
}

/** From the first bar to the last end, or to now while something goes on. */
export function spanOf(rows: readonly Row[], now: number): Span {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { bars } of rows) {
    for (const bar of bars) {
      from = Math.min(from, bar.from);
      to = Math.max(to, bar.to ?? now);
    }
  }
  if (from > to) return { from: now, to: now + 1_000 };
  return { from, to: Math.max(to, from + 1) };
}

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
];

/** Round distances from the start of a span, at most `most` of them. */
export function ticksOf({ from, to }: Span, most: number): readonly number[] {
  const length = to - from;
  const last = STEPS_MS.at(-1) ?? 1;
  const step =
    STEPS_MS.find((one) => length / one <= most) ?? Math.ceil(length / most / last) * last;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}

/** A part of a span, around a point of it, so many times shorter; never beyond the whole. */
export function zoom(whole: Span, shown: Span, factor: number, at: number): Span {
  const length = Math.min(whole.to - whole.from, Math.max(1, (shown.to - shown.from) / factor));
  const part = (at - shown.from) / (shown.to - shown.from);
  const from = Math.min(Math.max(whole.from, at - part * length), whole.to - length);
  return { from, to: from + length };
}
