import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepOutput } from './kept-output.ts';

const kept = (limitBytes: number, ...chunks: readonly (string | Uint8Array)[]) => {
  const output = keepOutput(limitBytes);
  for (const chunk of chunks) output.write(Buffer.from(chunk));
  return output;
};

describe('the kept output', () => {
  it('is everything while it fits', () => {
    expect(kept(6, 'abc', '', 'def').text()).toBe('abcdef');
    expect(kept(6, 'abc', 'def').cutBytes()).toBe(0);
    expect(kept(6).text()).toBe('');
  });

  it('is the beginning and the end when it does not', () => {
    expect(kept(6, 'abcXXXXX', 'def').text()).toBe('abc\n[... 5 bytes cut ...]\ndef');
    expect(kept(6, 'abcXXXXX', 'def').cutBytes()).toBe(5);
  });

  it('does not show halves of characters at the cut', () => {
    expect(kept(6, 'a€€€€€€b').text()).toBe('a\n[... 14 bytes cut ...]\nb');
    expect(kept(8, '😀😀😀').text()).toBe('😀\n[... 4 bytes cut ...]\n😀');
  });

  it('replaces what is not text', () => {
    expect(kept(10, Buffer.from([0x61, 0xff, 0x00, 0x62])).text()).toBe('a\uFFFD\uFFFDb');
  });

  it('keeps exactly the first and the last bytes, however they are split into chunks', () => {
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 }));
    fc.assert(
      fc.property(pieces, fc.integer({ min: 2, max: 50 }), (chunks, limit) => {
        const all = chunks.join('');
        const output = kept(limit, ...chunks);
        const cut = Math.max(0, all.length - limit);
        expect(output.cutBytes()).toBe(cut);
        const head = all.slice(0, Math.ceil(limit / 2));
        const tail = all.slice(all.length - Math.floor(limit / 2));
        expect(output.text()).toBe(
          cut === 0 ? all : `${head}\n[... ${cut} bytes cut ...]\n${tail}`,
        );
      }),
    );
  });
});
