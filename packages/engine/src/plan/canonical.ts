/**
 * JSON with the keys of every object in one order (array-like keys by number, then the others by
 * code unit): equal values give equal text.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const sorted: Record<string, unknown> = Object.create(null);
    for (const [key, inner] of Object.entries(part).sort(byKey)) sorted[key] = inner;
    return sorted;
  });
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
