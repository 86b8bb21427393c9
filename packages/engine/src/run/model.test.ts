import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDice } from '../../test/dice.ts';
import {
  checkCounts,
  checkLimits,
  everyStep,
  pictureOf,
  type Statuses,
  sorted,
  statusByNodes,
} from '../../test/model-checks.ts';
import { createOracle, isEnded, type Oracle } from '../../test/oracle.ts';
import { type ModelGraph, modelGraph } from '../../test/random-graph.ts';
import { type ModelRun, playModel, scriptOf, statusesOf } from '../../test/random-run.ts';
import { idOf, type RunState, specOf } from './state.ts';

const RUNS = { numRuns: 500 };

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
