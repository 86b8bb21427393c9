import { describe, expect, it } from 'vitest';
import { answerReader } from './structured-answer.ts';

const reader = answerReader({
  type: 'object',
  properties: { n: { type: 'integer' } },
  required: ['n'],
});

describe('the last answer as JSON', () => {
  it.each([
    '{"n": 1}',
    ' \n{"n": 1}\n',
    'Here it is:\n```json\n{"n": 1}\n```\nGood?',
    '```\n{"n": 1}\n```',
    'I say {"n": 1}.',
  ])('is found in %j', (text) => {
    expect(reader.read(text)).toEqual({ object: { n: 1 } });
  });

  it.each(['', 'no', '{"n": 1', '{"n": "1"}', '[1]', 'null'])('is not in %j', (text) => {
    expect(reader.read(text)).toMatchObject({ problems: [expect.any(String)] });
  });
});
