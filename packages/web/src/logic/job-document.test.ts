import { describe, expect, it } from 'vitest';
import { readText, writeText } from './document.ts';
import { readJobText } from './job-document.ts';
import { fieldsOfOptions, NO_OPTIONS, withOptions } from './job-options.ts';

const WORDS = { noObject: 'no object', noNodes: 'no nodes' };
const read = (text: string) => readJobText(text, WORDS);
const placed = (text: string, path: string, message = 'Wrong.') => {
  const job = read(text);
  return 'placed' in job ? job.placed([{ path, message }]) : job.problems;
};

describe('a job that is written', () => {
  it.each([
    ['name: x\nnodes: [{id: a}]\nedges: []', { nodes: [{ id: 'a' }], edges: [] }],
    ['name: x\ndag:\n  nodes: [{id: a}]', { nodes: [{ id: 'a' }] }],
    ['{"name": "x", "dag_definition": {"nodes": [{"id": "a"}]}}', { nodes: [{ id: 'a' }] }],
  ])('has its graph where the API wants it: %s', (text, dag) => {
    expect(read(text)).toMatchObject({ body: { name: 'x', dag_definition: dag } });
  });

  it('needs no graph of its own when it is made of something else', () => {
    expect(read('template: release\nparams: {a: 1}')).toMatchObject({
      body: { template: 'release', params: { a: 1 } },
    });
  });

  it.each([
    ['- id: a', 'no object', 1],
    ['', 'no object', 1],
    ['name: x', 'no nodes', 1],
    ['name: x\nnodes: [', /./, 2],
    ['a: 1\na: 2\nnodes: []', /unique/, 2],
  ])('is refused as %j, at its line', (text, message, line) => {
    const job = read(text);
    expect('problems' in job && job.problems[0]).toMatchObject({
      line,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it('has what a server says of it at its line', () => {
    const bare = 'name: x\nnodes:\n  - id: a\n    needs:\n      - b\npriority: 11\n';
    expect(placed(bare, '/dag_definition/nodes/0/needs/0')).toEqual([
      { line: 5, message: 'Wrong.' },
    ]);
    expect(placed(bare, '/dag_definition/nodes/0/uses')).toEqual([{ line: 3, message: 'Wrong.' }]);
    expect(placed(bare, '/priority', 'must be <= 10')).toEqual([
      { line: 6, message: 'priority must be <= 10' },
    ]);
    expect(placed('dag:\n  nodes:\n    - id: a\n', 'nodes[0].id')).toEqual([
      { line: 3, message: 'Wrong.' },
    ]);
  });

  it('stops where aliases stand for more than anybody means', () => {
    const lines = Array.from(
      { length: 9 },
      (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`,
    );
    const text = ['a0: &a0 [x, x]', ...lines.map((line) => line.replaceAll(', ', ', '))].join('\n');
    expect('problems' in readText(`${text}\nb: [${'*a9, '.repeat(60)}]`, 'x')).toBe(true);
  });

  it('is read as it was written', () => {
    const value = { name: 'x', text: 'a: b\n- c', deep: [{ on: 'yes', at: '12:30' }] };
    const again = readText(writeText(value), 'x');
    expect('value' in again && again.value).toEqual(value);
  });
});

describe('what is filled in beside a job', () => {
  it('goes before what the text says', () => {
    const fields = fieldsOfOptions({
      ...{ name: 'y', priority: '2', tags: 'a, b,', minutes: '1.5', usd: '0.5' },
      at: '2026-12-24T18:00Z',
    });
    expect(withOptions({ name: 'x', priority: 9, metadata: {} }, fields ?? {})).toEqual({
      ...{ job_name: 'y', priority: 2, tags: ['a', 'b'], timeout_ms: 90_000, budget: { usd: 0.5 } },
      ...{ scheduled_at: '2026-12-24T18:00:00.000Z', metadata: {} },
    });
  });

  it('says nothing where nothing is', () => {
    expect(fieldsOfOptions(NO_OPTIONS)).toEqual({});
    expect(withOptions({ name: 'x' }, {})).toEqual({ name: 'x' });
    expect(fieldsOfOptions({ ...NO_OPTIONS, priority: 'high' })).toBeUndefined();
  });
});
