/** What was measured lately, one after another. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** So many are kept: at five seconds each, ten minutes. */
export const MOST_SAMPLES = 120;

/** Adds a sample behind the others; the oldest ones go. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && last.at >= sample.at) return samples;
  return [...samples, sample].slice(-MOST_SAMPLES);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Room above the highest value. */
const HEAD = 0.1;

/**
 * The line through samples as the path of an SVG, the last one at the right edge, from zero at the
 * bottom up; of a single one it is level.
 */
export function sparkPath(samples: readonly Sample[], { width, height }: Size): string {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return '';
  const span = Math.max(1, last.at - first.at);
  const top = Math.max(1, ...samples.map(({ value }) => value)) * (1 + HEAD);
  const drawn = samples.length > 1 ? samples : [{ ...first, at: first.at - span }, first];
  const start = drawn[0]?.at ?? first.at;
  const points = drawn.map(({ at, value }) => {
    const x = ((at - start) / span) * width;
    const y = height - (Math.max(0, value) / top) * height;
    return `${round(x)} ${round(y)}`;
  });
  return `M${points.join('L')}`;
}

const round = (value: number) => Math.round(value * 10) / 10;
