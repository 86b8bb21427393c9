/** A run that a test leads by the hand, node by node, by their ids. */
import type { DagInput, Json, NodeInput, NodeStatus, RecoveryAction } from '@tenuto/contract';
import { type CompileOptions, compilePlan, type Plan } from '../src/plan/index.ts';
import type { Wait } from '../src/ports/action-runner.ts';
import type { RunInput } from '../src/ports/engine-api.ts';
import { apply, nextStart } from '../src/run/apply.ts';
import type { AttemptEnded, Effect, RecoverEvent, RunEvent, StopEvent } from '../src/run/event.ts';
import type { JournalEntry, RunJournal } from '../src/run/journal-entry.ts';
import { type RecoveryStep, RUN } from '../src/run/recovery-step.ts';
import { restoreRun } from '../src/run/restore.ts';
import { attemptOf, createRun, idOf, type RunState } from '../src/run/state.ts';
import { nodesOf, statusesOf } from './random-run.ts';

export interface Scenario {
  readonly run: RunState;
  /** Effects of the last event. */
  readonly effects: readonly Effect[];
  /** Starts what may start and says which nodes, in order. */
  start(): string[];
  /** Ends attempts of nodes that were started, in this order. */
  complete(...ids: string[]): void;
  completeWith(id: string, output: Json): void;
  fail(id: string, how?: Partial<AttemptEnded>): void;
  wait(id: string, wait: Wait): void;
  /** The delay before a retry is over, or goes on until another time. */
  due(id: string, until?: number): void;
  stop(status?: StopEvent['status'], grace?: boolean): void;
  pause(): void;
  resume(): void;
  signal(name: string, payload?: Json): void;
  giveUp(id: string): void;
  /** Ends a node's last attempt as failed, with something that is done about it. */
  failAnd(id: string, action: RecoveryAction, more?: Partial<RecoveryStep>): void;
  /** A recovery by hand, of a node or the whole run. */
  recover(action: RecoveryAction, of?: RecoverOptions): void;
  /** The ids of nodes in the effects of the last event of a type. */
  effectsOf(type: Effect['type']): string[];
  /** Starts and completes nodes until there is nothing left to start. */
  finish(): string[];
  status(id: string): NodeStatus | undefined;
  statuses(): Record<string, NodeStatus>;
  output(id: string): Json | undefined;
  error(id: string): string | undefined;
  node(id: string): number;
  readonly plan: Plan;
  /** What the store would know of the run. */
  journal(): RunJournal;
  /** The same run, made from its journal. */
  restored(): RunState;
}

export interface RecoverOptions {
  readonly id?: string;
  readonly from?: RecoverEvent['from'];
  readonly step?: Partial<RecoveryStep>;
  readonly onward?: RecoverEvent['onward'];
}

export interface ScenarioOptions extends Partial<RunInput> {
  readonly edges?: DagInput['edges'];
  readonly compile?: CompileOptions;
}

export function play(nodes: readonly NodeInput[], options: ScenarioOptions = {}): Scenario {
  const { edges = [], compile = {}, ...given } = options;
  const plan = compilePlan({ nodes, edges }, compile);
  const defaults = { params: {}, maxConcurrentNodes: 100, failFast: false, timeoutMs: 60_000 };
  const input: RunInput = { ...defaults, ...given };
  const facts = { name: 'scenario', owner: 'tests', createdAt: 0 };
  const run = createRun({ id: 'scenario', plan, input, facts });
  const entries: JournalEntry[] = [];
  let now = 1_000;
  let effects: readonly Effect[] = [];

  const handle = (event: RunEvent): void => {
    effects = apply(run, event);
    if (event.type !== 'begin' && event.type !== 'due') {
      entries.push({ seq: entries.length + 1, event });
    }
  };
  const node = (id: string): number => {
    const found = nodesOf(run).find((other) => other.id === id);
    if (found === undefined) throw new Error(`the run has no ${id}`);
    return found.node;
  };
  const base = (id: string) => {
    now += 1;
    return { at: now, node: node(id), attempt: attemptOf(run, node(id)) };
  };
  const end = (id: string, how: Partial<AttemptEnded>): void =>
    handle({ type: 'ended', ...base(id), startedAt: now - 1, status: 'completed', ...how });
  const start = (): string[] => {
    const started: string[] = [];
    for (let next = nextStart(run); next >= 0; next = nextStart(run)) started.push(idOf(run, next));
    return started;
  };
  const running = () =>
    nodesOf(run)
      .filter(({ status, node: index }) => status === 'running' && attemptOf(run, index) > 0)
      .map(({ node: index }) => ({ node: index, attempt: attemptOf(run, index) }));

  const journal = (): RunJournal => {
    const started = running().map((attempt) => ({ ...attempt, startedAt: now }));
    return { runId: 'scenario', facts, input, startedAt: 1_000, entries, started };
  };

  handle({ type: 'begin', at: now });
  return {
    run,
    get effects() {
      return effects;
    },
    start,
    complete: (...ids) => {
      for (const id of ids) end(id, {});
    },
    completeWith: (id, output) => end(id, { output }),
    fail: (id, how = {}) => end(id, { status: 'failed', error: BOOM, ...how }),
    wait: (id, wait) => handle({ type: 'waiting', ...base(id), wait }),
    due: (id, until) =>
      handle({ type: 'due', at: now, node: node(id), ...(until !== undefined && { until }) }),
    stop: (status = 'cancelled', grace = true) =>
      handle({ type: 'stop', at: now, status, grace, running: running() }),
    pause: () => handle({ type: 'pause', at: now }),
    resume: () => handle({ type: 'resume', at: now }),
    signal: (name, payload = null) => handle({ type: 'signal', at: now, name, payload }),
    giveUp: (id) => handle({ type: 'give_up', at: now, node: node(id) }),
    failAnd: (id, action, more = {}) =>
      end(id, { status: 'failed', error: BOOM, recovery: stepOf(action, more) }),
    recover: (action, { id, from, onward, step = {} } = {}) =>
      handle({
        ...{ type: 'recover', at: now, step: stepOf(action, step), running: running() },
        ...(id !== undefined && { node: node(id) }),
        ...(from !== undefined && { from }),
        ...(onward !== undefined && { onward }),
      }),
    effectsOf: (type) =>
      effects.flatMap((effect) =>
        effect.type === type && 'node' in effect ? [idOrRun(run, effect.node)] : [],
      ),
    finish: () => {
      const order: string[] = [];
      for (let ids = start(); ids.length > 0; ids = start()) {
        order.push(...ids);
        for (const id of ids) end(id, {});
      }
      return order;
    },
    status: (id) => statusesOf(run).get(id),
    statuses: () => Object.fromEntries(statusesOf(run)),
    output: (id) => run.outputs.get(node(id)),
    error: (id) => run.errors.get(node(id))?.type,
    node,
    plan,
    journal,
    restored: () => restoreRun(plan, journal()).run,
  };
}

function idOrRun(run: RunState, node: number): string {
  return node === RUN ? 'run' : idOf(run, node);
}

function stepOf(action: RecoveryAction, more: Partial<RecoveryStep>): RecoveryStep {
  return { action, session: `of ${action}`, trigger: 'manual', actor: 'ann', with: {}, ...more };
}

export const BOOM = { classification: 'transient', type: 'boom', message: 'It broke.' } as const;
