import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineLog } from './line-log.ts';

it('writes whole lines, long ones in pieces, and the rest at the end', () => {
  const lines: string[] = [];
  const log = createLineLog((text) => lines.push(text));
  for (const delta of ['He', 'llo\nwor', 'ld\n', 'x'.repeat(500), 'end']) log.add(delta);
  log.end();
  expect(lines).toEqual(['Hello', 'world', 'x'.repeat(500), 'end']);
});

it('loses nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 300 })),
      (deltas) => {
        const written: string[] = [];
        const log = createLineLog((text) => written.push(text));
        for (const delta of deltas) log.add(delta);
        log.end();
        const plain = (text: string) => text.replaceAll('\n', '');
        expect(plain(written.join(''))).toBe(plain(deltas.join('')));
      },
    ),
  );
});
