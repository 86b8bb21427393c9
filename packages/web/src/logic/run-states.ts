import {
  GRAPH_STATES,
  type GraphState,
  type JobGraphState,
  type RunStatus,
} from '@tenuto/contract';
import type { Instance } from './run-graph.ts';

/** One attempt, or a wait. Times in milliseconds since the epoch; `to` is null while it goes on. */
export interface Stretch {
  readonly attempt: number;
  readonly state: GraphState;
  readonly from: number;
  readonly to: number | null;
}

/** A node that is not there: given up, or a pattern. */
export const NOT_THERE = 255;

/** How all nodes of a run stand, as told so far. */
export interface RunStates {
  /** Goes up with every change; the rest is changed in place. */
  readonly version: number;
  readonly status: RunStatus;
  /** Positions in GRAPH_STATES by node, or {@link NOT_THERE}. */
  readonly codes: Uint8Array;
  readonly attempts: Uint16Array;
  readonly instances: readonly Instance[];
  /** Attempts that have ended, by node, oldest first. */
  readonly ended: ReadonlyMap<number, readonly Stretch[]>;
  readonly running: ReadonlyMap<number, Stretch>;
  readonly waits: ReadonlyMap<number, Stretch>;
}

interface Changing extends RunStates {
  readonly ended: Map<number, Stretch[]>;
  readonly waits: Map<number, Stretch>;
}

const RUNNING = GRAPH_STATES.indexOf('running');

/**
 * Takes an answer in.
 * @param now when it came: since when a node runs of which that is not written down
 * @returns the same object when nothing was new
 */
export function told(before: RunStates | undefined, answer: JobGraphState, now: number): RunStates {
  const isNew = answer.whole || before === undefined;
  const silent = answer.nodes.node.length === 0 && answer.attempts.node.length === 0;
  if (!isNew && silent && sameRunning(before, answer) && before.status === answer.status) {
    return before;
  }
  const base = isNew ? fresh(before) : changing(before);
  const states = { ...base, status: answer.status, version: base.version + 1 };
  const grown = takeNodes(states, answer);
  takeWaits(grown, answer);
  takeAttempts(grown, answer);
  return { ...grown, running: runningOf(grown, answer, { before, now }) };
}

function fresh(before: RunStates | undefined): Changing {
  return {
    ...{ version: before?.version ?? 0, status: 'pending' },
    ...{ codes: new Uint8Array(0), attempts: new Uint16Array(0), instances: [] },
    ...{ ended: new Map(), running: new Map(), waits: new Map() },
  };
}

function changing(before: RunStates): Changing {
  const ended = before.ended instanceof Map ? before.ended : new Map(before.ended);
  const waits = before.waits instanceof Map ? before.waits : new Map(before.waits);
  return { ...before, ended, waits };
}

function sameRunning({ running }: RunStates, answer: JobGraphState): boolean {
  return answer.running.every(({ node, attempt }) => running.get(node)?.attempt === attempt);
}

function takeNodes(states: Changing, { nodes, instances }: JobGraphState): Changing {
  const size = nodes.node.reduce((most, node) => Math.max(most, node + 1), states.codes.length);
  const codes = new Uint8Array(size).fill(NOT_THERE);
  const attempts = new Uint16Array(size);
  codes.set(states.codes);
  attempts.set(states.attempts);
  nodes.node.forEach((node, i) => {
    codes[node] = nodes.state[i] ?? NOT_THERE;
    attempts[node] = nodes.attempts[i] ?? 0;
    states.waits.delete(node);
  });
  const known = new Set(states.instances.map(({ node }) => node));
  const made = instances.filter(({ node }) => !known.has(node));
  return {
    ...states,
    ...{ codes, attempts },
    // The same list while none was made: what is drawn of them need not be made anew.
    instances: made.length === 0 ? states.instances : [...states.instances, ...made],
  };
}

function takeWaits(states: Changing, { waits, base_ms: base }: JobGraphState): void {
  for (const { node, since } of waits) {
    const state = GRAPH_STATES[states.codes[node] ?? 0] ?? 'waiting';
    const attempt = states.attempts[node] ?? 0;
    states.waits.set(node, { attempt, state, from: base + since, to: null });
  }
}

function takeAttempts(states: Changing, { attempts, base_ms: base }: JobGraphState): void {
  attempts.node.forEach((node, i) => {
    const one: Stretch = {
      attempt: attempts.attempt[i] ?? 1,
      state: GRAPH_STATES[attempts.state[i] ?? 0] ?? 'completed',
      from: base + (attempts.started[i] ?? 0),
      to: base + (attempts.ended[i] ?? 0),
    };
    const known = states.ended.get(node);
    if (known === undefined) states.ended.set(node, [one]);
    else if (!known.some(({ attempt }) => attempt === one.attempt)) known.push(one);
  });
}

function runningOf(
  { codes, attempts }: RunStates,
  answer: JobGraphState,
  { before, now }: { readonly before: RunStates | undefined; readonly now: number },
): Map<number, Stretch> {
  const written = new Map(answer.running.map((one) => [one.node, answer.base_ms + one.started]));
  const running = new Map<number, Stretch>();
  for (let node = 0; node < codes.length; node += 1) {
    if (codes[node] !== RUNNING) continue;
    const attempt = attempts[node] ?? 1;
    const known = before?.running.get(node);
    const seen = known?.attempt === attempt ? known.from : now;
    running.set(node, { attempt, state: 'running', from: written.get(node) ?? seen, to: null });
  }
  return running;
}

/** How many nodes are in each state, by code. */
export function countsOf({ codes }: Pick<RunStates, 'codes'>): Uint32Array {
  const counts = new Uint32Array(GRAPH_STATES.length);
  for (const code of codes) if (code !== NOT_THERE) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

export function stateOf({ codes }: Pick<RunStates, 'codes'>, node: number): GraphState {
  return GRAPH_STATES[codes[node] ?? 0] ?? 'pending';
}
