import { type NodeInput, PlanError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compilePlan, compileStoredPlan } from './compile.ts';

const plan = (nodes: readonly NodeInput[], options: CompileOptions = {}) =>
  compilePlan({ nodes }, options);
const problemsOf = (nodes: readonly NodeInput[], options: CompileOptions = {}) => {
  try {
    plan(nodes, options);
    return [];
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return error.validationErrors.map(({ path }) => path);
  }
};
const TOKEN = '${secrets.TOKEN}';

describe('secrets that a graph names', () => {
  it('are known with a place where each is named, wherever parameters are', () => {
    const compiled = plan([
      {
        id: 'a',
        uses: 'x',
        with: { deep: [{ 'a/b': `Bearer ${TOKEN}` }], other: 'plain' },
        fallback: { uses: 'y', with: { f: '${secrets.F}' } },
        rollback: { uses: 'y', with: { r: '${secrets["R"] + secrets.TOKEN}' } },
        on_ambiguous: { probe: { uses: 'y', with: { p: '${secrets.P}' } } },
      },
      {
        id: 'g',
        type: 'parallel_group',
        children: [{ id: 'b', uses: 'x', with: { c: '${secrets.C}' } }],
      },
    ]);
    expect(Object.fromEntries(compiled.secrets)).toEqual({
      TOKEN: '/nodes/0/with/deep',
      F: '/nodes/0/fallback/with/f',
      R: '/nodes/0/rollback/with/r',
      P: '/nodes/0/on_ambiguous/probe/with/p',
      C: '/nodes/1/children/0/with/c',
    });
    expect(compileStoredPlan(compiled.document).secrets).toEqual(compiled.secrets);
    expect(plan([{ id: 'a', uses: 'x', with: { text: '$${secrets.X}' } }]).secrets.size).toBe(0);
  });

  it('are named by a written name, in parameters only', () => {
    const uses = 'x';
    expect(
      problemsOf([
        { id: 'a', uses, with: { a: '${secrets[params.which]}' } },
        { id: 'b', uses, with: { b: '${secrets}' } },
        { id: 'c', uses, with: { c: '${[1].map(x, secrets)}' } },
        { id: 'd', uses, if: 'secrets.X == ""' },
        { id: 'e', uses, circuit_key: TOKEN },
        { id: 'f', type: 'condition', condition_expression: 'secrets.X != ""' },
        { id: 'g', type: 'parallel_group', for_each: '[secrets.X]', children: [{ id: 'h', uses }] },
      ]),
    ).toEqual([
      '/nodes/0/with/a',
      '/nodes/1/with/b',
      '/nodes/2/with/c',
      '/nodes/3/if',
      '/nodes/4/circuit_key/key',
      '/nodes/5/condition_expression',
      '/nodes/6/for_each',
    ]);
  });

  it('are refused where the action may not be given them', () => {
    const checkSecrets = (uses: string, field: string) =>
      uses === 'command' && field !== 'env' ? 'no' : undefined;
    const nodes: readonly NodeInput[] = [
      { id: 'a', uses: 'command', with: { env: { T: TOKEN } } },
      { id: 'b', uses: 'command', with: { env: {}, args: [TOKEN] } },
      { id: 'c', uses: 'x', rollback: { uses: 'command', with: { stdin: TOKEN } } },
    ];
    expect(problemsOf(nodes, { checkSecrets })).toEqual([
      '/nodes/1/with/args',
      '/nodes/2/rollback/with/stdin',
    ]);
  });

  it('shadow nothing: a variable of a comprehension may be called so', () => {
    const nodes = [
      { id: 'a', uses: 'x', with: { v: '${params.list.map(secrets, secrets.name)}' } },
    ];
    expect(plan(nodes).secrets.size).toBe(0);
  });
});
