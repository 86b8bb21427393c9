import { GRAPH_STATES } from '@tenuto/contract';
import { lookOf, type Tone } from '../../logic/status.ts';
import { STATUS } from '../../ui/icons.tsx';

/** The colours of the theme, as a canvas needs them. */
export interface Palette {
  readonly surface: string;
  readonly sunken: string;
  readonly line: string;
  readonly strong: string;
  readonly text: string;
  readonly dim: string;
  readonly accent: string;
  readonly soft: string;
  /** By state. */
  readonly tones: readonly string[];
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const tone = (name: Tone) => of(name);
  return {
    ...{ surface: of('surface'), sunken: of('sunken'), line: of('line') },
    ...{ strong: of('line-strong'), text: of('text'), dim: of('dim') },
    ...{ accent: of('accent'), soft: of('accent-soft') },
    tones: GRAPH_STATES.map((state) => tone(lookOf(state).tone)),
  };
}

/** The sign of each state, on a field of 16 by 16. */
export const SIGNS: readonly Path2D[] = GRAPH_STATES.map(
  (state) => new Path2D(STATUS[lookOf(state).icon]),
);
