import type { DagInput, NodeInput, TestEntryBody } from '@tenuto/contract';
import { PlanError } from '@tenuto/contract';
import { type CatalogueRecord, type CatalogueStore, compilePlan } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { expandTests } from './test-expansion.ts';

type Entries = Readonly<Record<string, TestEntryBody>>;

const refuse = async () => {
  throw new Error('not asked for by a submit');
};

/** A catalogue of ann's that notes what is asked of it. */
function catalogueOf(entries: Entries) {
  const asked: string[][] = [];
  const recordOf = ([id, body]: [string, TestEntryBody]): CatalogueRecord => ({
    ...{ owner: 'ann', id, body, version: 1, createdAt: 0, updatedAt: 0 },
  });
  const records = Object.entries(entries).map(recordOf);
  const catalogue: CatalogueStore = {
    ...{ list: refuse, find: refuse, create: refuse, replace: refuse, remove: refuse },
    async entries(owner, ids) {
      asked.push([...ids]);
      return owner === 'ann' ? records.filter(({ id }) => ids.includes(id)) : [];
    },
    async casesOf(owner, suiteId, limit) {
      const cases = records.filter(({ body }) => body.suite_id === suiteId);
      return owner === 'ann' ? cases.slice(0, limit) : [];
    },
  };
  return { catalogue, asked };
}

const UNIT: TestEntryBody = {
  ...{
    kind: 'suite',
    command: ['npm', 'test'],
    folder: '${params.folder}',
    report: 'r-{attempt}.xml',
  },
  ...{ select: { case: '{name}', case_args: ['-t={case}'], skip_args: ['-s={case}'] } },
  ...{ env: { CI: '1' }, timeout_seconds: 60 },
};
const LOGIN: TestEntryBody = { kind: 'case', suite_id: 'unit', name: 'logs ${in}', classname: 'C' };

async function expand(nodes: readonly NodeInput[], entries: Entries, edges?: DagInput['edges']) {
  const { catalogue } = catalogueOf(entries);
  const expansion = await expandTests(catalogue, 'ann', { nodes, ...(edges && { edges }) });
  // Whatever comes out can be compiled.
  compilePlan(expansion.dag);
  return expansion;
}

async function problemsOf(nodes: readonly NodeInput[], entries: Entries) {
  const error: unknown = await expand(nodes, entries).catch((thrown) => thrown);
  if (error instanceof PlanError) return error.validationErrors;
  throw new Error(`no plan error: ${String(error)}`);
}

describe('a graph', () => {
  it('without catalogued tests stays as it is, and nothing is looked up', async () => {
    const { catalogue, asked } = catalogueOf({});
    const dag: DagInput = {
      nodes: [
        { id: 'a', uses: 'sleep.for' },
        { id: 'b', type: 'test_case', test_case_id: 'x', with: { command: ['x'] } },
        { id: 'c', type: 'test_case', test_case_id: 'x', uses: 'http.request' },
        { id: 'd', type: 'test_suite', uses: 'test.run' },
      ],
    };
    const { dag: after, placeOf } = await expandTests(catalogue, 'ann', dag);
    expect(after).toBe(dag);
    expect([placeOf('/nodes/3/id'), asked]).toEqual(['/nodes/3/id', []]);
  });

  it('looks its tests up in the catalogue of its owner, all at once', async () => {
    const { catalogue, asked } = catalogueOf({ unit: UNIT, login: LOGIN });
    const nodes: NodeInput[] = [
      { id: 'a', type: 'test_case', test_case_id: 'login' },
      { id: 'b', type: 'test_case', test_case_id: 'login' },
    ];
    await expandTests(catalogue, 'ann', { nodes });
    expect(asked).toEqual([['login'], ['unit']]);
    await expect(expandTests(catalogue, 'bob', { nodes })).rejects.toThrow(/no test case "login"/);
  });
});

describe('a test case', () => {
  it('is selected from its suite, by a name that is data', async () => {
    const node: NodeInput = {
      id: 'a',
      type: 'test_case',
      test_case_id: 'login',
      needs: ['b'],
      max_retries: 1,
    };
    const { dag } = await expand([node, { id: 'b', uses: 'x' }], { unit: UNIT, login: LOGIN });
    expect(dag.nodes[0]).toEqual({
      ...{ ...node, test_suite_id: 'unit', uses: 'test.run', timeout_seconds: 60 },
      with: {
        ...{ command: ['npm', 'test'], cwd: '${params.folder}', env: { CI: '1' } },
        ...{ report: 'r-{attempt}.xml', suite: 'unit', select: UNIT.select },
        cases: [{ name: 'logs $${in}', classname: 'C' }],
      },
    });
  });

  it('may bring a command of its own, and takes from its suite what it does not say', async () => {
    const own: TestEntryBody = {
      ...{ kind: 'case', suite_id: 'unit', command: ['smoke'], env: { A: 'b' } },
      timeout_seconds: 5,
    };
    const { dag } = await expand([{ id: 'a', type: 'test_case', test_case_id: 'own' }], {
      unit: UNIT,
      own,
    });
    expect(dag.nodes[0]).toMatchObject({
      ...{ timeout_seconds: 5, test_suite_id: 'unit' },
      with: {
        ...{
          command: ['smoke'],
          cwd: '${params.folder}',
          report: 'r-{attempt}.xml',
          suite: 'unit',
        },
        env: { CI: '1', A: 'b' },
      },
    });
    expect(dag.nodes[0]?.with).not.toHaveProperty('cases');
  });

  it('may be of no suite: its results go under its own id', async () => {
    const alone: TestEntryBody = { kind: 'case', command: ['smoke'], report: ['a', 'b'] };
    const { dag } = await expand(
      [{ id: 'a', type: 'test_case', test_case_id: 'alone', timeout_seconds: 9 }],
      { alone },
    );
    expect(dag.nodes[0]).toEqual({
      ...{ id: 'a', type: 'test_case', test_case_id: 'alone', timeout_seconds: 9 },
      ...{ uses: 'test.run', with: { command: ['smoke'], report: ['a', 'b'], suite: 'alone' } },
    });
  });

  it('that is not registered is told of with the way to register it', async () => {
    const nodes: NodeInput[] = [
      { id: 'a', uses: 'x' },
      {
        id: 'g',
        type: 'parallel_group',
        children: [
          { id: 'b', type: 'test_case', test_case_id: 'absent' },
          { id: 'c', type: 'test_case', test_case_id: 'unit' },
        ],
      },
    ];
    const problems = await problemsOf(nodes, { unit: UNIT });
    expect(problems.map(({ path }) => path)).toEqual([
      '/nodes/1/children/0/test_case_id',
      '/nodes/1/children/1/test_case_id',
    ]);
    expect(problems[0]?.message).toMatch(
      /no test case "absent".*PUT \/api\/v1\/tests\/catalogue\/absent.*tenuto tests catalogue put <file>/,
    );
  });

  it.each<[string, Entries, RegExp]>([
    ['has no report', { c: { kind: 'case', command: ['x'] } }, /has no report/],
    ['has no command', { c: { kind: 'case', report: 'r' } }, /has no command/],
    [
      'is of a suite that cannot select',
      {
        c: { kind: 'case', suite_id: 's' },
        s: { kind: 'suite', command: ['x'], report: 'r' },
      },
      /suite "s" cannot select cases: give it select/,
    ],
  ])('that %s cannot be run', async (_, entries, said) => {
    const problems = await problemsOf([{ id: 'a', type: 'test_case', test_case_id: 'c' }], entries);
    expect(problems[0]?.message).toMatch(said);
  });
});

describe('a test suite', () => {
  const node: NodeInput = { id: 'u', type: 'test_suite', test_suite_id: 'unit' };

  it('is one node where it is not spread', async () => {
    const { dag } = await expand([{ ...node, shards: 1 }], { unit: { ...UNIT, shards: 9 } });
    expect(dag.nodes).toEqual([
      {
        ...{ ...node, shards: 1, uses: 'test.run', timeout_seconds: 60 },
        with: {
          ...{ command: ['npm', 'test'], cwd: '${params.folder}', env: { CI: '1' } },
          ...{ report: 'r-{attempt}.xml', suite: 'unit', select: UNIT.select },
        },
      },
    ]);
  });

  it('becomes a plan, shards and a report that stands in its place', async () => {
    const before: NodeInput = { id: 'build', uses: 'x' };
    const after: NodeInput = { id: 'tell', uses: 'x', with: { n: '${steps.u.counts.total}' } };
    const spread: NodeInput = {
      ...{ ...node, shards: 2, needs: ['build'], if: 'params.test', max_retries: 2 },
      ...{ allow_failure: true, name: 'unit tests', save_as: 'unit', priority: 2 },
      ...{ heartbeat_seconds: 9, circuit_key: 'db', fallback: { uses: 'x' } },
    };
    const { dag } = await expand([before, spread, { ...after, needs: ['u'] }], { unit: UNIT });
    expect(dag.nodes.map(({ id }) => id)).toEqual(['build', 'u/plan', 'u/shards', 'u', 'tell']);
    const [, plan, shards, report] = dag.nodes;
    expect(plan).toEqual({
      ...{ id: 'u/plan', uses: 'test.plan', needs: ['build'], if: 'params.test' },
      ...{ max_retries: 2, allow_failure: true, priority: 2 },
      with: { suite: 'unit', shards: 2, select: UNIT.select, cwd: '${params.folder}' },
    });
    expect(shards).toMatchObject({ type: 'parallel_group', parent_nodes: ['u/plan'] });
    expect(shards?.children?.[1]).toEqual({
      ...{ id: 'u/shard-2', type: 'test_suite', test_suite_id: 'unit', uses: 'test.run' },
      ...{ timeout_seconds: 60, max_retries: 2, priority: 2, allow_failure: true },
      ...{ heartbeat_seconds: 9, circuit_key: 'db' },
      with: {
        ...{ command: ['npm', 'test'], cwd: '${params.folder}', env: { CI: '1' } },
        ...{ report: 'r-{attempt}.xml', suite: 'unit', select: UNIT.select, list_share: 0.5 },
        cases: '${steps["u/plan"].shards[1].cases}',
        skip: '${steps["u/plan"].shards[1].skip}',
      },
    });
    expect(report).toEqual({
      ...{ ...node, name: 'unit tests', save_as: 'unit', allow_failure: true, priority: 2 },
      fallback: { uses: 'x' },
      ...{ uses: 'test.merge', parent_nodes: ['u/shards'], max_retries: 0 },
      with: { nodes: ['u/shard-1', 'u/shard-2'], outputs: '${steps["u/shards"]}' },
    });
  });

  it('is spread as its entry says, over files where it has a pattern', async () => {
    const select = { case_args: ['{case}'] };
    const files: TestEntryBody = { ...UNIT, select, pattern: '**/*.test.ts', shards: 3 };
    const { dag } = await expand([node], { unit: files });
    expect(dag.nodes[0]?.with).toMatchObject({
      ...{ pattern: '**/*.test.ts', shards: 3 },
      select: { ...select, case: '{file}' },
    });
    expect(dag.nodes[1]?.children).toHaveLength(3);
  });

  it('takes the edges to it with its beginning, and those from it with its end', async () => {
    const { dag } = await expand(
      [
        { id: 'a', type: 'condition', condition_expression: 'true' },
        { ...node, shards: 2 },
        { id: 'z', uses: 'x' },
      ],
      { unit: UNIT },
      [
        { from: 'a', to: 'u', when: true },
        { from: 'u', to: 'z' },
      ],
    );
    expect(dag.edges).toEqual([
      { from: 'a', to: 'u/plan', when: true },
      { from: 'u', to: 'z' },
    ]);
  });

  it('becomes its cases where these are chosen, or where it has nothing else', async () => {
    const own: TestEntryBody = { kind: 'case', suite_id: 'unit', command: ['smoke'] };
    const entries = { unit: UNIT, login: LOGIN, own };
    const chosen = await expand([{ ...node, test_case_ids: ['login', 'own', 'login'] }], entries);
    expect(chosen.dag.nodes.map(({ id }) => id)).toEqual(['u/cases', 'u']);
    expect(chosen.dag.nodes[0]).toMatchObject({
      type: 'parallel_group',
      children: [
        { id: 'u/login', type: 'test_case', test_case_id: 'login', allow_failure: true },
        { id: 'u/own', with: { command: ['smoke'], report: 'r-{attempt}.xml', suite: 'unit' } },
      ],
    });
    expect(chosen.dag.nodes[0]).not.toHaveProperty('max_parallel_instances');
    expect(chosen.dag.nodes[1]).toMatchObject({
      ...{ id: 'u', uses: 'test.merge', parent_nodes: ['u/cases'] },
      with: { nodes: ['u/login', 'u/own'], outputs: '${steps["u/cases"]}' },
    });
    const bare: TestEntryBody = { kind: 'suite', title: 'of cases only' };
    const all = await expand([node], { unit: bare, own: { ...own, report: 'o.xml' } });
    expect(all.dag.nodes[0]?.children?.map(({ id }) => id)).toEqual(['u/own']);
    // They would write over each other's report.
    expect(all.dag.nodes[0]).toMatchObject({ max_parallel_instances: 1 });
  });

  it('spreads the chosen cases over shards when both are asked for', async () => {
    const { dag } = await expand([{ ...node, shards: 2, test_case_ids: ['login'] }], {
      unit: UNIT,
      login: LOGIN,
    });
    expect(dag.nodes[0]?.with).toMatchObject({ cases: [{ name: 'logs $${in}', classname: 'C' }] });
  });

  it('goes into groups with all its parts, in their order', async () => {
    const group: NodeInput = {
      id: 'all',
      type: 'sequential_group',
      children: [
        { id: 'first', uses: 'x' },
        { ...node, shards: 2 },
        { id: 'last', uses: 'x' },
      ],
    };
    const { dag, placeOf } = await expand([group], { unit: UNIT });
    expect(dag.nodes[0]?.children?.map(({ id }) => id)).toEqual([
      ...['first', 'u/plan', 'u/shards', 'u', 'last'],
    ]);
    expect(placeOf('/nodes/0/children/4/uses')).toBe('/nodes/0/children/2/uses');
    expect(placeOf('/nodes/0/children/2/children/1/with')).toBe(
      '/nodes/0/children/1/children/1/with',
    );
    expect(placeOf('/nodes/0/id')).toBe('/nodes/0/id');
    expect(placeOf('/edges/1')).toBe('/edges/1');
  });

  it.each<[string, NodeInput, Entries, RegExp]>([
    ['is not registered', node, {}, /no test suite "unit" in the catalogue/],
    ['is a case', node, { unit: { kind: 'case', command: ['x'], report: 'r' } }, /no test suite/],
    ['has neither command nor cases', node, { unit: { kind: 'suite' } }, /register cases/],
    [
      'cannot select and is to be spread',
      { ...node, shards: 2 },
      { unit: { kind: 'suite', command: ['x'], report: 'r' } },
      /give it a command and select/,
    ],
    [
      'has one report for all shards',
      { ...node, shards: 2 },
      { unit: { ...UNIT, report: ['r-{attempt}.xml', 'r.xml'] } },
      /write over each other's reports: put {attempt} into report/,
    ],
    [
      'would lose new tests',
      { ...node, shards: 2 },
      { unit: { ...UNIT, select: { case_args: ['{case}'] } } },
      /new tests would not be run: give it a pattern/,
    ],
    [
      'lacks a chosen case',
      { ...node, test_case_ids: ['login', 'absent'] },
      { unit: UNIT, login: LOGIN },
      /no test case "absent"/,
    ],
  ])('that %s cannot be run', async (_, suite, entries, said) => {
    const problems = await problemsOf([suite], entries);
    expect(problems[0]?.message).toMatch(said);
    expect(problems[0]?.path).toMatch(/^\/nodes\/0\/test_(suite_id|case_ids\/1)$/);
  });

  it('is spread over its registered cases where nothing else tells what it has', async () => {
    const select = { case_args: ['{case}'] };
    const { dag } = await expand([{ ...node, shards: 2 }], {
      unit: { ...UNIT, select },
      login: LOGIN,
    });
    expect(dag.nodes[0]?.with).toMatchObject({ cases: [{ classname: 'C' }] });
  });
});
