/** The keys by which a graph is walked through. */
import type { KeyboardEvent, RefObject } from 'react';
import type { Layout } from '../../logic/graph-layout.ts';
import { type Direction, towards, ZOOM } from '../../logic/graph-viewport.ts';
import type { GraphCanvas } from './graph-canvas.ts';

interface Keys {
  readonly layout: Layout | undefined;
  readonly cursor: number;
  readonly from: number;
  readonly controls: RefObject<GraphCanvas | null>;
  readonly go: (card: number) => void;
  readonly act: () => void;
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** What keys do that are pressed in a graph. */
export function keysOf({ layout, cursor, from, controls, go, act }: Keys) {
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const next = arrow && layout && towards(layout.cards, from, arrow);
    if (arrow !== undefined) {
      if (next !== undefined) go(next);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (cursor >= 0) act();
    } else if (event.key === '+' || event.key === '=') controls.current?.zoom(ZOOM.step);
    else if (event.key === '-') controls.current?.zoom(1 / ZOOM.step);
    else if (event.key === '0') controls.current?.fit();
    else return;
    event.preventDefault();
  };
}
