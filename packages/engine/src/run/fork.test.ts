import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDice } from '../../test/dice.ts';
import { MODEL_PARAMS, type ModelGraph, modelGraph } from '../../test/random-graph.ts';
import { nodesOf, scriptOf } from '../../test/random-run.ts';
import { compilePlan } from '../plan/index.ts';
import { apply, nextStart } from './apply.ts';
import type { RunEvent } from './event.ts';
import { hasNode, type NewRun, type TakenOver, takeOver } from './fork.ts';
import type { JournalEntry, RunJournal } from './journal-entry.ts';
import { restoreRun } from './restore.ts';
import { attemptsInRound } from './round.ts';
import { attemptOf, createRun, idOf, type RunState, specOf, statusOf } from './state.ts';

const RUNS = { numRuns: 300 };
const ERROR = { classification: 'transient', type: 'boom', message: 'It failed.' } as const;
const facts = { name: 'model', owner: 'tests', createdAt: 0 };

/** A graph in which nothing depends on the order of what goes on side by side. */
const plainGraph = modelGraph.filter(({ dag }) => !/nodes[.[]/.test(JSON.stringify(dag)));

interface Life {
  readonly run: RunState;
  readonly entries: JournalEntry[];
  /** Nodes that attempts were made of, by id. */
  readonly worked: Set<string>;
}

/** Goes on with a run until it is over, or for so many ends of attempts. */
function goOn(run: RunState, seed: number, { salt = 0, most = Number.POSITIVE_INFINITY } = {}) {
  const dice = createDice(seed ^ salt);
  const entries: JournalEntry[] = [];
  const worked = new Set<string>();
  const going: number[] = [];
  let now = 10_000;
  const handle = (event: RunEvent) => {
    apply(run, event);
    if (event.type !== 'begin' && event.type !== 'due') {
      entries.push({ seq: entries.length + 1, event: JSON.parse(JSON.stringify(event)) });
    }
  };
  while (entries.length < most) {
    now += 1;
    for (let node = nextStart(run); node >= 0; node = nextStart(run)) going.push(node);
    const [node] = going.splice(dice.roll(Math.max(1, going.length)), 1);
    if (node === undefined) {
      const [due] = run.waits.keys();
      if (due === undefined) break;
      handle({ type: 'due', at: now, node: due });
      continue;
    }
    const id = idOf(run, node);
    worked.add(id);
    const attempt = attemptOf(run, node);
    const base = { type: 'ended', at: now, node, attempt, startedAt: now - 1 } as const;
    const { failures, end } = scriptOf(seed, id);
    if (attemptsInRound(run, node, attempt) <= failures) {
      handle({ ...base, status: 'failed', error: ERROR, retryAt: now + 5 });
    } else if (end === 'completed') handle({ ...base, status: end, output: { by: id } });
    else handle({ ...base, status: end, error: ERROR });
  }
  return { entries, worked };
}

const inputOf = ({ maxConcurrentNodes }: ModelGraph) => ({
  ...{ params: MODEL_PARAMS, maxConcurrentNodes, failFast: false, timeoutMs: 60_000 },
});

function live(graph: ModelGraph, most?: number): Life {
  const plan = compilePlan(graph.dag);
  const run = createRun({ id: 'first', plan, input: inputOf(graph), facts });
  apply(run, { type: 'begin', at: 1_000 });
  return { run, ...goOn(run, graph.seed, most === undefined ? {} : { most }) };
}

function journalOf(graph: ModelGraph, { run, entries }: Life): RunJournal {
  const input = inputOf(graph);
  return { runId: run.id, facts, input, startedAt: 1_000, entries, started: [] };
}

const newRun = (graph: ModelGraph, life: Life): NewRun => ({
  ...{ id: 'fork', plan: life.run.plan, input: inputOf(graph), facts, startedAt: 5_000 },
});

/** The journal of a fork that has only begun, as the store writes it. */
function forkJournal(graph: ModelGraph, life: Life, taken: readonly TakenOver[]): RunJournal {
  const entries = taken.map(({ from, attempt, node }, i) => {
    const entry = life.entries.find(
      ({ event }) => event.type === 'ended' && event.node === from && event.attempt === attempt,
    );
    if (entry?.event.type !== 'ended') throw new Error('an attempt was made up');
    return { seq: i + 2, event: { ...entry.event, node } };
  });
  const input = inputOf(graph);
  return { runId: 'fork', facts, input, startedAt: 5_000, entries, started: [] };
}

/** What a run has come to, by id. */
function comesTo(run: RunState): [string, string, unknown][] {
  return nodesOf(run)
    .map(({ node, id, status }): [string, string, unknown] => [id, status, run.outputs.get(node)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function anyNode({ run }: Life, seed: number): string {
  const nodes = nodesOf(run);
  return nodes[createDice(seed + 1).roll(nodes.length)]?.id ?? '';
}

/** The nodes that others of a run wait for, the groups around them included. */
function parentsOf(run: RunState, node: number): number[] {
  const { plan } = run;
  const pattern = plan.ids.indexOf((idOf(run, node).match(/^(.*?)(\[\d+\])*$/) ?? [])[1] ?? '');
  const from = plan.predecessorOffsets[pattern] ?? 0;
  const to = plan.predecessorOffsets[pattern + 1] ?? 0;
  return [...plan.predecessors.subarray(from, to)].map((parent) => parent + node - pattern);
}

const NOTHING_CHANGED: ReadonlySet<string> = new Set();

describe('a fork in which nothing has changed', () => {
  it('comes to the same, from whatever node of whatever graph', () => {
    fc.assert(
      fc.property(plainGraph, fc.nat(), (graph, salt) => {
        const life = live(graph);
        const fromNode = anyNode(life, graph.seed);
        const original = { plan: life.run.plan, journal: journalOf(graph, life) };
        const again = { fromNode, changed: NOTHING_CHANGED };
        const taken = takeOver(original, newRun(graph, life), again);
        const journal = forkJournal(graph, life, taken);
        const fork = restoreRun(life.run.plan, journal).run;
        const { worked } = goOn(fork, graph.seed, { salt });
        expect(comesTo(fork)).toEqual(comesTo(life.run));
        expect(fork.status).toBe(life.run.status);
        for (const { id } of taken) expect(worked).not.toContain(id);
        expect(hasNode(original, fromNode)).toBe(true);
      }),
      RUNS,
    );
  });

  it('takes over only what had ended, and nothing that the chosen node leads to', () => {
    fc.assert(
      fc.property(plainGraph, fc.nat(60), (graph, most) => {
        const life = live(graph, most);
        const fromNode = anyNode(life, graph.seed);
        const again = { fromNode, changed: NOTHING_CHANGED };
        const original = { plan: life.run.plan, journal: journalOf(graph, life) };
        const taken = takeOver(original, newRun(graph, life), again);
        const journal = forkJournal(graph, life, taken);
        const fork = restoreRun(life.run.plan, journal).run;
        const kept = new Set(taken.map(({ id }) => id));
        expect(kept).not.toContain(fromNode);
        for (const { node } of taken) {
          for (const parent of parentsOf(fork, node)) {
            // What does no work of its own is decided anew, sooner or later.
            if (specOf(fork, parent).uses === undefined) continue;
            expect(idOf(fork, parent)).not.toBe(fromNode);
            // A parent that does work of its own is taken over with it, or never came to that.
            const known = kept.has(idOf(fork, parent)) || DERIVED.has(statusOf(fork, parent));
            expect([idOf(fork, parent), known]).toEqual([idOf(fork, parent), true]);
          }
        }
      }),
      RUNS,
    );
  });
});

const DERIVED: ReadonlySet<string> = new Set(['completed', 'skipped', 'failed']);

describe('a fork in which some nodes have changed', () => {
  it('takes none of them over, wherever it begins', () => {
    fc.assert(
      fc.property(plainGraph, fc.nat(), (graph, pick) => {
        const life = live(graph);
        const { ids } = life.run.plan;
        const changed = new Set(ids.filter((_, i) => (pick >> (i % 20)) & 1));
        const original = { plan: life.run.plan, journal: journalOf(graph, life) };
        const fromNode = anyNode(life, graph.seed);
        const taken = takeOver(original, newRun(graph, life), { fromNode, changed });
        for (const { id } of taken) expect(changed).not.toContain(id.replace(/(\[\d+\])+$/, ''));
        const fork = restoreRun(life.run.plan, forkJournal(graph, life, taken)).run;
        goOn(fork, graph.seed);
        expect(comesTo(fork)).toEqual(comesTo(life.run));
      }),
      RUNS,
    );
  });
});
