import { describe, expect, it } from 'vitest';
import { linesOf, pairsOf, pairsText } from './lines.ts';

describe('things that are typed as lines', () => {
  it('are divided by lines and commas', () => {
    expect(linesOf(' a.example.com,\n\n b.example.com ')).toEqual([
      'a.example.com',
      'b.example.com',
    ]);
    expect(linesOf('')).toEqual([]);
  });

  it('have a name and a value where a colon stands', () => {
    const pairs = { authorization: 'Bearer ${secrets.TOKEN}', 'x-url': 'http://a:1' };
    expect(pairsOf(pairsText(pairs))).toEqual(pairs);
    expect(pairsOf('bare\n\n')).toEqual({ bare: '' });
  });
});
