const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `500ms`, `2s`, `1.5m`, `1h`; undefined for what is none. */
export function readDuration(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  if (!isUnit(unit)) return undefined;
  return Math.round(Number(number) * UNITS[unit]);
}

function isUnit(unit: string): unit is keyof typeof UNITS {
  return Object.hasOwn(UNITS, unit);
}

/** The shortest text that {@link readDuration} reads as so many milliseconds. */
export function durationText(ms: number): string {
  const units = ['d', 'h', 'm', 's'] as const;
  const fits = units.find((unit) => ms >= UNITS[unit] && ms % UNITS[unit] === 0);
  return fits === undefined ? `${ms}ms` : `${ms / UNITS[fits]}${fits}`;
}
