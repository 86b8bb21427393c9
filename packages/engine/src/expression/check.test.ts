import { ExpressionError } from '@tenuto/contract';
import { describe, expect, it, test } from 'vitest';
import { compileExpression, type Scope } from './index.ts';

const IDS = new Set(['build', 'deploy', '@scope/pkg@1.2', '__proto__', 'unit-tests', 'in']);
const SCOPE: Scope = {
  steps: IDS,
  nodes: IDS,
  variables: new Set(['params', 'steps', 'nodes', 'parents', 'index', 'run', 'now', 'row']),
};

function errorOf(source: string, scope: Scope = SCOPE): ExpressionError {
  try {
    compileExpression(source, scope);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${source} was accepted`);
}

function referencesOf(source: string) {
  const { steps, nodes, variables } = compileExpression(source, SCOPE).references;
  return {
    steps: steps === 'all' ? steps : [...steps].sort(),
    nodes: nodes === 'all' ? nodes : [...nodes].sort(),
    variables: [...variables].sort(),
  };
}

describe('references', () => {
  test.each<[string, string[] | 'all', string[] | 'all', string[]]>([
    ['1 + 1', [], [], []],
    ['steps.build.version', ['build'], [], ['steps']],
    ['steps["build"].version', ['build'], [], ['steps']],
    ["steps['@scope/pkg@1.2']", ['@scope/pkg@1.2'], [], ['steps']],
    ['steps.build == steps.deploy', ['build', 'deploy'], [], ['steps']],
    ['nodes.build.status == "failed"', [], ['build'], ['nodes']],
    ['has(steps.build) || has(nodes.deploy.error)', ['build'], ['deploy'], ['nodes', 'steps']],
    ['steps[params.id]', 'all', [], ['params', 'steps']],
    ['steps', 'all', [], ['steps']],
    ['size(nodes)', [], 'all', ['nodes']],
    ['nodes.exists(n, nodes[n].status == "failed")', [], 'all', ['nodes']],
    ['"build" in steps', 'all', [], ['steps']],
    ['steps.build == 1 && size(steps) == 1', 'all', [], ['steps']],
    ['params.list.map(steps, steps.nope)', [], [], ['params']],
    ['params.list.map(nodes, nodes)', [], [], ['params']],
    ['params.list.map(x, steps.build + x)', ['build'], [], ['params', 'steps']],
    ['parents.all(p, p.status == "completed")', [], [], ['parents']],
    ['row.x + index', [], [], ['index', 'row']],
    ['steps.__proto__', ['__proto__'], [], ['steps']],
    ['[steps.build, {"a": steps.deploy}]', ['build', 'deploy'], [], ['steps']],
    ['steps.build ? now : now', ['build'], [], ['now', 'steps']],
  ])('%s reads steps %j, nodes %j and variables %j', (source, steps, nodes, variables) => {
    expect(referencesOf(source)).toEqual({ steps, nodes, variables });
  });
});

describe('names', () => {
  test.each([
    ['steps.biuld', 'there is no node "biuld" for steps; did you mean steps.build?'],
    ['steps.bulid.x', 'did you mean steps.build?'],
    ['nodes.deplyo.status', 'did you mean nodes.deploy?'],
    ["steps['@scope/pkg@1.3']", 'did you mean steps["@scope/pkg@1.2"]?'],
    ['steps["unit-test"]', 'did you mean steps["unit-tests"]?'],
    ['steps.i', 'did you mean steps["in"]?'],
    ['has(steps.dpeloy)', 'did you mean steps.deploy?'],
    ['steps.zzzzzzzz', 'there is no node "zzzzzzzz" for steps'],
    ['parms.x', 'there is no variable "parms" here; did you mean params?'],
    ['step.build', 'did you mean steps?'],
    ['secrets.token', 'they are for the parameters (`with`) of actions only'],
    ['event.topic', 'in scope are: index, nodes, now, params, parents, row, run, steps'],
    ['params.list.map(x, y)', 'there is no variable "y" here'],
    ['x + params.list.map(x, x)', 'there is no variable "x" here'],
    ['nodes.build.stauts', 'a node has no field "stauts"'],
    ['nodes["build"].output', 'a node has no field "output"'],
    ['params.x.startWith("a")', 'there is no function "startWith"; did you mean startsWith()?'],
    ['sizes(params)', 'there is no function "sizes"; did you mean size()?'],
    ['constructor(1)', 'there is no function "constructor"'],
    ['params.__proto__()', 'there is no function "__proto__"'],
    ['toString()', 'there is no function "toString"'],
  ])('%s is refused: %s', (source, message) => {
    expect(errorOf(source).message).toContain(message);
  });

  it('takes any id where the ids are not known', () => {
    const scope: Scope = { ...SCOPE, steps: 'any', nodes: 'any' };
    expect(compileExpression('steps.a + nodes.b.attempts', scope).references.steps).toEqual(
      new Set(['a']),
    );
  });

  it('knows no variables that are not in scope, not even the maps of ids', () => {
    const scope: Scope = { steps: 'any', nodes: 'any', variables: new Set(['event']) };
    expect(errorOf('steps.build', scope).message).toContain('there is no variable "steps" here');
    expect(errorOf('x', { ...scope, variables: new Set() }).message).toContain(
      'in scope are: none',
    );
  });

  it('suggests quickly among very many ids', () => {
    const many = new Set(Array.from({ length: 100_000 }, (_, i) => `node-${i}`));
    const error = errorOf('steps["node-1o"]', { ...SCOPE, steps: many });
    expect(error.message).toContain('did you mean steps["node-1"]?');
    expect(errorOf(`steps["${'x'.repeat(200)}"]`).message).not.toContain('did you mean');
  });
});

describe('kinds', () => {
  test.each([
    ['1 + "a"', 'no + for int and string'],
    ['now + 1', 'no + for timestamp and int'],
    ['!1', 'no ! for int'],
    ['-"a"', 'no - for string'],
    ['1 && true', 'a side of && is a bool, not an int'],
    ['true || "a"', 'a side of || is a bool, not a string'],
    ['1 ? 2 : 3', 'the condition before ? is a bool, not an int'],
    ['"1" == 1', 'a string is never equal to an int'],
    ['now != "2026"', 'a timestamp is never equal to a string'],
    ['size(1)', 'size cannot be used with int'],
    ['size()', 'size cannot be used with nothing'],
    ['"a".contains(1)', 'contains cannot be used with string and int'],
    ['now.x', 'a timestamp has no field "x"'],
    ['now[0]', 'a timestamp cannot be indexed'],
    ['parents["a"]', 'a list is indexed by an int, not by a string'],
    ['parents.id', 'a list has no field "id"'],
    ['now.map(x, x)', 'map() goes over a list or a map, not a timestamp'],
    ['parents.filter(p, 1)', 'the test of filter() is a bool, not an int'],
    ['parents.map(p, "a", p)', 'the test of map() is a bool, not a string'],
    ['{[1]: 2}', 'a key of a map is a string, an int or a bool, not a list'],
    ['index.x', 'an int has no field "x"'],
    ['has(params)', 'has() takes a field'],
    ['has(params["a"])', 'has() takes a field'],
    ['1u', 'unsigned integers are not supported'],
    ['"a".matches("(?<=x)a")', 'look-around'],
    ['"a".matches("a**")', 'a repeat of a repeat'],
    ['1 in "abc"', 'no in for int and string'],
    ['1 % 1.5', 'no % for int and double'],
    ['string([1])', 'string cannot be used with list'],
    ['(true ? 1 : 2) + "a"', 'no + for int and string'],
  ])('%s is refused: %s', (source, message) => {
    expect(errorOf(source).message).toContain(message);
  });

  test.each([
    'params.a + "a"',
    'params.a + 1',
    'params.a == 1 || params.a == "1"',
    'null == 1',
    'true ? 1 : "a"',
    '(true ? 1 : "a") == "a"',
    '1 == 1.0',
    'index + 0.5',
    'parents[0].status',
    'params.a[params.b].c',
    '[1, "a", null]',
    'run.id',
    'now - now < duration("1h")',
  ])('%s is accepted', (source) => {
    expect(compileExpression(source, SCOPE).source).toBe(source);
  });
});

describe('errors', () => {
  it('say line and column, from 1', () => {
    const error = errorOf('params.a &&\n  steps.biuld');
    expect(error.code).toBe('invalid_expression');
    expect(error.status).toBe(422);
    expect(error.validationErrors).toEqual([
      {
        path: '',
        message: 'line 2, column 9: there is no node "biuld" for steps; did you mean steps.build?',
        value: { line: 2, column: 9 },
      },
    ]);
  });

  it('list every problem, up to ten', () => {
    expect(errorOf('a + b + c').validationErrors).toHaveLength(3);
    const many = Array.from({ length: 30 }, (_, i) => `x${i}`).join(' + ');
    expect(errorOf(many).validationErrors).toHaveLength(10);
  });

  test.each([
    ['', 1],
    ['1 +', 4],
    ['(1', 3],
    ['"abc', 1],
    ['a b', 3],
    ['1 = 2', 3],
    ['params..a', 8],
    ['[1, 2', 6],
    ['{"a" 1}', 6],
    ['params.list.map(1, x)', 17],
    ['# comment', 1],
    ['if', 1],
    ['__proto__', 1],
  ])('%s does not parse at column %i', (source, column) => {
    expect(errorOf(source).validationErrors[0]?.value).toEqual({ line: 1, column });
  });

  it('shorten a long source', () => {
    expect(errorOf(`nope + "${'x'.repeat(500)}"`).message.length).toBeLessThan(250);
  });
});
