import { UsageError } from '../failure.ts';

const UNITS: Readonly<Record<string, number>> = {
  ...{ ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
};

/**
 * Milliseconds of a time as people write it: `90s`, `10m`, `2h`, `1d`, `500ms`.
 * @throws UsageError for anything else
 */
export function readDuration(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Math.round(Number(count) * (UNITS[unit] ?? Number.NaN));
  if (ms >= 1) return ms;
  throw new UsageError(`"${text}" is no time such as 90s, 10m or 2h.`);
}
