import { type LiveRun, NO_STATE, type NodeStates } from '@tenuto/engine';

/** Nodes of all runs together whose states are remembered; five bytes each, and a number. */
const NODES_KEPT = 500_000;

/** What has changed of a run's nodes, and a number to ask with again. */
export interface Changes {
  readonly id: string;
  readonly version: number;
  /** Everything is told. */
  readonly whole: boolean;
  /** Indexes of nodes, in order. */
  readonly nodes: readonly number[];
  readonly now: NodeStates;
}

/** Up to where somebody knows a run: whose numbers they are, and the number. */
export interface Mark {
  readonly id: string;
  readonly version: number;
}

interface Kept {
  readonly id: string;
  version: number;
  now: NodeStates;
  /** The version in which each node last changed. */
  changed: Float64Array;
}

/**
 * Remembers how the nodes of the runs that are looked at stood, so that those who look again are
 * told what is new. What is forgotten is told whole.
 * @param newId names the numbers of one run for as long as they are remembered here
 */
export function createGraphMarks(newId: () => string, nodesKept = NODES_KEPT) {
  const kept = new Map<string, Kept>();
  let nodes = 0;

  function forget(runId: string): void {
    nodes -= kept.get(runId)?.changed.length ?? 0;
    kept.delete(runId);
  }

  function keep(runId: string, entry: Kept): void {
    forget(runId);
    kept.set(runId, entry);
    nodes += entry.changed.length;
    for (const oldest of kept.keys()) {
      if (nodes <= nodesKept || oldest === runId) break;
      forget(oldest);
    }
  }

  return function changesOf(
    run: Pick<LiveRun, 'runId' | 'states'>,
    since: Mark | undefined,
  ): Changes {
    const now = run.states();
    const entry = kept.get(run.runId) ?? fresh(newId(), now);
    advance(entry, now);
    keep(run.runId, entry);
    const known = since?.id === entry.id && since.version <= entry.version ? since : undefined;
    const told = known === undefined ? shown(now) : changedSince(entry, known.version);
    const { id, version } = entry;
    return { id, version, whole: known === undefined, nodes: told, now };
  };
}

function fresh(id: string, now: NodeStates): Kept {
  return { id, version: 1, now, changed: new Float64Array(now.states.length).fill(1) };
}

function advance(entry: Kept, now: NodeStates): void {
  const next = entry.version + 1;
  const { length } = now.states;
  if (length !== entry.changed.length) {
    const changed = new Float64Array(length).fill(next);
    changed.set(entry.changed.subarray(0, length));
    entry.changed = changed;
  }
  let differs = length !== entry.now.states.length;
  for (let node = 0; node < length; node += 1) {
    const isSame =
      entry.now.states[node] === now.states[node] &&
      entry.now.attempts[node] === now.attempts[node];
    if (isSame) continue;
    entry.changed[node] = next;
    differs = true;
  }
  if (differs) entry.version = next;
  entry.now = now;
}

function shown({ states }: NodeStates): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < states.length; node += 1) {
    if (states[node] !== NO_STATE) nodes.push(node);
  }
  return nodes;
}

function changedSince({ changed, now }: Kept, version: number): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < changed.length; node += 1) {
    if ((changed[node] ?? 0) > version && now.states[node] !== NO_STATE) nodes.push(node);
  }
  return nodes;
}
