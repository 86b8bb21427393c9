/**
 * The value below which a part of the samples lies, by the nearest-rank method.
 * @param part in (0, 1]: 0.5 is the median
 * @throws RangeError when there are no samples
 */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = Float64Array.from(samples).sort();
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('There are no samples.');
  return value;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}
