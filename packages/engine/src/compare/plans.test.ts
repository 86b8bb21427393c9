import { describe, expect, it } from 'vitest';
import { compilePlan } from '../plan/index.ts';
import { fateOf, isAlike, sideBySide } from './named.ts';
import { comparePlans } from './plans.ts';

const plan = (...nodes: Parameters<typeof compilePlan>[0]['nodes']) => compilePlan({ nodes });
const a = { id: 'a', uses: 'x', with: { n: 1 } };

describe('what two plans differ in', () => {
  it('is nothing where they are the same', () => {
    expect(comparePlans(plan(a), plan(a))).toEqual({
      ...{ isSame: true, added: [], removed: [], changed: [], truncated: false },
    });
  });

  it('is told by node, those inside groups with their own names', () => {
    const group = (...children: (typeof a)[]) =>
      ({ id: 'g', type: 'parallel_group', children }) as const;
    const found = comparePlans(
      plan(group(a), { id: 'old', uses: 'x' }),
      plan(group({ ...a, with: { n: 2 } }), { id: 'new', uses: 'x' }),
    );
    expect(found).toEqual({
      ...{ isSame: false, added: ['new'], removed: ['old'], truncated: false },
      changed: [
        { nodeId: 'a', changes: [{ op: 'changed', path: '/with/n', before: 1, after: 2 }] },
      ],
    });
  });
});

describe('things side by side', () => {
  const rows = sideBySide([
    new Map([
      ['both', 1],
      ['first', 1],
      ['other', 1],
    ]),
    new Map([
      ['both', 1],
      ['other', 2],
      ['later', 1],
    ]),
  ]);

  it('stand in the order of the first, then of the others', () => {
    expect(rows.map(({ name }) => name)).toEqual(['both', 'first', 'other', 'later']);
  });

  it('are alike where all have the same, and else say what has become of them', () => {
    const same = (x: number, y: number) => x === y;
    expect(rows.map((row) => isAlike(row, same))).toEqual([true, false, false, false]);
    expect(rows.slice(1).map(fateOf)).toEqual(['removed', 'changed', 'added']);
  });
});
