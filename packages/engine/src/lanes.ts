import { createJournal, type Journal, type JournalListener } from './journal.ts';
import type { Clock } from './ports/clock.ts';
import type { EngineStore, Lane } from './ports/store.ts';

/** The journals of an engine under one epoch. A run stays in the lane that it was put into. */
export interface Lanes {
  /** The lane with the least to do. */
  pick(): Journal;
  backlog(): number;
  promoteStarts(): void;
  /** Writes nothing more and closes the connections. */
  close(): Promise<void>;
}

export async function openLanes(
  store: EngineStore,
  key: { readonly engineId: string; readonly epoch: number; readonly lanes: number },
  { clock, listener }: { readonly clock: Clock; readonly listener: JournalListener },
): Promise<Lanes> {
  const opened: { lane: Lane; journal: Journal }[] = [];
  async function close(): Promise<void> {
    for (const { journal } of opened) journal.abandon();
    await Promise.allSettled(opened.map(({ lane }) => lane.close()));
  }
  try {
    for (let lane = 0; lane < key.lanes; lane += 1) {
      const connection = await store.openLane({ engineId: key.engineId, lane, epoch: key.epoch });
      opened.push({ lane: connection, journal: createJournal(connection, clock, listener) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const journals = opened.map(({ journal }) => journal);
  const [first, ...others] = journals;
  if (first === undefined) throw new RangeError('an engine needs at least one lane');
  return {
    pick: () =>
      others.reduce((best, lane) => (lane.backlog() < best.backlog() ? lane : best), first),
    backlog: () => journals.reduce((sum, journal) => sum + journal.backlog(), 0),
    promoteStarts() {
      for (const journal of journals) journal.promoteStarts();
    },
    close,
  };
}
