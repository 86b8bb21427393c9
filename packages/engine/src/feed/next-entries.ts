/** What comes next in a run's feed, from what a look has found. */
import { formatTime, type JsonObject, type RunStatus } from '@tenuto/contract';
import type {
  FeedAdvance,
  FeedChange,
  FeedItem,
  FeedLook,
  FeedPart,
  FeedRun,
  FeedState,
  NewFeedEntry,
} from '../ports/run-feed-store.ts';
import { errorIn, textIn } from './entry-parts.ts';
import { mergeInTime } from './merge.ts';

/** Entries and bytes of one advance: one short statement, and little to hold at once. */
const MOST_ITEMS = 1_000;
const MOST_BYTES = 2_097_152;
/**
 * Attempts write their lines behind the journal: so long after its end nothing more comes of a run
 * whose engines live.
 */
const SETTLED_MS = 1_000;

export interface NextEntries {
  /** Undefined when nothing has changed. */
  readonly advance: FeedAdvance | undefined;
  /** There is more to be told right away. */
  readonly more: boolean;
}

/**
 * @param nodeId the id of a node by its index
 */
export function nextEntries(look: FeedLook, nodeId: (index: number) => string): NextEntries {
  const { head, run } = look;
  if (head.state.ended && run.over) return { advance: undefined, more: false };
  const merged = mergeInTime([startOf(look), ...look.parts], MOST_ITEMS);
  const telling = createTelling({ ...head.state, ended: false });
  if (head.state.status === null) tellBirth(telling, run);
  let taken = 0;
  for (const item of merged.items) {
    if (taken > 0 && telling.bytes > MOST_BYTES) break;
    tell(telling, item, nodeId);
    taken += 1;
  }
  const more = merged.more || taken < merged.items.length;
  if (!more && run.over) tellEnd(telling, run, taken === 0);
  const { entries, state, lines } = telling;
  const advanced = entries.length > 0 || lines.size > 0 || !isSame(state, head.state);
  const advance = { head, entries, state, lines: [...lines.values()] };
  return { advance: advanced ? advance : undefined, more };
}

/** Whatever clocks say, a run was made before anything happened to it. */
function tellBirth(telling: Telling, { createdAt, scheduledAt }: FeedRun): void {
  tellChange(telling, createdAt, { to: 'pending' });
  tellChange(telling, createdAt, { to: scheduledAt === null ? 'queued' : 'scheduled' });
}

/** That a run has begun is told by its row. */
function startOf({ head: { state }, run: { startedAt } }: FeedLook): FeedPart {
  const begins = !state.begun && startedAt !== null;
  const begun = { at: startedAt ?? 0, begun: true, change: { to: 'running' } } as const;
  return { items: begins ? [begun] : [], more: false };
}

interface Telling {
  state: FeedState;
  readonly entries: NewFeedEntry[];
  /** The last line of each attempt. */
  readonly lines: Map<string, NonNullable<FeedItem['line']>>;
  bytes: number;
}

function createTelling(state: FeedState): Telling {
  return { state, entries: [], lines: new Map(), bytes: 0 };
}

function tell(telling: Telling, item: FeedItem, nodeId: (index: number) => string): void {
  const { at, seq, line, key = null, change, entry, node = -1 } = item;
  if (change !== undefined) tellChange(telling, at, change);
  if (seq !== undefined) telling.state = { ...telling.state, seq };
  if (item.begun === true) telling.state = { ...telling.state, begun: true };
  if (line !== undefined) telling.lines.set(`${line.node} ${line.attempt}`, line);
  if (entry === undefined) return;
  const { type, ...rest } = entry;
  const which = NODELESS.has(String(type)) ? {} : { node_id: node < 0 ? null : nodeId(node) };
  push(telling, at, { ...(type !== undefined && { type }), ...which, ...rest }, key);
}

/** Entries that are never about a node. */
const NODELESS = new Set(['run', 'end']);

/**
 * A status that is told already is not told again; one that a change leads away from and that nothing
 * else has told of, such as an end that somebody has taken back, is told before it.
 */
function tellChange(telling: Telling, at: number, change: FeedChange): void {
  const { to, from, reason = null, actor = null } = change;
  const last = telling.state.status;
  if (to === last && (from ?? to) === to) return;
  if (from !== undefined && from !== last && last !== null) {
    const end = { to: from, reason: change.endReason ?? null, actor: null };
    pushChange(telling, change.endedAt ?? at, end);
  }
  pushChange(telling, at, { to, reason, actor });
}

function pushChange(
  telling: Telling,
  at: number,
  {
    to,
    reason,
    actor,
  }: { readonly to: RunStatus; readonly reason: string | null; readonly actor: string | null },
): void {
  push(telling, at, { type: 'run', from: telling.state.status, to, reason, actor }, null);
  telling.state = { ...telling.state, status: to };
}

function tellEnd(telling: Telling, run: FeedRun, quiet: boolean): void {
  const at = run.completedAt ?? run.createdAt;
  const { status, progress } = run;
  const error = errorIn(progress?.error);
  if (telling.state.status !== status) {
    const reason = status === 'failed' || status === 'timeout' ? (error?.message ?? null) : null;
    pushChange(telling, at, { to: status, reason: textIn(reason), actor: null });
  }
  if (!quiet || run.overForMs < SETTLED_MS) return;
  const none = { pending: run.nodeCount, running: 0, completed: 0, failed: 0, skipped: 0 };
  const durationMs = run.startedAt === null ? null : Math.max(0, Math.round(at - run.startedAt));
  const counts = { ...none, ...progress?.counts };
  push(telling, at, { type: 'end', status, counts, duration_ms: durationMs, error }, null);
  telling.state = { ...telling.state, ended: true };
}

function push(telling: Telling, at: number, entry: JsonObject, key: string | null): void {
  const text = JSON.stringify({ at: formatTime(at), ...entry });
  telling.bytes += text.length;
  telling.entries.push({ key, text });
}

function isSame(a: FeedState, b: FeedState): boolean {
  return a.seq === b.seq && a.status === b.status && a.begun === b.begun && a.ended === b.ended;
}
