/**
 * Circuits: an engine that has heard that a circuit is not closed lets nobody through but the probe
 * whose slot it has taken. Engines hear of each other's circuits some time later, and a start takes
 * its time to be durable; so each start is judged by what its engine had been told when it decided.
 */
import {
  type Batch,
  type CircuitKey,
  type CircuitRow,
  type EngineStore,
  type Lane,
  StoreFault,
} from '@tenuto/engine';
import type { Request } from '../model/link.ts';
import { ownerKey, type Tables, unpackStarts } from '../model/tables.ts';
import { EPOCH_MS } from '../world.ts';
import { type Effect, type History, planOf, runRow, startKey, violated } from './history.ts';
import { attemptsOf } from './rounds.ts';

/** What a process was last told of a circuit. */
interface News {
  readonly state: CircuitRow['circuit']['state'];
  readonly version: number;
  readonly at: number;
  /** How often it was told that the circuit is closed. */
  readonly closings: number;
}

interface Probing {
  /** It has the slot, and nothing has begun in it. */
  granted: boolean;
  /** What may have begun in the slot that it took last. */
  probes: Effect[];
}

/** What one process knows. */
interface Known {
  readonly asked: Set<string>;
  readonly news: Map<string, News>;
  readonly probing: Map<string, Probing>;
  /** By start: what was known before it can have been decided on, and when that was surely done. */
  readonly decided: Map<string, readonly [before: Known['news'], after: Known['news']]>;
}

export interface CircuitOracle {
  /** The store of one process, listened to: it does nothing else than it would. */
  listen(host: string, store: EngineStore): EngineStore;
  /** An attempt has begun. */
  began(effect: Effect): void;
}

/** A node that has taken its engine down so often runs alone, long after its circuit has let it go. */
const SUSPECT_LOSSES = 2;

export function createCircuitOracle(history: History): CircuitOracle {
  const hosts = new Map<string, Known>();
  return {
    listen(host, store) {
      const known: Known = {
        ...{ asked: new Set(), news: new Map(), probing: new Map(), decided: new Map() },
      };
      hosts.set(host, known);
      return listening(history, known, store);
    },
    began(effect) {
      const known = hosts.get(effect.host);
      const owner = runRow(history.tables, effect.runId)?.submission.owner;
      if (known === undefined || owner === undefined || effect.target === undefined) return;
      if (lossesOf(history, effect) >= SUSPECT_LOSSES) return;
      judge(history, known, { effect, id: ownerKey(owner, effect.target) });
    },
  };
}

function listening(history: History, known: Known, store: EngineStore): EngineStore {
  const heard = (row: CircuitRow | undefined) => {
    if (row !== undefined) hear(history, known, row);
  };
  return {
    ...store,
    circuits: (keys) =>
      told(store.circuits(keys), (rows) => {
        for (const key of keys) known.asked.add(idOf(key));
        for (const row of rows) heard(row);
      }),
    saveCircuit: (change) => told(store.saveCircuit(change), heard),
    claimProbe: (claim) =>
      told(store.claimProbe(claim), (row) => {
        heard(row);
        if (row !== undefined) known.probing.set(idOf(row), { granted: true, probes: [] });
      }),
    openLane: (key) =>
      store.openLane(key).then((lane) => ({
        flush: followed(known, lane),
        close: () => lane.close(),
      })),
  };
}

const idOf = ({ owner, key }: CircuitKey) => ownerKey(owner, key);

/** Listens to an answer without making it come later. */
function told<T>(answer: Promise<T>, hear: (value: T) => void): Promise<T> {
  answer.then(hear, () => undefined);
  return answer;
}

function hear({ now }: History, { news }: Known, row: CircuitRow): void {
  const id = idOf(row);
  const { version, circuit } = row;
  const { state } = circuit;
  const before = news.get(id);
  if (before !== undefined && before.version > version) return;
  const closings = (before?.closings ?? 0) + (state === 'closed' ? 1 : 0);
  news.set(id, { state, version, at: now(), closings });
}

/** Each batch takes all that was decided since the one before, unless one was taken apart. */
function followed({ news, decided }: Known, lane: Lane): Lane['flush'] {
  let before: Known['news'] | undefined = new Map(news);
  let seq = 0;
  return (batch) => {
    if (batch.seq !== seq && before !== undefined) {
      const after = new Map(news);
      for (const { runId, node, attempt } of unpackStarts(batch.starts)) {
        decided.set(startKey(runId, node, attempt), [before, after]);
      }
      before = after;
      seq = batch.seq;
    }
    const answer = lane.flush(batch);
    answer.catch((error: unknown) => {
      if (isRejection(error)) before = undefined;
    });
    return answer;
  };
}

function isRejection(error: unknown): boolean {
  return error instanceof StoreFault && error.kind === 'rejected';
}

function judge(
  history: History,
  known: Known,
  { effect, id }: { readonly effect: Effect; readonly id: string },
): void {
  const { nodeId, attempt, runId, node, host, target } = effect;
  const key = startKey(runId, node, attempt);
  const decided = known.decided.get(key);
  known.decided.delete(key);
  if (decided === undefined) return;
  const what = `${nodeId} attempt ${attempt} of ${runId} on ${host}, circuit ${target}`;
  if (!known.asked.has(id)) {
    violated(history, 'circuits are asked', what);
    return;
  }
  const [before, after] = decided.map((news) => news.get(id));
  const probing = known.probing.get(id);
  if (after === undefined || after.state === 'closed') return;
  if (!isSurelyShut(before, after) || mayHaveClosed(before, probing)) {
    probing?.probes.push(effect);
  } else if (probing?.granted === true) {
    probing.granted = false;
    probing.probes.push(effect);
  } else {
    violated(history, 'open circuits hold', `${what} has been ${before?.state}`);
  }
}

/** Whether the circuit was not closed at any time in between. */
function isSurelyShut(before: News | undefined, after: News): before is News {
  return before !== undefined && before.state !== 'closed' && before.closings === after.closings;
}

/** Whether a probe has gone well since, of which nobody may have been told. */
function mayHaveClosed(before: News, probing: Probing | undefined): boolean {
  return (probing?.probes ?? []).some(
    ({ outcome, startedAt }) =>
      outcome !== undefined &&
      (outcome.status !== 'failed' || outcome.error.classification === 'permanent') &&
      (before.state === 'half_open' || startedAt > before.at),
  );
}

function lossesOf(history: History, { runId, node }: Effect): number {
  const lost = attemptsOf(history, runId, node).filter(({ error }) =>
    error?.includes('"infrastructure"'),
  );
  return lost.length;
}

/** Waiting for a circuit is no attempt: whatever ends as one was let go, and its start is durable. */
export function checkUnspent(history: History, { attempts }: Batch): void {
  for (const { runId, node, attempt, status } of attempts) {
    const spec = planOf(history, runId.text)?.specs[node];
    if (spec?.guarded !== true || status === 'cancelled') continue;
    if (history.durableStarts.has(startKey(runId.text, node, attempt))) continue;
    violated(history, 'waiting is no attempt', `node ${node} attempt ${attempt} of ${runId.text}`);
  }
}

/**
 * One probe at a time over all engines. Called right before the statement; the result is called
 * after it.
 */
export function watchProbe(
  history: History,
  { verb }: Request,
): ((result: unknown) => void) | undefined {
  if (verb !== 'claimProbe') return undefined;
  const taken = slotsIn(history.tables, EPOCH_MS + history.now());
  return (result) => {
    const row = result as CircuitRow | undefined;
    if (row === undefined || !taken.has(idOf(row))) return;
    violated(history, 'one probes at a time', `${row.key} of ${row.owner}`);
  };
}

function slotsIn({ circuits }: Tables, now: number): Set<string> {
  const taken = [...circuits].filter(([, { probeUntil = 0 }]) => probeUntil > now);
  return new Set(taken.map(([id]) => id));
}
