import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  begun,
  centred,
  fitted,
  hit,
  isSeen,
  kept,
  LEGIBLE,
  towards,
  zoomAt,
} from './graph-viewport.ts';

const SIZE = { width: 800, height: 600 };
const card = (x: number, y: number) => ({ x, y, width: 164, height: 42 });

describe('a point of view', () => {
  it('keeps what is under the pointer there while it zooms', () => {
    fc.assert(
      fc.property(
        fc.nat(800),
        fc.nat(600),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (x, y, factor) => {
          const before = { x: 10, y: -20, zoom: 0.7 };
          const after = zoomAt(before, factor, { x, y });
          expect((x - after.x) / after.zoom).toBeCloseTo((x - before.x) / before.zoom, 6);
        },
      ),
    );
  });

  it('shows all of a graph, or its beginning where all could not be read', () => {
    const small = { x: 0, y: 0, width: 400, height: 300 };
    expect(isSeen(fitted(small, SIZE), small, SIZE)).toBe(true);
    expect(begun(small, SIZE)).toEqual(fitted(small, SIZE));
    const wide = { x: 0, y: 0, width: 20_000, height: 300 };
    expect(fitted(wide, SIZE).zoom).toBeLessThan(0.05);
    expect(begun(wide, SIZE)).toMatchObject({ x: 20 });
    expect(begun(wide, SIZE).zoom).toBe(1);
    const tall = { x: 0, y: 0, width: 20_000, height: 9_000 };
    expect(begun(tall, SIZE).zoom).toBe(LEGIBLE);
  });

  it('brings a card to the middle, large enough to be read', () => {
    const view = centred({ x: 0, y: 0, zoom: 0.01 }, card(5_000, 4_000), SIZE);
    expect(isSeen(view, card(5_000, 4_000), SIZE)).toBe(true);
    expect(view.zoom).toBe(LEGIBLE);
  });

  it('never leaves the graph altogether', () => {
    const box = { x: 0, y: 0, width: 500, height: 500 };
    expect(kept({ x: 9_000, y: -9_000, zoom: 1 }, box, SIZE)).toEqual({ x: 740, y: -440, zoom: 1 });
  });
});

describe('a click', () => {
  const layout = {
    cards: [card(30, 40), card(300, 40)],
    frames: [{ x: 0, y: 0, width: 500, height: 120 }],
    bounds: { x: 0, y: 0, width: 500, height: 120 },
  };
  const view = { x: 0, y: 0, zoom: 1 };

  it('meets the card under it, the name of a frame, or nothing', () => {
    expect(hit(layout, view, { x: 310, y: 50 })).toEqual({ card: 1 });
    expect(hit(layout, view, { x: 250, y: 10 })).toEqual({ frame: 0 });
    expect(hit(layout, view, { x: 250, y: 100 })).toBeUndefined();
  });
});

it('keys go to the nearest card that way', () => {
  const cards = [card(0, 0), card(212, 0), card(212, 56), card(424, 0)];
  expect(towards(cards, 0, 'right')).toBe(1);
  expect(towards(cards, 1, 'down')).toBe(2);
  expect(towards(cards, 1, 'left')).toBe(0);
  expect(towards(cards, 3, 'right')).toBeUndefined();
});
