import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitted } from './compaction.ts';
import { AgentStop } from './failure.ts';
import { bytesOf } from './request-hash.ts';
import type { Question, Turn } from './turn.ts';

function question(turns: readonly Turn[], system = 'You are.'): Question {
  return { system, turns, tools: [], maxOutputTokens: 100 };
}

const used = (number: number, text: string): readonly Turn[] => [
  {
    role: 'assistant',
    model: 'a/b',
    parts: [{ type: 'tool_call', id: `c${number}`, name: 'read', input: '{}' }],
  },
  { role: 'tool', results: [{ id: `c${number}`, name: 'read', text, isError: false }] },
];

describe('fitting a conversation', () => {
  it('leaves what fits as it is', () => {
    const small = question([{ role: 'user', text: 'hi' }]);
    expect(fitted(small, 10_000)).toBe(small);
  });

  it('shortens old results, the oldest first, and not the latest', () => {
    const long = 'x'.repeat(5_000);
    const turns: Turn[] = [{ role: 'user', text: 'go' }];
    for (let number = 0; number < 6; number += 1) turns.push(...used(number, long));
    const short = fitted(question(turns), 8_000);
    const sizes = short.turns.flatMap((turn) =>
      turn.role === 'tool' ? [turn.results[0]?.text.length ?? 0] : [],
    );
    expect(sizes.map((size) => size < 1_000)).toEqual([true, true, false, false, false, false]);
    expect(fitted(question(turns), 8_000)).toEqual(short);
  });

  it('says so when nothing helps', () => {
    const task: Turn = { role: 'user', text: 'x'.repeat(50_000) };
    expect(() => fitted(question([task]), 2_000)).toThrow(AgentStop);
  });

  it('is never too long, and keeps every turn and call', () => {
    const text = fc.string({ maxLength: 3_000 });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 12 }),
        fc.integer({ min: 500, max: 9_000 }),
        (texts, context) => {
          const turns: Turn[] = [
            { role: 'user', text: 'go' },
            ...texts.flatMap((each, index) => used(index, each)),
          ];
          try {
            const short = fitted(question(turns), context);
            expect(bytesOf(short)).toBeLessThanOrEqual((context - 100) * 3);
            expect(short.turns.map(({ role }) => role)).toEqual(turns.map(({ role }) => role));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(AgentStop);
          }
        },
      ),
    );
  });
});
