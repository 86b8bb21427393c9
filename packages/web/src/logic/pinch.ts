/** Fingers, or a mouse, that hold a picture: what their moves do to it. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Moved by so much, and made larger around a point. */
export interface Grip {
  readonly dx: number;
  readonly dy: number;
  readonly factor: number;
  readonly around: Point;
}

export interface Hold {
  readonly fingers: number;
  take(finger: number, at: Point): void;
  /** @returns undefined for a finger that does not hold it */
  move(finger: number, at: Point): Grip | undefined;
  leave(finger: number): void;
}

/** One finger moves what it holds; two also make it larger and smaller, as they go apart. */
export function createHold(): Hold {
  const points = new Map<number, Point>();
  return {
    get fingers() {
      return points.size;
    },
    take: (finger, at) => void points.set(finger, at),
    leave: (finger) => void points.delete(finger),
    move(finger, at) {
      if (!points.has(finger)) return undefined;
      const before = spreadOf(points);
      points.set(finger, at);
      const { middle, width } = spreadOf(points);
      const isPinch = points.size > 1 && before.width > 0 && width > 0;
      return {
        ...{ dx: middle.x - before.middle.x, dy: middle.y - before.middle.y },
        ...{ factor: isPinch ? width / before.width : 1, around: middle },
      };
    },
  };
}

/** The middle of the first two fingers, and how far they are apart. */
function spreadOf(points: ReadonlyMap<number, Point>): {
  readonly middle: Point;
  readonly width: number;
} {
  const [first = { x: 0, y: 0 }, second = first] = points.values();
  return {
    middle: { x: (first.x + second.x) / 2, y: (first.y + second.y) / 2 },
    width: Math.hypot(first.x - second.x, first.y - second.y),
  };
}
