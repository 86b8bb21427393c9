/** Says what was measured, so that docs/reliability.md can be compared with it. */
export function report(what: string, figures: Readonly<Record<string, string | number>>): void {
  const said = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  console.log(`measured ${what}: ${said.join(', ')}`);
}

/** `median 0.5 s, max 2.0 s` of times in milliseconds. */
export function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? Number.NaN;
  return `median ${seconds(median)}, max ${seconds(sorted.at(-1) ?? Number.NaN)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
