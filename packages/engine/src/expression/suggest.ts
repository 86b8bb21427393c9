/** Names looked at and their lengths: a plan may have 100,000 ids, a hint must stay cheap. */
const MAX_CANDIDATES = 2_000;
const MAX_CHARS = 64;
const MAX_DISTANCE = 3;

/** Returns the candidate most like `name`, or undefined when none is like it. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let limit = Math.min(MAX_DISTANCE, Math.ceil(name.length / 3)) + 1;
  let left = MAX_CANDIDATES;
  if (name.length > MAX_CHARS) return undefined;
  for (const candidate of candidates) {
    if (left-- === 0) break;
    if (Math.abs(candidate.length - name.length) >= limit) continue;
    const distance = editDistance(name, candidate);
    if (distance < limit) [best, limit] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions and replacements that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(change, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
