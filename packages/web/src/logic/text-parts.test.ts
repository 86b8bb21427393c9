import { expect, it } from 'vitest';
import { linesInParts } from './text-parts.ts';

it('a text is cut at ends of lines, and loses nothing', () => {
  expect(linesInParts('a\nb')).toEqual(['a\nb']);
  expect(linesInParts('')).toEqual(['']);
  const text = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
  const parts = linesInParts(text, 40);
  expect(parts.join('\n')).toBe(text);
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(40);
});

it('a line without end is cut, but not within a character', () => {
  const parts = linesInParts('\u{1f389}'.repeat(30), 7);
  expect(parts.join('')).toBe('\u{1f389}'.repeat(30));
  for (const part of parts) expect(part.isWellFormed()).toBe(true);
});
