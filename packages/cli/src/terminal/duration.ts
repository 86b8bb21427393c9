/**
 * A span of time as people say it: `40 ms`, `1.5 s`, `12 s`, `3 min 05 s`, `2 h 10 min`.
 *
 * @param ms milliseconds; a negative span (two clocks that disagree) counts as none
 */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 0.9995) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** The span between two RFC 3339 times, or '' when one is missing. */
export function between(from: string | null, to: string | null): string {
  return from === null || to === null ? '' : duration(Date.parse(to) - Date.parse(from));
}
