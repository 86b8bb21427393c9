import type { Graph } from '../../logic/graph.ts';
import type { Layout } from '../../logic/graph-layout.ts';
import type { Size, Viewport } from '../../logic/graph-viewport.ts';
import type { Palette } from './graph-palette.ts';

/** What is to be drawn, but for the point of view. */
export interface Scene {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly looks: Looks;
}

/** How cards and edges look now, by their places. */
export interface Looks {
  /** States of cards, as codes. */
  readonly codes: Uint8Array;
  /** What stands under the name of a card. */
  readonly about: readonly string[];
  /** Of cards of many: how many of them are in each state. */
  readonly counts: ReadonlyMap<number, Uint32Array>;
  /** 1 for cards that are to be seen well; undefined when all are. */
  readonly shown: Uint8Array | undefined;
  /** 1 for edges that are lit. */
  readonly lit: Uint8Array | undefined;
  readonly picked: number;
  /** The card that keys act on; -1 while they do not. */
  readonly cursor: number;
}

export interface Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly size: Size;
  readonly view: Viewport;
  readonly palette: Palette;
}
