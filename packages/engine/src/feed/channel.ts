/**
 * The feed of one run, as long as somebody follows it here: looks for what is new, adds it to the
 * feed, and wakes those who follow.
 */
import type { RunProgressView } from '@tenuto/contract';
import type { EngineLog } from '../engine-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { FeedLook, FeedRun, RunFeedStore } from '../ports/run-feed-store.ts';
import { nextEntries } from './next-entries.ts';
import { createSeen, type Seen } from './seen.ts';

/** While something happens, and once nothing has for a while. */
const BUSY_LOOK_MS = 200;
const IDLE_LOOK_MS = 1_000;
const IDLE_AFTER_MS = 5_000;
/** How often the memory of this process is asked whether the run has moved. */
const GLANCE_MS = 50;
/** After a look it rests so many times as long as the look has taken: a large run costs more. */
const REST = 3;
const RETRY_MS = 1_000;
/** How far the run is, is told at most four times a second. */
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
  readonly seen: Seen;
  stop(): void;
}

/** @param last number of the last entry, as it was a moment ago */
export function openChannel(runId: string, parts: ChannelParts, last: number): Channel {
  const { clock, log, runs } = parts;
  const seen = createSeen(clock, last);
  const round = createRounds(runId, parts, seen);
  let stopped = false;
  let cancel: () => void = () => undefined;

  async function pump(): Promise<void> {
    let wait: number | undefined;
    try {
      wait = await round();
    } catch (error) {
      log.warn({ run: runId, error: String(error) }, 'a feed was not advanced; it is tried again');
      wait = RETRY_MS;
    }
    if (wait !== undefined && !stopped) rest(wait, runs.moved(runId));
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
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/**
 * Makes the function that looks once and takes the feed as far as one advance leads.
 * It answers after how long to look again; undefined when there is nothing more to come.
 */
function createRounds(runId: string, { store, clock, runs }: ChannelParts, seen: Seen) {
  const noteProgress = createProgressNotes(clock, { runs, seen });
  let busyAt = clock.mono();

  async function take(look: FeedLook): Promise<'more' | 'ended' | 'waiting'> {
    const { head, run } = look;
    const { advance, more } = nextEntries(look, await runs.nodeIds(runId, indexesIn(look)));
    // Whoever was faster has told what there was: the next look sees it.
    if (advance !== undefined && !(await store.advance(advance))) return 'more';
    if (advance !== undefined) busyAt = clock.mono();
    const last = head.last + (advance?.entries.length ?? 0);
    const ended = advance === undefined ? head.state.ended && run.over : advance.state.ended;
    const { known } = seen;
    if (last !== known.last || ended !== known.ended) seen.change({ last, ended });
    if (ended) return 'ended';
    noteProgress(run);
    return more ? 'more' : 'waiting';
  }

  return async function round(): Promise<number | undefined> {
    const began = clock.mono();
    const look = await store.look(runId);
    if (look === undefined) {
      seen.change({ gone: true });
      return undefined;
    }
    const came = await take(look);
    if (came === 'ended') return undefined;
    if (came === 'more') return 0;
    if (look.run.over) return SETTLE_MS;
    const now = clock.mono();
    const pace = now - busyAt < IDLE_AFTER_MS ? BUSY_LOOK_MS : IDLE_LOOK_MS;
    return Math.max(pace, (now - began) * REST);
  };
}

/** Makes the function that tells how far a run is, when that is something new and not too soon. */
function createProgressNotes(
  clock: Clock,
  { runs, seen }: { readonly runs: FeedRuns; readonly seen: Seen },
) {
  let told = { text: '', at: Number.NEGATIVE_INFINITY };
  return function noteProgress(run: FeedRun): void {
    if (clock.mono() - told.at < PROGRESS_MS) return;
    const progress = runs.progress(run);
    const text = JSON.stringify({ ...progress, at: '' });
    if (text === told.text) return;
    told = { text, at: clock.mono() };
    seen.change({ progress });
  };
}

function indexesIn({ parts }: FeedLook): readonly number[] {
  const indexes = new Set<number>();
  for (const { items } of parts) {
    for (const { node = -1 } of items) if (node >= 0) indexes.add(node);
  }
  return [...indexes];
}
