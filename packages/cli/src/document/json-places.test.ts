import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPlaces } from './json-places.ts';

/** What stands at a path, as it is read from the data. */
function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, part) => Reflect.get(Object(value), part), data);
}

/** The shortest beginning of `text` that is JSON. */
function firstValue(text: string): unknown {
  for (let end = 1; end <= text.length; end += 1) {
    const next = text[end] ?? ',';
    if (/[\w.+-]/.test(next) && /[\w.]$/.test(text.slice(0, end))) continue;
    try {
      return JSON.parse(text.slice(0, end));
    } catch {
      // Not yet whole.
    }
  }
  throw new Error(`no value at the beginning of ${text}`);
}

describe('the places of JSON', () => {
  it('are where the values are', () => {
    const data = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(data, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const parsed: unknown = JSON.parse(text);
        for (const { path, offset, isRepeated } of jsonPlaces(text)) {
          expect(firstValue(text.slice(offset))).toEqual(valueAt(parsed, path));
          expect(isRepeated).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are as many as there are values', () => {
    const text = '{"a": [1, {"b": null}], "c": {"d": "}]\\"", "e": []}}';
    expect([...jsonPlaces(text)].map(({ path }) => path.join('/'))).toEqual([
      '',
      'a',
      'a/0',
      'a/1',
      'a/1/b',
      'c',
      'c/d',
      'c/e',
    ]);
  });

  it('say where a key is repeated, and only there', () => {
    const text = '{"a": 1, "b": {"a": 2}, "a": {"c": 3}, "\\u0061": 4}';
    const repeated = [...jsonPlaces(text)].filter(({ isRepeated }) => isRepeated);
    expect(repeated.map(({ offset }) => text.slice(offset, offset + 4))).toEqual(['{"c"', '4}']);
  });

  it('are found in a long text without delay', () => {
    const text = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ id: `n${i}` })));
    let places = 0;
    for (const _ of jsonPlaces(text)) places += 1;
    expect(places).toBe(200_001);
  });
});
