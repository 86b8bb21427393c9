/** Drives a run of a random graph in a random order, as an engine that may die at any moment. */
import type {
  AttemptStatus,
  NodeStatus,
  RecoveryAction,
  RecoveryParameters,
} from '@tenuto/contract';
import { compilePlan, type Plan } from '../src/plan/index.ts';
import { apply, nextStart, objectionTo, wantsStop } from '../src/run/apply.ts';
import type { AttemptEnded, RecoverEvent, RunEvent, StopEvent } from '../src/run/event.ts';
import type { JournalEntry, RunJournal } from '../src/run/journal-entry.ts';
import type { RecoveryStep } from '../src/run/recovery-step.ts';
import { restoreRun } from '../src/run/restore.ts';
import { attemptsInRound, roundOf, usesOf } from '../src/run/round.ts';
import {
  attemptOf,
  createRun,
  FLAG,
  hasFlag,
  idOf,
  type NodeError,
  type RunState,
  statusOf,
} from '../src/run/state.ts';
import { isDraining } from '../src/run/undo.ts';
import { createDice, hashOf } from './dice.ts';
import { MODEL_PARAMS, type ModelGraph } from './random-graph.ts';

/** What one node's attempts do: fail so often, wait or not, and end in the end. */
export interface Script {
  readonly failures: number;
  readonly waits: boolean;
  readonly end: AttemptStatus;
}

export interface ModelRun {
  /** The run as it is now; another object after a restart. */
  readonly run: RunState;
  /** Does one thing, drawn at random. False when there is nothing left to do. */
  step(): boolean;
  stop(status: StopEvent['status'], grace: boolean): void;
  /** Takes a run up again that failed or ran out of time: each node then follows another script. */
  reopen(from: NonNullable<RecoverEvent['from']>, node?: number): void;
  /** Goes back to the last checkpoint, or to the beginning. */
  rollBack(after: 'resume' | 'fail' | 'abort', to?: 'start'): void;
  /** Does something about a node by hand; false when the run does not let it. */
  byHand(action: RecoveryAction, node: number): boolean;
  /** What a node's attempts did when it last ran. */
  lastScript(id: string): Script;
  /** Forgets the run and restores it from its journal. */
  restart(): void;
  /** What a journal would give now. */
  restored(): RunState;
  readonly plan: Plan;
  /** What the store would know of the run. */
  journal(): RunJournal;
  /** The node that the last step started, or -1. */
  readonly started: number;
}

const DECISIONS = ['retry_job', 'skip_node'] as const;
const ENDS = ['failed', 'timeout', 'cancelled'] as const;
export const ERROR: NodeError = {
  classification: 'transient',
  type: 'boom',
  message: 'It failed.',
};

/** The same for an instance whatever the order in which things happen. */
export function scriptOf(seed: number, id: string): Script {
  const dice = createDice(seed ^ hashOf(id));
  const end = ENDS[dice.roll(12)] ?? 'completed';
  return { failures: Math.max(0, dice.roll(5) - 2), waits: dice.roll(3) === 0, end };
}

export function playModel(graph: ModelGraph): ModelRun {
  const plan = compilePlan(graph.dag);
  const input = {
    params: MODEL_PARAMS,
    maxConcurrentNodes: graph.maxConcurrentNodes,
    failFast: graph.failFast,
    timeoutMs: 60_000,
  };
  const facts = { name: 'model', owner: 'tests', createdAt: 0 };
  const dice = createDice(graph.seed);
  const entries: JournalEntry[] = [];
  /** How often the run was taken up again, and when each node ran last. */
  let rounds = 0;
  const lastRound = new Map<string, number>();
  let run = createRun({ id: 'model', plan, input, facts });
  let now = 1_000;
  let started = -1;

  /** As a journal keeps it: in JSON, and an output of null is none. */
  function journaled(event: JournalEntry['event']): JournalEntry['event'] {
    const { output, ...rest } = event as AttemptEnded;
    const kept = output === null || output === undefined ? rest : { ...rest, output };
    return JSON.parse(JSON.stringify(kept)) as JournalEntry['event'];
  }

  function handle(event: RunEvent): void {
    apply(run, event);
    if (event.type !== 'due' && event.type !== 'begin') {
      entries.push({ seq: entries.length + 1, event: journaled(event) });
    }
    if (wantsStop(run)) stop('failed', true);
  }

  function running(state: RunState) {
    const nodes: { node: number; attempt: number; startedAt: number }[] = [];
    for (let node = 0; node < state.size; node += 1) {
      if (hasFlag(state, node, FLAG.dormant) || statusOf(state, node) !== 'running') continue;
      if (usesOf(state, node) === undefined) continue;
      nodes.push({ node, attempt: attemptOf(state, node), startedAt: now });
    }
    return nodes;
  }

  function stop(status: StopEvent['status'], grace: boolean): void {
    const going = running(run).map(({ node, attempt }) => ({ node, attempt }));
    handle({ type: 'stop', at: now, status, grace, running: going });
  }

  function recover(action: RecoveryAction, given: Partial<RecoverEvent>, parameters = {}): void {
    rounds += 1;
    const going = running(run).map(({ node, attempt }) => ({ node, attempt }));
    handle({
      type: 'recover',
      at: now,
      running: going,
      step: stepOf(action, parameters),
      ...given,
    });
  }

  function stepOf(action: RecoveryAction, parameters: RecoveryParameters): RecoveryStep {
    const step = {
      session: `s${rounds}`,
      trigger: 'manual',
      actor: 'ann',
      retryAt: now + 5,
    } as const;
    return { action, ...step, intervention: `i${rounds}`, with: parameters };
  }

  function byHand(action: RecoveryAction, node: number): boolean {
    const event = {
      type: 'recover',
      at: now,
      running: [],
      step: stepOf(action, {}),
      node,
    } as const;
    if (objectionTo(run, event) !== undefined) return false;
    recover(action, { node });
    return true;
  }

  function lastScript(id: string): Script {
    return scriptOf(graph.seed + (lastRound.get(id) ?? 0) * 7_919, id);
  }

  function report(node: number): void {
    const attempt = attemptOf(run, node);
    const { failures, waits, end } = lastScript(idOf(run, node));
    const made = attemptsInRound(run, node, attempt);
    const base = { at: now, node, attempt };
    const told = run.phase === 'stopping' || isDraining(run);
    if (roundOf(run, node).kind === 'rollback') {
      const fails = made < 3 && dice.roll(3) === 0;
      handle({ type: 'ended', ...base, startedAt: now - 1, ...undoing(fails) });
    } else if (told && dice.roll(2) === 0) {
      handle({ type: 'ended', ...base, startedAt: now - 1, status: 'cancelled', error: ERROR });
    } else if (made <= failures) {
      const failure = { startedAt: now - 1, status: 'failed', error: ERROR } as const;
      handle({ type: 'ended', ...base, ...failure, retryAt: now + 5 });
    } else if (waits && !run.waits.has(node)) {
      const wait = dice.roll(2) === 0 ? { kind: 'time', until: now + 5 } : WAIT_FOR_RUN;
      handle({ type: 'waiting', ...base, wait: wait as typeof WAIT_FOR_RUN });
    } else {
      handle({ type: 'ended', ...base, startedAt: now - 1, ...outcome(end, node) });
    }
  }

  function undoing(fails: boolean) {
    if (!fails) return { status: 'completed', output: null } as const;
    return { status: 'failed', error: ERROR, retryAt: now + 5 } as const;
  }

  function outcome(status: AttemptStatus, node: number) {
    if (status !== 'completed') return { status, error: ERROR };
    return { status, output: node % 3 === 0 ? null : { by: idOf(run, node) } };
  }

  function journal(): RunJournal {
    return { runId: 'model', facts, input, startedAt: 1_000, entries, started: running(run) };
  }

  function restored(): RunState {
    return restoreRun(plan, journal()).run;
  }

  function step(): boolean {
    now += 1;
    started = -1;
    const going = running(run).map(({ node }) => node);
    const waiting = [...run.waits.keys()];
    const choices = going.length + waiting.length;
    if (choices === 0 || dice.roll(choices + 1) === 0) {
      started = nextStart(run);
      if (started >= 0) {
        if (roundOf(run, started).kind === 'work') lastRound.set(idOf(run, started), rounds);
        return true;
      }
    }
    if (choices === 0) return false;
    const chosen = dice.roll(choices);
    const node = going[chosen] ?? waiting[chosen - going.length] ?? -1;
    const wait = run.waits.get(node)?.kind;
    if (wait === 'retry') handle({ type: 'due', at: now, node });
    else if (wait === 'intervention') recover(DECISIONS[dice.roll(2)] ?? 'retry_job', { node });
    else report(node);
    return true;
  }

  handle({ type: 'begin', at: now });
  return {
    get run() {
      return run;
    },
    get started() {
      return started;
    },
    step,
    stop,
    lastScript,
    reopen: (from, node) => recover('retry_job', { from, ...(node !== undefined && { node }) }),
    rollBack: (after, to) => recover('rollback_state', {}, { after, ...(to && { to }) }),
    byHand,
    restored,
    plan,
    journal,
    restart() {
      run = restored();
    },
  };
}

const WAIT_FOR_RUN = { kind: 'run', runId: 'another' } as const;

/** All nodes that take part. */
export function nodesOf(run: RunState): { node: number; id: string; status: NodeStatus }[] {
  const nodes: { node: number; id: string; status: NodeStatus }[] = [];
  for (let node = 0; node < run.size; node += 1) {
    if (hasFlag(run, node, FLAG.dormant)) continue;
    nodes.push({ node, id: idOf(run, node), status: statusOf(run, node) });
  }
  return nodes;
}

export function statusesOf(run: RunState): Map<string, NodeStatus> {
  return new Map(nodesOf(run).map(({ id, status }) => [id, status]));
}
