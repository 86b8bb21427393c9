import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineLog } from './line-log.ts';
import { COMMAND_LIMITS } from './options.ts';

function lines(...chunks: readonly Uint8Array[]) {
  const logged: string[] = [];
  const log = lineLog((text) => logged.push(text));
  for (const chunk of chunks) log.write(Buffer.from(chunk));
  log.end();
  return logged;
}

describe('the log of a stream', () => {
  it('gets whole lines and, at the end, the rest', () => {
    expect(lines(Buffer.from('a\nb'), Buffer.from('c\nd\n\n'), Buffer.from('e'))).toEqual([
      'a',
      'bc\nd\n',
      'e',
    ]);
  });

  it('gets a line without end in pieces', () => {
    const logged = lines(...Array.from({ length: 30 }, () => Buffer.alloc(10_000, 'x')));
    expect(logged.join('')).toBe('x'.repeat(300_000));
    for (const text of logged) expect(text.length).toBeLessThan(2 * COMMAND_LIMITS.logLineChars);
  });

  it('has no NUL, which a database could not store', () => {
    expect(lines(Buffer.from('a\0b\n'))).toEqual(['a\uFFFDb']);
  });

  it('has the same lines wherever the stream is split, also inside of a character', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '€', '😀', '\n'), maxLength: 30 });
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 90 })), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length)])].sort(
          (a, b) => a - b,
        );
        const chunks = places.map((at, index) => bytes.subarray(at, places[index + 1]));
        expect(lines(...chunks).join('\n')).toBe(whole.replace(/\n$/, ''));
      }),
    );
  });
});
