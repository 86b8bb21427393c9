import { median } from './statistics.ts';

/** One measured number, beside what it is held against. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** The median of `samples`. */
  readonly value: number;
  readonly samples: readonly number[];
  /** What the same was done with in the same run: the bare flush, an empty store. */
  readonly reference?: {
    readonly what: string;
    readonly value: number;
    readonly samples: readonly number[];
  };
  /** The median of the pairs: 1 is as good as the reference, more is better. */
  readonly ratio?: number;
  readonly aim?: Aim;
}

/** What is hoped for: of the ratio or of the value, at least or at most so much. */
export interface Aim {
  readonly of: 'ratio' | 'value';
  readonly least?: number;
  readonly most?: number;
}

/** A number of its own, without anything beside it. */
export function figure(
  name: string,
  unit: string,
  measured: { readonly samples: readonly number[]; readonly aim?: Aim },
): Figure {
  return { name, unit, value: median(measured.samples), ...measured };
}

/** A sample with its reference, taken one right after the other. */
export interface Pair {
  readonly sample: number;
  readonly reference: number;
}

/**
 * A number beside its reference. The ratio is taken pair by pair: whatever else the machine does
 * then weighs on both alike.
 */
export function compared(
  name: string,
  unit: string,
  measured: {
    readonly pairs: readonly Pair[];
    readonly what: string;
    readonly better: 'higher' | 'lower';
    readonly aim?: Aim;
  },
): Figure {
  const { pairs, what, better, aim } = measured;
  const samples = pairs.map((pair) => pair.sample);
  const references = pairs.map((pair) => pair.reference);
  const ratios = pairs.map(({ sample, reference }) =>
    better === 'higher' ? sample / reference : reference / sample,
  );
  return {
    ...figure(name, unit, { samples, ...(aim !== undefined && { aim }) }),
    reference: { what, value: median(references), samples: references },
    ratio: median(ratios),
  };
}

/** Whether the aim is reached; undefined without one. */
export function isReached({ aim, value, ratio }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  const number = aim.of === 'ratio' ? (ratio ?? Number.NaN) : value;
  return (
    number >= (aim.least ?? Number.NEGATIVE_INFINITY) &&
    number <= (aim.most ?? Number.POSITIVE_INFINITY)
  );
}

/** The same figure, held against nothing. */
export function withoutAim({ aim: _, ...figure }: Figure): Figure {
  return figure;
}
