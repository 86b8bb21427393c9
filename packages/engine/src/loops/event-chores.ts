/**
 * What follows from events beside their publishing: runs that were answered are told, windows that
 * are due fire, and what is too old goes. Any server may do any of it; the rows say who was first.
 */
import type { EngineLog } from '../engine-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import { createLoop } from './loop.ts';

const TELL_EVERY_MS = 1_000;
const WINDOWS_EVERY_MS = 1_000;
const UPKEEP_EVERY_MS = 600_000;
const SWEEP_PAUSE_MS = 200;

export interface EventChoresOptions {
  readonly store: Pick<
    EventStore,
    'tellWaiters' | 'closeWindows' | 'nextWindowMs' | 'cleanUp' | 'sweep'
  >;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** Events that are older are given up. */
  readonly retentionMs: number;
  /** Runs whose inbox has something new. */
  told(runIds: readonly string[]): void;
}

export interface EventChores {
  start(): void;
  /** Something was published, or a node waits: looks for what follows now. */
  wake(): void;
  /** Deletes what was given up, soon. */
  sweep(): void;
  stop(): Promise<void>;
}

export function createEventChores(options: EventChoresOptions): EventChores {
  const { store, clock, log, retentionMs, told } = options;
  const onError = (name: string, error: unknown) =>
    log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again');
  const telling = createLoop({
    ...{ name: 'event answers', clock, everyMs: TELL_EVERY_MS, onError },
    async runOnce() {
      const runIds = await store.tellWaiters();
      if (runIds.length > 0) told(runIds);
      return runIds.length > 0 ? 0 : undefined;
    },
  });
  const windows = createLoop({
    ...{ name: 'event windows', clock, everyMs: WINDOWS_EVERY_MS, onError },
    async runOnce() {
      if ((await store.closeWindows()) > 0) return 0;
      return Math.min(WINDOWS_EVERY_MS, (await store.nextWindowMs()) ?? WINDOWS_EVERY_MS);
    },
  });
  const upkeep = createLoop({
    ...{ name: 'event upkeep', clock, everyMs: UPKEEP_EVERY_MS, onError },
    async runOnce() {
      await store.cleanUp(retentionMs);
      return (await store.sweep()) > 0 ? SWEEP_PAUSE_MS : undefined;
    },
  });
  const loops = [telling, windows, upkeep];
  return {
    start() {
      for (const loop of loops) loop.start();
    },
    wake() {
      telling.wake();
      windows.wake();
    },
    sweep: upkeep.wake,
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
