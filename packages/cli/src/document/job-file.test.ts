import { describe, expect, it } from 'vitest';
import { readJobFile } from './job-file.ts';
import { readPointer } from './pointer.ts';
import { describeFinding, FileError } from './source-text.ts';

const read = (text: string, name = 'checks/nightly.yaml') => readJobFile({ name, text });
const placeOf = (text: string, path: string) => {
  const file = read(text);
  return describeFinding(file.source, file.findingOf({ path, message: 'Wrong.' }));
};

describe('a job file', () => {
  it('may be the body of a submission', () => {
    const text = 'job_name: x\npriority: 3\ndag_definition:\n  nodes: [{id: a}]\n';
    expect(read(text).body).toEqual({
      job_name: 'x',
      priority: 3,
      dag_definition: { nodes: [{ id: 'a' }] },
    });
  });

  it('may have its graph under dag', () => {
    expect(read('name: x\ndag:\n  nodes: [{id: a}]\n').body).toEqual({
      name: 'x',
      dag_definition: { nodes: [{ id: 'a' }] },
    });
  });

  it('may be just nodes and edges, with whatever else a job has beside them', () => {
    const text = 'nodes: [{id: a}, {id: b}]\nedges: [{from: a, to: b}]\nfail_fast: true\n';
    expect(read(text).body).toEqual({
      job_name: 'nightly',
      fail_fast: true,
      dag_definition: { nodes: [{ id: 'a' }, { id: 'b' }], edges: [{ from: 'a', to: 'b' }] },
    });
  });

  it('may be JSON, whatever its name says', () => {
    expect(read('{"nodes": []}', 'stdin').body).toEqual({
      job_name: 'stdin',
      dag_definition: { nodes: [] },
    });
  });

  it('may name a template in place of a graph', () => {
    expect(read('template: release\nparams: {a: 1}\n').body).toMatchObject({ template: 'release' });
  });

  it.each([
    ['a list', '- id: a\n'],
    ['text', 'hello\n'],
    ['nothing', '~\n'],
    ['an object without nodes', 'steps: []\n'],
    ['a member that every object inherits', '{"toString": 1}'],
  ])('is refused when it is %s', (_name, text) => {
    expect(() => read(text)).toThrow(FileError);
  });
});

describe('what the server says of a job', () => {
  const bare = 'name: x\nnodes:\n  - id: a\n    needs:\n      - b\n';

  it.each([
    ['bare nodes', bare, '5:9'],
    ['a dag', 'dag:\n  nodes:\n    - id: a\n      needs: [b]\n', '4:15'],
    ['a body', 'dag_definition:\n  nodes:\n    - {id: a, needs: [b]}\n', '3:23'],
    ['JSON', '{"nodes": [{"id": "a", "needs": ["b"]}]}', '1:34'],
  ])('is shown at its line in a file of %s', (_name, text, place) => {
    expect(placeOf(text, '/dag_definition/nodes/0/needs/0')[0]).toBe(
      `checks/nightly.yaml:${place}: Wrong.`,
    );
  });

  it('is shown with the line', () => {
    expect(placeOf(bare, '/dag_definition/nodes/0/needs/0')).toEqual([
      'checks/nightly.yaml:5:9: Wrong.',
      ' 5 |       - b',
      '   |         ^',
    ]);
  });

  it('is shown at what is around it when it is missing, with its path', () => {
    expect(placeOf(bare, '/dag_definition/nodes/0/uses')[0]).toBe(
      'checks/nightly.yaml:3:5: /dag_definition/nodes/0/uses Wrong.',
    );
    expect(placeOf(bare, '/priority')[0]).toBe('checks/nightly.yaml:1:1: /priority Wrong.');
  });

  it('has its field for a subject when it is no sentence', () => {
    const file = read('priority: 11\nnodes: []\n');
    const told = file.findingOf({ path: '/priority', message: 'must be <= 10' });
    expect(told.message).toBe('priority must be <= 10');
  });

  it('is understood when its path starts at the graph', () => {
    expect(placeOf(bare, '/nodes/0/needs/0')[0]).toMatch(':5:9: Wrong.');
    const body = 'dag_definition:\n  nodes:\n    - {id: a, needs: [b]}\n';
    expect(placeOf(body, '/nodes/0/needs/0')[0]).toMatch(':3:23: Wrong.');
  });

  it('is understood as a field path too', () => {
    expect(placeOf(bare, 'dag_definition.nodes[0].needs[0]')[0]).toMatch(':5:9: Wrong.');
  });
});

describe('a path of the server', () => {
  it('is a JSON pointer with its escapes, or a field path', () => {
    expect(readPointer('/a~1b/~0c/0')).toEqual(['a/b', '~c', '0']);
    expect(readPointer('/a/~01')).toEqual(['a', '~1']);
    expect(readPointer('a.b[3].c')).toEqual(['a', 'b', '3', 'c']);
    expect(readPointer('')).toEqual([]);
    expect(readPointer('/')).toEqual(['']);
  });
});
