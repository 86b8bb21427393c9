import { LIMITS } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import { circuitKeyOf } from './bindings.ts';

const keyFor = (text: string) => {
  const url = 'https://example.com/x';
  const run = play([work('n', { circuit_key: '${params.list[0]}', with: { url } })], {
    params: { list: [text] },
  });
  return circuitKeyOf(run.run, run.node('n'), 0).replace(/^\w+[.:]?\w*:/, 'host:');
};

it.each([
  ['is what the node says', 'payments', 'payments'],
  ['has no NUL, which no row can hold', 'a\0b', 'a\ufffdb'],
  ['is not cut inside a character', `${'x'.repeat(LIMITS.circuitKeyChars - 1)}😀`, undefined],
  ['is the host when the template yields nothing', '', 'host:example.com'],
])('a circuit key %s', (_, text, key) => {
  const found = keyFor(text);
  if (key === undefined) expect(found.isWellFormed()).toBe(true);
  else expect(found).toBe(key);
  expect(found.length).toBeLessThanOrEqual(LIMITS.circuitKeyChars);
});
