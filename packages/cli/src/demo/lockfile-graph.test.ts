import { describe, expect, it } from 'vitest';
import { lockfileGraph } from './lockfile-graph.ts';

const all = () => true;

describe('the graph of a lock file', () => {
  it('finds a dependency in the nearest node_modules around a package', () => {
    const lock = {
      packages: {
        '': { dependencies: { a: '1' } },
        'node_modules/a': { version: '1.0.0', dependencies: { b: '2' } },
        'node_modules/a/node_modules/b': { version: '2.0.0' },
        'node_modules/b': { version: '1.0.0' },
        'node_modules/c': { version: '3.0.0', dependencies: { b: '1' } },
      },
    };
    const needs = new Map(lockfileGraph(lock, all).map((one) => [one.folder, one.needs]));
    expect(needs.get('node_modules/a')).toEqual(['node_modules/a/node_modules/b']);
    expect(needs.get('node_modules/c')).toEqual(['node_modules/b']);
  });

  it('leaves out what is linked or not installed, and edges to it', () => {
    const lock = {
      packages: {
        'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-darwin': '1' } },
        'node_modules/a-darwin': { version: '1.0.0' },
        'node_modules/ours': { link: true },
      },
    };
    const graph = lockfileGraph(lock, (folder) => !folder.endsWith('darwin'));
    expect(graph).toEqual([{ folder: 'node_modules/a', name: 'a', version: '1.0.0', needs: [] }]);
  });

  it('drops the edge that closes a cycle and keeps the others', () => {
    const lock = {
      packages: {
        'node_modules/a': { version: '1', dependencies: { b: '1' } },
        'node_modules/b': { version: '1', dependencies: { c: '1' } },
        'node_modules/c': { version: '1', dependencies: { a: '1' } },
      },
    };
    const edges = lockfileGraph(lock, all).flatMap(({ folder, needs }) =>
      needs.map((needed) => `${folder.slice(-1)}${needed.slice(-1)}`),
    );
    expect(edges).toEqual(['ab', 'bc']);
  });

  it('names a scoped package with its scope', () => {
    const lock = { packages: { 'node_modules/@scope/pkg': { version: '1.0.0' } } };
    expect(lockfileGraph(lock, all)[0]?.name).toBe('@scope/pkg');
  });
});
