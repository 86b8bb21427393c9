import { describe, expect, it } from 'vitest';
import { createHold } from './pinch.ts';

describe('what is held', () => {
  it('is moved by one finger', () => {
    const hold = createHold();
    hold.take(1, { x: 10, y: 10 });
    expect(hold.move(1, { x: 14, y: 7 })).toMatchObject({ dx: 4, dy: -3, factor: 1 });
    expect(hold.move(1, { x: 15, y: 7 })).toMatchObject({ dx: 1, dy: 0 });
  });

  it('is made larger around the middle of two fingers that go apart', () => {
    const hold = createHold();
    hold.take(1, { x: 100, y: 50 });
    hold.take(2, { x: 200, y: 50 });
    const grip = hold.move(2, { x: 300, y: 50 });
    expect(grip).toEqual({ dx: 50, dy: 0, factor: 2, around: { x: 200, y: 50 } });
  });

  it('goes on with the finger that is left, without a jump', () => {
    const hold = createHold();
    hold.take(1, { x: 0, y: 0 });
    hold.take(2, { x: 100, y: 0 });
    hold.leave(1);
    expect(hold.fingers).toBe(1);
    expect(hold.move(2, { x: 103, y: 0 })).toMatchObject({ dx: 3, dy: 0, factor: 1 });
    expect(hold.move(1, { x: 9, y: 9 })).toBeUndefined();
  });
});
