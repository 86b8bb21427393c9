import { expect, it } from 'vitest';
import { layoutBoxes, layoutProfile, levelsOf } from './profile-layout.ts';
import { outlineOf } from './profile-model.ts';

const box = (id: string) => ({ id, width: 10, height: 10 });
const GAPS = { column: 5, row: 5 };

it('puts each box behind those that lead to it', () => {
  const links = [
    { from: 'a', to: 'b' },
    { from: 'a', to: 'c' },
    { from: 'b', to: 'd' },
  ];
  const points = layoutBoxes([box('a'), box('b'), box('c'), box('d')], links, GAPS);
  expect([points.get('a')?.x, points.get('b')?.x, points.get('d')?.x]).toEqual([0, 15, 30]);
  expect(points.get('b')?.y).not.toBe(points.get('c')?.y);
});

it('puts boxes of a circle somewhere, too', () => {
  const links = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'a' },
  ];
  expect([...levelsOf([box('a'), box('b')], links).values()]).toEqual([0, 1]);
});

it('leaves phases where they were put, and gives room to what is in them', () => {
  const outline = outlineOf({
    phases: [
      { id: 'a', agents: [{ id: 'x' }, { id: 'y', needs: ['x'] }], gates: [{ id: 'g' }] },
      { id: 'b', agents: [] },
    ],
  });
  const [a, b] = layoutProfile(outline, { moved: { b: { x: 7, y: 9 } }, isReadOnly: false });
  expect(b?.point).toEqual({ x: 7, y: 9 });
  expect(a?.agents.size).toBe(2);
  expect((a?.width ?? 0) > (b?.width ?? 0) && (a?.height ?? 0) > (b?.height ?? 0)).toBe(true);
});
