/** What must hold of a run at every moment, whatever happens to it. */
import { NODE_STATUSES, type NodeStatus } from '@tenuto/contract';
import { expect } from 'vitest';
import { countOf, groupOf, type RunState, specOf } from '../src/run/state.ts';
import { isEnded, type Oracle } from './oracle.ts';
import { type ModelRun, nodesOf } from './random-run.ts';

/** More than any run of the model can take; one that goes on longer would go on for ever. */
const STEPS = 20_000;

export type Statuses = ReadonlyMap<string, NodeStatus>;

export function everyStep(model: ModelRun, check: (step: number) => void): void {
  for (let step = 0; step < STEPS; step += 1) {
    check(step);
    if (model.step()) continue;
    check(step + 1);
    return;
  }
  throw new Error('the run never ends');
}

export function checkLimits(run: RunState, oracle: Oracle, now: Statuses): void {
  const busy = [...now].filter(([id, status]) => isBusy(oracle, id, status)).map(([id]) => id);
  const attempts = busy.filter((id) => now.get(id) === 'running');
  expect(run.slots).toBe(attempts.length);
  expect(run.slots).toBeLessThanOrEqual(run.input.maxConcurrentNodes);
  expect([...run.groups].filter(([group]) => isIdle(run, group))).toEqual([]);
  const active = new Map<string, Set<string>>();
  for (const id of busy) {
    let child = id;
    for (let at = oracle.parentGroup(id); at !== undefined; at = oracle.parentGroup(at)) {
      active.set(at, (active.get(at) ?? new Set()).add(child));
      child = at;
    }
  }
  for (const [group, children] of active) {
    const { type, max_parallel_instances: limit = Number.POSITIVE_INFINITY } = oracle.node(group);
    const most = type === 'sequential_group' ? 1 : limit;
    expect(children.size, `${group} has ${[...children]}`).toBeLessThanOrEqual(most);
  }
}

/** Whether a group holds something though neither it nor a group around it is full. */
function isIdle(run: RunState, group: number): boolean {
  if (run.phase !== 'work' || (run.groups.get(group)?.held?.length ?? 0) === 0) return false;
  for (let at = group; at >= 0; at = groupOf(run, at)) {
    const active = run.groups.get(at)?.active ?? 0;
    if (active > 0) return active < specOf(run, at).maxParallel;
  }
  return true;
}

function isBusy(oracle: Oracle, id: string, status: NodeStatus): boolean {
  return oracle.node(id).children === undefined && (status === 'running' || status === 'waiting');
}

export function checkCounts(run: RunState, oracle: Oracle, now: Statuses): void {
  for (const status of NODE_STATUSES) {
    const recount = [...now.values()].filter((other) => other === status).length;
    expect(countOf(run, status), status).toBe(recount);
  }
  const isOpen = ([id, status]: [string, NodeStatus]) =>
    !isEnded(status) && (oracle.node(id).type === 'cleanup') === (run.phase === 'cleanup');
  expect(run.open).toBe([...now].filter(isOpen).length);
}

export function statusByNodes(oracle: Oracle, actual: Statuses): 'failed' | 'completed' {
  const isFailed = [...actual].some(([id, status]) => oracle.isFailureOfRun(id, status));
  return isFailed ? 'failed' : 'completed';
}

/** A run as far as a journal tells of it: that a retry's delay is over, it does not. */
export function pictureOf(run: RunState) {
  return {
    nodes: nodesOf(run).map(({ node, id, status }) => {
      const isReady = status === 'ready' || run.waits.get(node)?.kind === 'retry';
      return [id, isReady ? 'ready' : status];
    }),
    phase: run.phase,
    status: run.status,
    open: run.open,
    slots: run.slots,
    failures: run.failures,
    firstFailure: run.firstFailure,
    outputs: sorted(run.outputs),
    errors: sorted(run.errors),
    times: sorted(run.times),
    groups: sorted(run.groups).map(([group, { remaining, active, failed }]) => ({
      group,
      remaining,
      active,
      failed,
    })),
  };
}

export function sorted<K, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
