import { expect, it } from 'vitest';
import { marked, plain, spansOf } from './ansi.ts';

it('reads colours of terminals, and leaves out all other codes', () => {
  expect(spansOf('a \u001b[1;31mbad\u001b[0m end\u001b[2K')).toEqual([
    { text: 'a ', look: '' },
    { text: 'bad', look: 'ansi-red ansi-bold' },
    { text: ' end', look: '' },
  ]);
  expect(spansOf('\u001b[38;5;31mx\u001b[92my')).toEqual([
    { text: 'x', look: '' },
    { text: 'y', look: 'ansi-green' },
  ]);
  expect(plain('\u001b]8;;http://x\u0007link\u001b[0m')).toBe('link');
});

it('makes nothing of markup', () => {
  expect(spansOf('<img onerror=1>')).toEqual([{ text: '<img onerror=1>', look: '' }]);
});

it('marks each place of a text, whatever its case', () => {
  expect(marked('Error: error', 'ERROR').map(({ hit }) => hit)).toEqual([true, false, true]);
  expect(marked('none', 'x')).toEqual([{ text: 'none', hit: false }]);
});
