/** Something that one shard runs whole: a file, a class, a case. */
export interface ShardUnit {
  readonly key: string;
  /** What it took typically, in ms; undefined when nobody has seen it run. */
  readonly durationMs: number | undefined;
}

export interface Shard {
  readonly keys: readonly string[];
  /** What it is expected to take, in ms. */
  readonly durationMs: number;
}

/** What a unit is taken to last when nothing at all is known: then only the count matters. */
const NOTHING_KNOWN_MS = 1_000;

/**
 * Spreads units over shards, longest processing time first: each unit in turn, the longest first,
 * goes to the shard that has least. The longest shard is at most 4/3 - 1/(3n) times what any plan
 * for n shards can do (Graham, 1969). Units of unknown duration are taken for the median of the
 * others. Equal units in, equal shards out, whatever their order.
 *
 * @param count shards, from 1
 */
export function planShards(units: readonly ShardUnit[], count: number): Shard[] {
  const median = medianOf(units.flatMap(({ durationMs }) => durationMs ?? []));
  const sized = units.map(({ key, durationMs = median }) => ({ key, durationMs }));
  sized.sort((a, b) => b.durationMs - a.durationMs || (a.key < b.key ? -1 : 1));
  const shards = Array.from({ length: count }, () => ({ keys: [] as string[], durationMs: 0 }));
  for (const { key, durationMs } of sized) {
    const least = shards.reduce((a, b) => (isLess(b, a) ? b : a));
    least.keys.push(key);
    least.durationMs += durationMs;
  }
  return shards;
}

/** Of shards with equal load the one with fewer units: units of no time are spread, too. */
function isLess(a: { keys: readonly string[]; durationMs: number }, b: typeof a): boolean {
  return (
    a.durationMs < b.durationMs || (a.durationMs === b.durationMs && a.keys.length < b.keys.length)
  );
}

function medianOf(durations: readonly number[]): number {
  const sorted = durations.toSorted((a, b) => a - b);
  const middle = Math.floor((sorted.length - 1) / 2);
  const [low, high] = [sorted[middle], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? NOTHING_KNOWN_MS : (low + high) / 2;
}
