import { describe, expect, it } from 'vitest';
import { readField, shownValue } from './profile-fields.ts';

describe('a field', () => {
  it.each([
    ['number', '0.5', 0.5],
    ['number', 'half', 'half'],
    ['flag', 'true', true],
    ['lines', 'a\n\nb\n', ['a', 'b']],
    ['lines', '', undefined],
    ['text', '', undefined],
    ['data', '{a: [1]}', { a: [1] }],
    ['data', '{a: [', '{a: ['],
  ] as const)('of %s reads %j', (kind, text, value) => {
    expect(readField(text, kind)).toEqual(value);
  });

  it.each([
    ['number', 0.5, '0.5'],
    ['lines', ['a', 'b'], 'a\nb'],
    ['text', 42, '42'],
    ['data', { a: [1] }, 'a:\n  - 1'],
    ['data', undefined, ''],
  ] as const)('of %s shows %j', (kind, value, text) => {
    expect(shownValue(value, kind)).toBe(text);
  });
});
