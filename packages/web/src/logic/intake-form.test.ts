import { describe, expect, it } from 'vitest';
import { intakeFields, intakeOf } from './intake-form.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    goal: { type: 'string', title: 'Goal' },
    weeks: { type: 'integer', default: 4 },
    urgent: { type: 'boolean' },
    kind: { enum: ['small', 'large'] },
    sources: { default: [] },
    extra: { type: 'object' },
  },
  required: ['goal'],
};

describe('the form of an intake', () => {
  const fields = intakeFields(SCHEMA) ?? [];

  it('has a field for each property', () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ...[
        ['goal', 'text'],
        ['weeks', 'number'],
        ['urgent', 'flag'],
        ['kind', 'choice'],
      ],
      ...[
        ['sources', 'lines'],
        ['extra', 'json'],
      ],
    ]);
    expect(fields[0]).toMatchObject({ title: 'Goal', isRequired: true });
    expect(fields[1]).toMatchObject({ preset: '4', isRequired: false });
  });

  it('gives what was put in, and leaves out what was not', () => {
    const texts = { goal: 'Sell', weeks: '8', sources: 'a\nb', extra: '{"x":1}', kind: '' };
    expect(intakeOf(fields, texts)).toEqual({
      intake: { goal: 'Sell', weeks: 8, sources: ['a', 'b'], extra: { x: 1 } },
    });
    expect(intakeOf(fields, { weeks: 'few', extra: '{' })).toEqual({
      faults: { weeks: 'number', extra: 'json' },
    });
  });

  it('is none without properties', () => {
    expect(intakeFields({ type: 'object' })).toBeUndefined();
    expect(intakeFields(undefined)).toBeUndefined();
  });
});
