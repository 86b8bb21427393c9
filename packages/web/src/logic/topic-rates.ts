/** How many events had come on each topic at some moment. */
export interface TopicSample {
  readonly at: number;
  readonly counts: ReadonlyMap<string, number>;
}

const MINUTE = 60_000;
/** Over less time a rate says nothing yet. */
const LEAST_MS = 2_000;

/** Events a minute since the first sample of the last minute; none while that is too short ago. */
export function ratesOf(
  samples: readonly TopicSample[],
  sample: TopicSample,
): { readonly rates: ReadonlyMap<string, number>; readonly kept: readonly TopicSample[] } {
  // Before they have been read nothing is known of them.
  if (sample.counts.size === 0) return { rates: new Map(), kept: samples };
  const kept = samples.filter(({ at }) => sample.at - at <= MINUTE);
  const [first] = kept;
  const last = kept.at(-1);
  const isNew = last === undefined || (sample.at > last.at && !isSame(last.counts, sample.counts));
  const rates = new Map<string, number>();
  if (first !== undefined && sample.at - first.at >= LEAST_MS) {
    for (const [name, count] of sample.counts) {
      const before = first.counts.get(name) ?? 0;
      rates.set(name, Math.max(0, count - before) * (MINUTE / (sample.at - first.at)));
    }
  }
  return { rates, kept: isNew ? [...kept, sample] : kept };
}

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([name, count]) => b.get(name) === count);
}

/** `12/min`, `0.5/min`; nothing for a topic on which nothing comes. */
export function rateText(rate: number | undefined): string {
  if (rate === undefined || rate === 0) return '';
  return `${rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10}/min`;
}
