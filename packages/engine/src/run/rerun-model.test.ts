import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDice } from '../../test/dice.ts';
import {
  checkCounts,
  checkLimits,
  everyStep,
  pictureOf,
  sorted,
  statusByNodes,
} from '../../test/model-checks.ts';
import { createOracle, type Oracle } from '../../test/oracle.ts';
import { type ModelGraph, modelGraph, ONE_FAILED } from '../../test/random-graph.ts';
import { type ModelRun, playModel, statusesOf } from '../../test/random-run.ts';
import { FLAG, hasFlag, specOf, statusOf } from './state.ts';

const RUNS = { numRuns: 300 };
const ROUNDS = 3;

/** A graph whose guards read nothing that goes on beside them: it runs the same way each time. */
const plainGraph = modelGraph.filter(({ dag }) => !JSON.stringify(dag).includes('nodes.'));

function lives(model: ModelRun, oracle: Oracle): void {
  everyStep(model, () => {
    checkLimits(model.run, oracle, statusesOf(model.run));
    checkCounts(model.run, oracle, statusesOf(model.run));
  });
  expect(model.run.phase).toBe('over');
}

function isAsTheGraphSays(model: ModelRun, oracle: Oracle): void {
  const actual = statusesOf(model.run);
  const ended = (id: string) => model.lastScript(id).end;
  expect(sorted(actual)).toEqual(sorted(oracle.finals((id) => actual.get(id), ended)));
  expect(model.run.status).toBe(statusByNodes(oracle, actual));
}

/** Takes a failed run up again and again, each time as `reopen` says. */
function again(graph: ModelGraph, reopen: (model: ModelRun, round: number) => void): ModelRun {
  const oracle = createOracle(graph.dag);
  const model = playModel({ ...graph, failFast: false });
  lives(model, oracle);
  for (let round = 0; round < ROUNDS && model.run.status === 'failed'; round += 1) {
    reopen(model, round);
    lives(model, oracle);
  }
  return model;
}

it('runs all of a failed run again as if it were the first time', () => {
  fc.assert(
    fc.property(plainGraph, (graph) => {
      const model = again(graph, ({ reopen }) => reopen('start'));
      isAsTheGraphSays(model, createOracle(graph.dag));
    }),
    RUNS,
  );
});

/** None in which a node can complete because another has failed: it stays, whatever comes later. */
const withoutRescue = plainGraph.filter(({ dag }) => {
  const text = JSON.stringify(dag);
  return ![ONE_FAILED, '"allow_failure":true', '"notification"'].some((part) =>
    text.includes(part),
  );
});

it('runs what failed again, and ends as if it had gone so from the beginning', () => {
  fc.assert(
    fc.property(withoutRescue, (graph) => {
      const completed = new Map<number, number>();
      const model = again(graph, (failed) => {
        const { run } = failed;
        for (let node = 0; node < run.size; node += 1) {
          const stays = statusOf(run, node) === 'completed' && !hasFlag(run, node, FLAG.dormant);
          const cleanup = specOf(run, node).type === 'cleanup';
          if (stays && !cleanup && specOf(run, node).uses)
            completed.set(node, attemptsOf(run, node));
        }
        failed.reopen('failed');
      });
      // What had completed was not made again.
      for (const [node, attempts] of completed) {
        expect(attemptsOf(model.run, node)).toBe(attempts);
      }
      isAsTheGraphSays(model, createOracle(graph.dag));
    }),
    RUNS,
  );
});

function attemptsOf(run: ModelRun['run'], node: number): number {
  return (run.cells[node * 3 + 2] ?? 0) & 0xffff;
}

it('runs a node and all after it again', () => {
  fc.assert(
    fc.property(withoutRescue, fc.nat(), (graph, which) => {
      const model = again(graph, ({ reopen, run }, round) => {
        reopen('node', (which + round) % run.plan.nodeCount === 0 ? 0 : pick(run, which + round));
      });
      isAsTheGraphSays(model, createOracle(graph.dag));
    }),
    RUNS,
  );
});

/** A node that takes part and is no cleanup; cleanup runs again anyway. */
function pick(run: ModelRun['run'], which: number): number {
  const nodes = Array.from({ length: run.size }, (_, node) => node).filter(
    (node) => !hasFlag(run, node, FLAG.dormant) && specOf(run, node).type !== 'cleanup',
  );
  return nodes[which % nodes.length] ?? 0;
}

it('goes back to the beginning in the middle of it all, and still comes to its end', () => {
  fc.assert(
    fc.property(plainGraph, fc.nat(60), (graph, when) => {
      const oracle = createOracle(graph.dag);
      const model = playModel({ ...graph, failFast: false });
      everyStep(model, (step) => {
        if (step === when && model.run.phase === 'work') model.rollBack('resume', 'start');
        if (model.run.phase === 'undoing') return;
        checkLimits(model.run, oracle, statusesOf(model.run));
        checkCounts(model.run, oracle, statusesOf(model.run));
      });
      expect(model.run.phase).toBe('over');
      isAsTheGraphSays(model, oracle);
    }),
    RUNS,
  );
});

it('is the same run when it is restored from its journal, at every moment of its recoveries', () => {
  fc.assert(
    fc.property(modelGraph, fc.nat(40), (graph, when) => {
      const dice = createDice(graph.seed + 3);
      const model = playModel({ ...graph, failFast: false });
      const same = () => expect(pictureOf(model.restored())).toEqual(pictureOf(model.run));
      everyStep(model, (step) => {
        if (step === when && model.run.phase === 'work') {
          model.rollBack((['resume', 'fail', 'abort'] as const)[dice.roll(3)] ?? 'resume');
        }
        same();
      });
      for (let round = 0; round < ROUNDS && model.run.status === 'failed'; round += 1) {
        const from = (['failed', 'start', 'node'] as const)[dice.roll(3)] ?? 'failed';
        model.reopen(from, from === 'node' ? pick(model.run, dice.roll(1_000)) : undefined);
        everyStep(model, same);
      }
    }),
    RUNS,
  );
});
