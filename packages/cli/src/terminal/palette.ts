import picocolors from 'picocolors';

type Paint = (text: string) => string;

export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly gray: Paint;
  readonly blue: Paint;
  readonly cyan: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly red: Paint;
}

export function createPalette(hasColour: boolean): Palette {
  return picocolors.createColors(hasColour);
}

/** Paints nothing: for files, pipes, and people who asked for no colour. */
export const PLAIN: Palette = createPalette(false);
