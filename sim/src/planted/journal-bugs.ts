/** Bugs in how an engine writes its journal: what it makes of a flush, and of its answer. */
import {
  type Batch,
  type Clock,
  type EngineStore,
  type FlushResult,
  type Lane,
  StoreFault,
} from '@tenuto/engine';
import type { EngineBug } from './bug.ts';

const COMMITTED: FlushResult = { outcome: 'committed', duplicates: [], refused: [] };
const AGAIN_MS = 20;

/** A bug of the lanes that a store opens. */
function ofLanes(change: (lane: Lane, clock: Clock) => Lane['flush']): EngineBug {
  return {
    store: (store: EngineStore, clock: Clock) => ({
      ...store,
      async openLane(key) {
        const lane = await store.openLane(key);
        return { flush: change(lane, clock), close: () => lane.close() };
      },
    }),
  };
}

const isAway = (error: unknown) => error instanceof StoreFault && error.kind === 'unavailable';

/** Starts are sent, and acted on before anything is heard of them. */
const startsBeforeCommit = ofLanes((lane, clock) => {
  let before: Promise<unknown> = Promise.resolve();
  return (batch) => {
    const sent = before.then(() =>
      hasOnlyStarts(batch) ? untilSettled(lane, batch, clock) : lane.flush(batch),
    );
    if (!hasOnlyStarts(batch)) return sent;
    before = sent.catch(() => undefined);
    return Promise.resolve(COMMITTED);
  };
});

function hasOnlyStarts({ starts, ...batch }: Batch): boolean {
  const rows = [batch.submits, batch.attempts, batch.events, batch.started];
  const others = [batch.updates, batch.consumed, batch.audits, batch.asides];
  return starts.length > 0 && [...rows, ...others].every((list) => list.length === 0);
}

async function untilSettled(lane: Lane, batch: Batch, clock: Clock): Promise<FlushResult> {
  for (;;) {
    try {
      return await lane.flush(batch);
    } catch (error) {
      if (!isAway(error)) throw error;
      await new Promise<void>((resolve) => clock.after(AGAIN_MS, resolve));
    }
  }
}

/** A batch whose reply was lost is taken for committed. */
const lostReplyIsCommit = ofLanes(
  (lane) => (batch) =>
    lane.flush(batch).catch((error: unknown) => {
      if (isAway(error)) return COMMITTED;
      throw error;
    }),
);

/** A batch whose reply was lost is sent again as another one. */
const resendIsNewBatch = ofLanes((lane) => {
  let shift = 0;
  let unanswered: number | undefined;
  const send = async (batch: Batch) => {
    unanswered = batch.seq;
    const result = await lane.flush({ ...batch, seq: batch.seq + shift });
    unanswered = undefined;
    return result;
  };
  return async (batch) => {
    if (unanswered !== batch.seq) return send(batch);
    shift += 1;
    const result = await send(batch);
    if (result.outcome !== 'gap') return result;
    shift -= 1;
    return send(batch);
  };
});

/** What was heard of an inbox is not crossed off there. */
const newsStays = ofLanes((lane) => (batch) => lane.flush({ ...batch, consumed: [] }));

/** Each message is heard twice: nobody looks whether it was heard before. */
const newsIsHeardTwice: EngineBug = {
  store: (store, clock) => {
    const whole = (batch: Batch): Batch => ({
      ...batch,
      updates: batch.updates.map((row) =>
        row.kind === 'progress' ? row : { ...row, inboxSeq: Math.floor(row.inboxSeq) },
      ),
      consumed: batch.consumed.map((row) => ({ ...row, seq: Math.floor(row.seq) })),
    });
    const { store: rounded } = ofLanes((lane) => (batch) => lane.flush(whole(batch)));
    return {
      ...(rounded?.(store, clock) ?? store),
      async inbox(engineId) {
        const items = await store.inbox(engineId);
        return items.flatMap((item) => [item, { ...item, seq: item.seq + 0.5 }]);
      },
    };
  },
};

export const JOURNAL_BUGS = {
  startsBeforeCommit,
  lostReplyIsCommit,
  resendIsNewBatch,
  newsStays,
  newsIsHeardTwice,
} satisfies Readonly<Record<string, EngineBug>>;
