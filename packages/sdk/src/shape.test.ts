import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anything,
  fields,
  flag,
  isRecord,
  listOf,
  mapOf,
  nullable,
  number,
  oneOf,
  optional,
  text,
} from './shape.ts';

const shape = fields({ id: text, size: optional(number), extra: anything });

describe('a shape', () => {
  it('passes an object with more fields than it knows', () => {
    expect(shape({ id: 'a', size: 1, extra: [], later: true })).toBe(true);
  });

  it('passes a field that may be absent when it is absent, and one that may be null as null', () => {
    expect(shape({ id: 'a' })).toBe(true);
    expect(shape({ id: 'a', size: null })).toBe(false);
    expect(nullable(number)(null)).toBe(true);
    expect(nullable(number)(undefined)).toBe(false);
    expect(shape({ id: 'a', size: '1' })).toBe(false);
  });

  it('refuses an object without a field that must be there', () => {
    expect(shape({ size: 1 })).toBe(false);
    expect(shape({ id: 1 })).toBe(false);
  });

  it('does not take what an object inherits for a field', () => {
    expect(fields({ toString: anything, constructor: text })({})).toBe(false);
    expect(shape(Object.create({ id: 'a' }))).toBe(false);
  });

  it('checks each item of a list', () => {
    expect(listOf(flag)([true, false])).toBe(true);
    expect(listOf(flag)([true, 0])).toBe(false);
    expect(listOf(flag)({ length: 0 })).toBe(false);
  });

  it('checks each value of a map, and words against the known ones', () => {
    expect(mapOf(oneOf(['on', 'off']))({ a: 'on', b: 'off' })).toBe(true);
    expect(mapOf(oneOf(['on', 'off']))({ a: 'on', b: 'toString' })).toBe(false);
    expect(mapOf(text)(['a'])).toBe(false);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => typeof shape(value) === 'boolean'));
    fc.assert(fc.property(fc.array(fc.anything()), (value) => !isRecord(value) && !shape(value)));
  });
});
