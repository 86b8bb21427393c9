import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type EdgeInput, type NodeInput, PlanError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { statusesOf } from '../../test/random-run.ts';
import { runInVirtualTime, type VirtualRun } from '../../test/virtual-time.ts';
import { compilePlan, compileStoredPlan, type Plan, shapeOf } from '../plan/index.ts';

interface Task {
  readonly id: string;
  readonly needs: readonly string[];
  readonly runtime_s?: number;
  readonly trigger_rule?: string;
}

interface Graph {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Stages of parallel steps. */
  readonly steps?: readonly (readonly string[])[];
  readonly expected?: Readonly<Record<string, string>>;
}

const folder = join(process.env.TENUTO_VECTORS ?? 'vectors', 'workflow-dags');
const isThere = existsSync(folder);
if (!isThere) console.warn('skipped all real workflow graphs: their files are not here');
const graphs = isThere ? readGraphs() : [];
const plain = graphs.filter(({ steps }) => steps === undefined);
const sound = plain.filter((graph) => isSound(graph));
const unsound = plain.filter((graph) => !isSound(graph));
const staged = graphs.filter(({ steps }) => steps !== undefined);
const branching = sound.filter(({ expected }) => expected !== undefined);

describe.skipIf(!isThere)('real workflow graphs', () => {
  it(`are ${graphs.length}, of which ${unsound.length} must be refused`, () => {
    expect(graphs.length).toBeGreaterThan(0);
  });

  it.each(sound)('$name runs in the order of its edges, within the bounds of Graham', (graph) => {
    const plan = compileTasks(graph.tasks);
    expect(compileStoredPlan(plan.document).hash).toBe(plan.hash);
    expect(shapeOf(plan).depth).toBe(Math.max(...longestWays(graph, () => 1).values()));
    for (const slots of [graph.tasks.length < 200 ? 4 : 16, 64]) checkRun(graph, plan, slots);
  });

  it.each(staged)('$name runs stage after stage', ({ steps = [] }) => {
    const nodes = steps.map(
      (stage, s): NodeInput => ({
        id: `stage ${s}`,
        type: 'parallel_group',
        children: stage.map((step, i) => ({ id: `${s}.${i} ${step}`, uses: 'x' })),
      }),
    );
    const plan = compilePlan({ nodes: [{ id: 'all', type: 'sequential_group', children: nodes }] });
    const { run, starts, makespan } = runInVirtualTime(plan, { slots: 100, runtime: () => 1 });
    expect(run.status).toBe('completed');
    expect(makespan).toBe(steps.length);
    const order = starts.map((node) => Number.parseInt(plan.ids[node] ?? '', 10));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it.each(unsound)('$name is refused, and what is wrong with it is true', (graph) => {
    const error = refusalOf(graph);
    const [first] = error.validationErrors;
    if (!error.message.startsWith('The graph has a cycle')) {
      expect(graph.tasks.map(({ id }) => id)).not.toContain(first?.value);
      return;
    }
    const cycle = first?.value as readonly string[];
    const needs = new Map(graph.tasks.map((task) => [task.id, task.needs]));
    cycle.forEach((id, i) => {
      expect(needs.get(cycle[(i + 1) % cycle.length] ?? '')).toContain(id);
    });
    expect(error.message).toContain(cycle.join(' -> '));
  });

  it.each(branching)('$name ends as its own engine ends it', ({ tasks, expected = {} }) => {
    const plan = compileBranches(tasks, expected);
    const { run } = runInVirtualTime(plan, { slots: 4, runtime: () => 1 });
    const wanted = Object.entries(expected).map(([id, state]) => [
      id,
      state.startsWith('success') ? 'completed' : state,
    ]);
    expect(Object.fromEntries(statusesOf(run))).toEqual(Object.fromEntries(wanted));
  });
});

function readGraphs(): Graph[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.(dag|graph)\.json(\.gz)?$/.test(file))
    .toSorted()
    .flatMap((file) => {
      const bytes = readFileSync(join(folder, file));
      const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      return graphsIn(JSON.parse(text), file);
    });
}

/** A file holds one graph, or the templates of a workflow, each a graph or stages of steps. */
function graphsIn(content: unknown, file: string): Graph[] {
  if (Array.isArray(content)) {
    return content.flatMap((template: { template: string }) =>
      graphsIn(template, `${file} ${template.template}`),
    );
  }
  const { tasks, steps, expected_states } = content as {
    readonly tasks?: readonly Task[];
    readonly steps?: readonly (readonly string[])[];
    readonly expected_states?: Readonly<Record<string, string>>;
  };
  if (tasks !== undefined) {
    return [{ name: file, tasks, ...(expected_states && { expected: expected_states }) }];
  }
  return steps === undefined ? [] : [{ name: file, tasks: [], steps }];
}

function compileTasks(tasks: readonly Task[]): Plan {
  return compilePlan({
    nodes: tasks.map(({ id, needs }) => ({ id, uses: 'x', needs: [...needs] })),
  });
}

function refusalOf(graph: Graph): PlanError {
  try {
    compileTasks(graph.tasks);
  } catch (error) {
    if (error instanceof PlanError) return error;
    throw error;
  }
  throw new Error(`${graph.name} was accepted`);
}

function isSound(graph: Graph): boolean {
  const ids = new Set(graph.tasks.map(({ id }) => id));
  const isKnown = graph.tasks.every(({ needs }) => needs.every((parent) => ids.has(parent)));
  const isUnique = ids.size === graph.tasks.length;
  return isKnown && isUnique && longestWays(graph, () => 1).size === ids.size;
}

/** For each task the longest way to its end; tasks on or behind a cycle have none. */
function longestWays(graph: Graph, runtime: (task: Task) => number): Map<string, number> {
  const ways = new Map<string, number>();
  let left = graph.tasks;
  for (let found = -1; found !== 0; ) {
    const open = left.filter((task) => !task.needs.every((parent) => ways.has(parent)));
    for (const task of left) {
      if (open.includes(task)) continue;
      const before = task.needs.map((parent) => ways.get(parent) ?? 0);
      ways.set(task.id, Math.max(0, ...before) + runtime(task));
    }
    found = left.length - open.length;
    left = open;
  }
  return ways;
}

function checkRun(graph: Graph, plan: Plan, slots: number): void {
  const seconds = (task: Task) => task.runtime_s ?? 1;
  const runtime = (node: number) => seconds(graph.tasks[node] as Task);
  const played = runInVirtualTime(plan, { slots, runtime });
  expect(played.run.status).toBe('completed');
  expect(played.starts.length).toBe(graph.tasks.length);
  checkOrder(graph, played);
  const work = graph.tasks.reduce((sum, task) => sum + seconds(task), 0);
  const path = Math.max(...longestWays(graph, seconds).values());
  const slack = 1e-6 * work;
  expect(played.makespan).toBeGreaterThanOrEqual(Math.max(path, work / slots) - slack);
  const most = work / slots + ((slots - 1) / slots) * path;
  expect(played.makespan).toBeLessThanOrEqual(1.1 * most + slack);
}

function checkOrder(graph: Graph, { startedAt, endedAt }: VirtualRun): void {
  const indexOf = new Map(graph.tasks.map(({ id }, i) => [id, i]));
  const isLate = ({ needs }: Task, i: number) =>
    needs.every((parent) => (endedAt[indexOf.get(parent) ?? -1] ?? 1e300) <= (startedAt[i] ?? -1));
  expect(graph.tasks.every(isLate)).toBe(true);
}

/** A task that chooses a branch is a condition; a join that wants one success depends on it. */
function compileBranches(tasks: readonly Task[], expected: Readonly<Record<string, string>>): Plan {
  const choices = new Map(
    Object.entries(expected).map(([id, state]) => [id, /\(chooses (.+)\)/.exec(state)?.[1]]),
  );
  const edges: EdgeInput[] = [];
  const nodes = tasks.map(({ id, needs, trigger_rule }): NodeInput => {
    for (const parent of needs) {
      const isChoice = choices.get(parent) !== undefined;
      edges.push({ from: parent, to: id, ...(isChoice && { when: id }) });
    }
    const choice = choices.get(id);
    if (choice !== undefined) return { id, type: 'condition', condition_expression: `'${choice}'` };
    return { id, uses: 'x', ...(trigger_rule !== undefined && ruleOf(trigger_rule)) };
  });
  return compilePlan({ nodes, edges });
}

function ruleOf(rule: string): Partial<NodeInput> {
  if (rule === 'all_success') return {};
  if (rule === 'all_done') return { dependency_condition: 'all_done' };
  if (rule === 'one_success') return { dependency_condition: 'any' };
  expect(rule).toBe('none_failed_min_one_success');
  const noneFailed = "!parents.exists(p, p.status == 'failed')";
  const oneCompleted = "parents.exists(p, p.status == 'completed')";
  return {
    dependency_condition: 'conditional',
    condition_expression: `${noneFailed} && ${oneCompleted}`,
  };
}
