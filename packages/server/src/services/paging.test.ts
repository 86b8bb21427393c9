import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listOf, pageRequest, pairKey, positionKey, runKey } from './paging.ts';

const key = pairKey('node', 'attempt');

describe('a cursor', () => {
  it('says again what it was made of', () => {
    const count = fc.nat();
    fc.assert(
      fc.property(count, count, (node, attempt) => {
        const page = {
          items: [{ node, attempt }],
          total: 2,
          totalIsEstimate: false,
          hasMore: true,
        };
        const request = { limit: 1, offset: 0 };
        const list = listOf(page, request, {
          codec: key,
          key: (item) => item,
          item: (item) => item,
        });
        const cursor = list.next_cursor ?? '';
        expect(pageRequest({ limit: 1, cursor }, key).after).toEqual({ node, attempt });
      }),
    );
  });

  it('that nobody has given is refused', () => {
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        expect(() => pageRequest({ cursor }, runKey)).toThrow('/cursor');
      }),
    );
    for (const parts of [[-1], [1.5], ['1'], [2 ** 31], [null], []]) {
      const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
      expect(() => pageRequest({ cursor }, positionKey)).toThrow('/cursor');
    }
  });

  it('excludes an offset', () => {
    const cursor = Buffer.from('[1]').toString('base64url');
    expect(() => pageRequest({ cursor, offset: 1 }, positionKey)).toThrow('/offset');
    expect(pageRequest({ cursor, offset: 0 }, positionKey).after).toBe(1);
  });
});

describe('a page', () => {
  it('has twenty items unless another number is asked for', () => {
    expect(pageRequest({}, positionKey)).toEqual({ limit: 20, offset: 0 });
    expect(pageRequest({ limit: 5, offset: 7 }, positionKey)).toEqual({ limit: 5, offset: 7 });
  });

  it('that is the last has no cursor', () => {
    const page = { items: [3], total: 12_000, totalIsEstimate: true, hasMore: false };
    const codec = { codec: positionKey, key: (n: number) => n, item: (n: number) => n };
    expect(listOf(page, { limit: 1, offset: 0 }, codec)).toEqual({
      items: [3],
      total: 12_000,
      total_is_estimate: true,
      limit: 1,
      offset: 0,
      has_more: false,
      next_cursor: null,
    });
  });
});
