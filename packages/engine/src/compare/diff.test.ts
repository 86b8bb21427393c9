import type { Json } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Difference, diffJson, isEqualJson } from './diff.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

/** Makes of the first value what the differences say. */
function patched(value: Json, changes: readonly Difference[]): Json | undefined {
  let root: { value?: Json } = { value: structuredClone(value) };
  for (const { op, path, after } of [...changes].sort(backwards)) {
    const steps = ['value', ...path.split('/').slice(1).map(unescaped)];
    const last = steps.pop() ?? '';
    let at: unknown = root;
    for (const step of steps) at = Reflect.get(Object(at), step);
    if (op !== 'removed') Object.defineProperty(at, last, { ...PLAIN, value: after });
    else if (Array.isArray(at)) at.splice(Number(last), 1);
    else Reflect.deleteProperty(Object(at), last);
  }
  root = { ...root };
  return root.value;
}

const PLAIN = { configurable: true, enumerable: true, writable: true };
const unescaped = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~');
/** Items are taken from the end of a list before those in front of them. */
const backwards = (a: Difference, b: Difference) =>
  Number(a.op === 'removed') - Number(b.op === 'removed') ||
  b.path.localeCompare(a.path, 'en', { numeric: true });

describe('the differences of two values', () => {
  it('are none between a value and itself, whatever the order of its members', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(diffJson(value, shuffled(value))).toEqual({ changes: [], truncated: false });
        expect(isEqualJson(value, shuffled(value))).toBe(true);
      }),
    );
  });

  it('make of the one the other', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const { changes, truncated } = diffJson(before, after, { most: 10_000, chars: 1e9 });
        expect(truncated).toBe(false);
        expect(isEqualJson(patched(before, changes), after)).toBe(true);
      }),
    );
  });

  it('are told by JSON Pointers, names with slashes and names of the language included', () => {
    const before = { 'a/b': { '~': 1 }, list: [1, 2], constructor: 1 };
    const after = { 'a/b': { '~': 2 }, list: [1] };
    expect(diffJson(before, after).changes).toEqual([
      { op: 'changed', path: '/a~1b/~0', before: 1, after: 2 },
      { op: 'removed', path: '/list/1', before: 2 },
      { op: 'removed', path: '/constructor', before: 1 },
    ]);
    const poisoned: Json = JSON.parse('{"__proto__": 1}');
    expect(diffJson({}, poisoned).changes).toEqual([{ op: 'added', path: '/__proto__', after: 1 }]);
  });

  it('are as many as are asked for, with values as long as is asked for', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => i);
    const found = diffJson([], many, { most: 3, chars: 10 });
    expect([found.changes.length, found.truncated]).toEqual([3, true]);
    expect(diffJson('a', 'b'.repeat(50), { most: 3, chars: 4 }).changes).toEqual([
      { op: 'changed', path: '', before: 'a', after: 'bbbb…', cut: true },
    ]);
  });

  it('are found in values that are very deep', () => {
    const deep = (leaf: Json): Json =>
      Array.from({ length: 3_000 }).reduce<Json>((inner) => [inner], leaf);
    expect(diffJson(deep(1), deep(1)).changes).toEqual([]);
    expect(diffJson(deep(1), deep(2)).changes).toHaveLength(1);
  });
});

function shuffled(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shuffled);
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, member]) => [name, shuffled(member as Json)]));
}
