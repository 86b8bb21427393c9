import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDice } from '../../test/dice.ts';
import { checkCounts, everyStep, pictureOf } from '../../test/model-checks.ts';
import { createOracle } from '../../test/oracle.ts';
import { type ModelGraph, modelGraph } from '../../test/random-graph.ts';
import { type ModelRun, playModel, statusesOf } from '../../test/random-run.ts';

const RUNS = { numRuns: 300 };
const ROUNDS = 3;
const ACTIONS = [
  ...['retry_job', 'requeue_job', 'skip_node', 'escalate_manual', 'fallback_strategy'],
] as const;

/** Each node has something to take its place. */
const graphs = modelGraph.map((graph): ModelGraph => {
  const nodes = graph.dag.nodes.map((node) =>
    node.uses === undefined ? node : { ...node, fallback: { uses: 'other' } },
  );
  return { ...graph, dag: { ...graph.dag, nodes } };
});

type Roll = (sides: number) => number;

/** Whatever is asked for, and about whatever node: the patterns of a `for_each` too. */
function meddle(model: ModelRun, roll: Roll): boolean {
  const action = ACTIONS[roll(ACTIONS.length)] ?? 'retry_job';
  return model.byHand(action, roll(model.run.size));
}

/** Now and then, while the run goes on. */
function meddleInBetween(model: ModelRun, { roll, often }: { roll: Roll; often: number }): void {
  if (model.run.phase !== 'over' && roll(often + 2) === 0) meddle(model, roll);
}

it('comes to its end whatever is done about whichever of its nodes, by hand', () => {
  fc.assert(
    fc.property(graphs, fc.nat(30), (graph, often) => {
      const oracle = createOracle(graph.dag);
      const dice = createDice(graph.seed + 5);
      const model = playModel({ ...graph, failFast: false });
      const lives = () => {
        everyStep(model, (step) => {
          if (step < 100) meddleInBetween(model, { roll: dice.roll, often });
          checkCounts(model.run, oracle, statusesOf(model.run));
          for (const { active, remaining } of model.run.groups.values()) {
            expect(Math.min(active, remaining)).toBeGreaterThanOrEqual(0);
          }
        });
        expect(model.run.phase).toBe('over');
      };
      lives();
      for (let round = 0; round < ROUNDS && model.run.status === 'failed'; round += 1) {
        for (let i = 0; i < 10; i += 1) if (meddle(model, dice.roll)) break;
        lives();
      }
    }),
    RUNS,
  );
});

it('is the same run when it is restored, whatever was done about its nodes', () => {
  fc.assert(
    fc.property(graphs, fc.nat(30), (graph, often) => {
      const dice = createDice(graph.seed + 7);
      const model = playModel({ ...graph, failFast: false });
      const lives = () =>
        everyStep(model, (step) => {
          if (step < 100) meddleInBetween(model, { roll: dice.roll, often });
          expect(pictureOf(model.restored())).toEqual(pictureOf(model.run));
        });
      lives();
      for (let round = 0; round < ROUNDS && model.run.status === 'failed'; round += 1) {
        for (let i = 0; i < 10; i += 1) if (meddle(model, dice.roll)) break;
        lives();
      }
    }),
    RUNS,
  );
});
