/** A price in nano-USD as people read it. */
export function usd(nano: number): string {
  const value = nano / 1e9;
  return `$${value >= 1 || value === 0 ? value.toFixed(2) : value.toPrecision(2)}`;
}
