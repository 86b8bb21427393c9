/**
 * The feed of one run, as long as somebody follows it here: looks for what is new, adds it to the
 * feed, and wakes those who follow.
 */
import type { RunProgressView } from '@tenuto/contract';
import type { EngineLog } from '../engine-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { FeedLook, FeedRun, RunFeedStore } from '../ports/run-feed-store.ts';
import { nextEntries } from './next-entries.ts';

/** While something happens, and once nothing has for a while. */
const BUSY_LOOK_MS = 200;
const IDLE_LOOK_MS = 1_000;
const IDLE_AFTER_MS = 5_000;
/** How often the memory of this process is asked whether the run has moved. */
const GLANCE_MS = 50;
/** Of the time of one look so many times as long are not looked: a large run costs more. */
const REST = 3;
const RETRY_MS = 1_000;
/** At most four a second. */
const PROGRESS_MS = 250;
/** A run that is over is looked at again soon: its last lines are still on their way. */
const SETTLE_MS = 150;

/** What a channel needs to know of runs besides the store. */
export interface FeedRuns {
  /** Something that changes whenever the run moves, when it is owned here. */
  moved(runId: string): number | undefined;
  /** How far the run is, by its owner or by its row. */
  progress(run: FeedRun): RunProgressView;
  /** What gives the ids of its nodes by their indexes; these will be asked for. */
  nodeIds(runId: string, indexes: readonly number[]): Promise<(index: number) => string>;
}

export interface ChannelParts {
  readonly store: Pick<RunFeedStore, 'look' | 'advance'>;
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly runs: FeedRuns;
}

export interface Channel {
  /** What those who follow know of the feed. */
  readonly seen: {
    /** Number of the last entry. */
    readonly last: number;
    /** The last entry says that the run is over. */
    readonly ended: boolean;
    /** The run, or its feed, is not there any more. */
    readonly gone: boolean;
    readonly progress: RunProgressView | undefined;
    /** Grows with every change of these. */
    readonly turn: number;
  };
  /** Until something changes after the turn that was seen, for so long at most. */
  next(turn: number, ms: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

export function openChannel(
  runId: string,
  { store, clock, log, runs }: ChannelParts,
  last: number,
): Channel {
  const seen = {
    ...{ last, ended: false, gone: false, turn: 0 },
    progress: undefined as RunProgressView | undefined,
  };
  const waiting = new Set<() => void>();
  let stopped = false;
  let cancel: () => void = () => undefined;
  let busyAt = clock.mono();
  let told = { text: '', at: Number.NEGATIVE_INFINITY };

  function changed(what: Partial<typeof seen>): void {
    Object.assign(seen, what);
    seen.turn += 1;
    for (const resume of [...waiting]) resume();
  }

  /** @returns after how long to look again; undefined when there is nothing more to come */
  async function round(): Promise<number | undefined> {
    const began = clock.mono();
    const look = await store.look(runId);
    if (stopped) return undefined;
    if (look === undefined) {
      changed({ gone: true });
      return undefined;
    }
    const { more, ended } = await take(look);
    if (more) return 0;
    if (ended) return undefined;
    if (look.run.over) return SETTLE_MS;
    const now = clock.mono();
    const pace = now - busyAt < IDLE_AFTER_MS ? BUSY_LOOK_MS : IDLE_LOOK_MS;
    return Math.max(pace, (now - began) * REST);
  }

  async function take(look: FeedLook): Promise<{ more: boolean; ended: boolean }> {
    const { head, run } = look;
    const nodeId = await runs.nodeIds(runId, indexesIn(look));
    const { advance, more } = nextEntries(look, nodeId);
    if (advance === undefined) {
      const ended = head.state.ended && run.over;
      if (head.last !== seen.last || ended !== seen.ended) changed({ last: head.last, ended });
      if (!ended) noteProgress(run);
      return { more, ended };
    }
    // Whoever was faster has told what there was: the next look sees it.
    if (!(await store.advance(advance))) return { more: true, ended: false };
    busyAt = clock.mono();
    const { ended } = advance.state;
    changed({ last: head.last + advance.entries.length, ended });
    if (!ended) noteProgress(run);
    return { more, ended };
  }

  function noteProgress(run: FeedRun): void {
    if (clock.mono() - told.at < PROGRESS_MS) return;
    const progress = runs.progress(run);
    const text = JSON.stringify({ ...progress, at: '' });
    if (text === told.text) return;
    told = { text, at: clock.mono() };
    changed({ progress });
  }

  async function pump(): Promise<void> {
    let wait: number | undefined;
    try {
      wait = await round();
    } catch (error) {
      log.warn({ run: runId, error: String(error) }, 'a feed was not advanced; it is tried again');
      wait = RETRY_MS;
    }
    if (wait === undefined || stopped) return;
    rest(wait, runs.moved(runId));
  }

  /** Waits before the next look; what moves in this process is looked at sooner. */
  function rest(ms: number, moved: number | undefined): void {
    if (ms <= GLANCE_MS || moved === undefined) {
      cancel = clock.after(ms, () => void pump());
      return;
    }
    cancel = clock.after(GLANCE_MS, () => {
      if (runs.moved(runId) === moved) rest(ms - GLANCE_MS, moved);
      else void pump();
    });
  }

  void pump();
  return {
    seen,
    next: (turn, ms, signal) =>
      seen.turn !== turn || signal.aborted
        ? Promise.resolve()
        : untilResumed(waiting, clock, { ms, signal }),
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function untilResumed(
  waiting: Set<() => void>,
  clock: Clock,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve) => {
    const resume = () => {
      cancel();
      waiting.delete(resume);
      signal.removeEventListener('abort', resume);
      resolve();
    };
    const cancel = clock.after(ms, resume);
    waiting.add(resume);
    signal.addEventListener('abort', resume, { once: true });
  });
}

function indexesIn({ parts }: FeedLook): readonly number[] {
  const indexes = new Set<number>();
  for (const { items } of parts) {
    for (const { node = -1 } of items) if (node >= 0) indexes.add(node);
  }
  return [...indexes];
}
