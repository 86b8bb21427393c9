/** Times go through the database's microseconds: nearer than that they are the same. */
const NEAR = 0.01;

/**
 * Where two answers differ, or undefined where they do not. What is absent and what is undefined is
 * the same; numbers may differ by what times lose on their way through the database.
 */
export function difference(one: unknown, other: unknown, path = ''): string | undefined {
  if (typeof one === 'number' && typeof other === 'number') {
    return Math.abs(one - other) <= NEAR || Object.is(one, other)
      ? undefined
      : said(one, other, path);
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    if (one.length !== other.length) return said(one.length, other.length, `${path}.length`);
    return firstOf(one.keys(), (i) => difference(one[i], other[i], `${path}[${i}]`));
  }
  if (isRecord(one) && isRecord(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return firstOf(names, (name) => difference(one[name], other[name], `${path}.${name}`));
  }
  return Object.is(one, other) ? undefined : said(one, other, path);
}

/** The same items, whatever their order. */
export function inOneOrder<T>(items: readonly T[]): T[] {
  const keyed = items.map((item) => [keyOf(item), item] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}

/** What an item is sorted by: its id, when it has one. */
function keyOf(item: unknown): string {
  if (!isRecord(item)) return String(item);
  const journal = isRecord(item.journal) ? item.journal : undefined;
  return String(journal?.runId ?? item.runId ?? item.engineId ?? `${item.node}/${item.attempt}`);
}

function firstOf<K>(keys: Iterable<K>, look: (key: K) => string | undefined): string | undefined {
  for (const key of keys) {
    const found = look(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN = 200;

function said(one: unknown, other: unknown, path: string): string {
  const text = (value: unknown) => String(JSON.stringify(value)).slice(0, SHOWN);
  return `${path === '' ? 'the answer' : path}: ${text(one)} by the model, ${text(other)} by PostgreSQL`;
}
