import { NODE_STATUSES, type NodeStatus } from '@tenuto/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDice } from '../../test/dice.ts';
import { createOracle, isEnded, type Oracle } from '../../test/oracle.ts';
import { type ModelGraph, modelGraph } from '../../test/random-graph.ts';
import { type ModelRun, nodesOf, playModel, scriptOf, statusesOf } from '../../test/random-run.ts';
import { countOf, groupOf, idOf, type RunState, specOf } from './state.ts';

/** More than any run of the model can take; one that goes on longer would go on for ever. */
const STEPS = 20_000;
const RUNS = { numRuns: 500 };

type Statuses = ReadonlyMap<string, NodeStatus>;

it('runs every graph as an independent reading of it says, whatever the order of events', () => {
  fc.assert(
    fc.property(modelGraph, (graph) => {
      const oracle = createOracle(graph.dag);
      const model = playModel({ ...graph, failFast: false });
      let before = statusesOf(model.run);
      everyStep(model, () => {
        const now = statusesOf(model.run);
        checkStart(model, oracle, before);
        checkLimits(model.run, oracle, now);
        checkCounts(model.run, oracle, now);
        checkFinalsStay(before, now);
        before = now;
      });
      expect(model.run.phase).toBe('over');
      const actual = statusesOf(model.run);
      const ended = (id: string) => scriptOf(graph.seed, id).end;
      expect(sorted(actual)).toEqual(sorted(oracle.finals((id) => actual.get(id), ended)));
      expect(model.run.status).toBe(statusByNodes(oracle, actual));
    }),
    RUNS,
  );
});

it('comes to an end when it is stopped, starts nothing but cleanup from then on', () => {
  fc.assert(
    fc.property(modelGraph, fc.boolean(), (graph, grace) => {
      const oracle = createOracle(graph.dag);
      const model = playModel(graph);
      const stopAt = graph.stopAt ?? 0;
      let before = statusesOf(model.run);
      everyStep(model, (step) => {
        const started = model.started < 0 ? undefined : specOf(model.run, model.started);
        if (started !== undefined && model.run.phase !== 'work')
          expect(started.type).toBe('cleanup');
        const isOpen = model.run.status === 'running' && model.run.phase !== 'over';
        if (step === stopAt && isOpen) model.stop(grace ? 'cancelled' : 'timeout', grace);
        const now = statusesOf(model.run);
        checkLimits(model.run, oracle, now);
        checkCounts(model.run, oracle, now);
        checkFinalsStay(before, now);
        before = now;
      });
      expect(model.run.phase).toBe('over');
      expect([...statusesOf(model.run).values()].every(isEnded)).toBe(true);
      checkCleanups(graph, model.run, oracle);
    }),
    RUNS,
  );
});

it('is the same run when it is restored from its journal, at every moment', () => {
  fc.assert(
    fc.property(modelGraph, (graph) => {
      const model = playModel(graph);
      everyStep(model, (step) => {
        if (step === graph.stopAt && model.run.phase !== 'over' && model.run.status === 'running') {
          model.stop('cancelled', true);
        }
        expect(pictureOf(model.restored())).toEqual(pictureOf(model.run));
      });
      expect(model.run.phase).toBe('over');
    }),
    RUNS,
  );
});

it('ends the same way when engines die under it and others go on', () => {
  fc.assert(
    fc.property(modelGraph, (graph) => {
      const oracle = createOracle(graph.dag);
      const model = playModel({ ...graph, failFast: false });
      const dice = createDice(graph.seed + 1);
      everyStep(model, () => {
        if (dice.roll(4) === 0) model.restart();
        checkLimits(model.run, oracle, statusesOf(model.run));
        checkCounts(model.run, oracle, statusesOf(model.run));
      });
      expect(model.run.phase).toBe('over');
      const actual = statusesOf(model.run);
      const ended = (id: string) => scriptOf(graph.seed, id).end;
      expect(sorted(actual)).toEqual(sorted(oracle.finals((id) => actual.get(id), ended)));
    }),
    RUNS,
  );
});

function everyStep(model: ModelRun, check: (step: number) => void): void {
  for (let step = 0; step < STEPS; step += 1) {
    check(step);
    if (model.step()) continue;
    check(step + 1);
    return;
  }
  throw new Error('the run never ends');
}

function checkStart(model: ModelRun, oracle: Oracle, now: Statuses): void {
  const { run, started } = model;
  if (started < 0) return;
  const id = idOf(run, started);
  expect(
    oracle.mayStart(id, (other) => now.get(other)),
    `${id} may start`,
  ).toBe(true);
  if (oracle.node(id).type !== 'cleanup') return;
  const others = [...now].filter(([other]) => oracle.node(other).type !== 'cleanup');
  expect(others.every(([, status]) => isEnded(status))).toBe(true);
}

function checkLimits(run: RunState, oracle: Oracle, now: Statuses): void {
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

function checkCounts(run: RunState, oracle: Oracle, now: Statuses): void {
  for (const status of NODE_STATUSES) {
    const recount = [...now.values()].filter((other) => other === status).length;
    expect(countOf(run, status), status).toBe(recount);
  }
  const isOpen = ([id, status]: [string, NodeStatus]) =>
    !isEnded(status) && (oracle.node(id).type === 'cleanup') === (run.phase === 'cleanup');
  expect(run.open).toBe([...now].filter(isOpen).length);
}

function checkFinalsStay(before: Statuses, now: Statuses): void {
  for (const [id, status] of before) if (isEnded(status)) expect(now.get(id), id).toBe(status);
}

/** What cleanup nodes do does not depend on how the others ended. */
function checkCleanups(graph: ModelGraph, run: RunState, oracle: Oracle): void {
  const actual = statusesOf(run);
  const finals = oracle.finals(
    (id) => actual.get(id),
    (id) => scriptOf(graph.seed, id).end,
  );
  for (const [id, status] of finals) {
    if (oracle.node(id).type === 'cleanup') expect(actual.get(id), id).toBe(status);
  }
}

function statusByNodes(oracle: Oracle, actual: Statuses): 'failed' | 'completed' {
  const isFailed = [...actual].some(([id, status]) => oracle.isFailureOfRun(id, status));
  return isFailed ? 'failed' : 'completed';
}

/** A run as far as a journal tells of it: that a retry's delay is over, it does not. */
function pictureOf(run: RunState) {
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

function sorted<K, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
