/** A line of two texts laid over each other. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** Numbers in the earlier and the later text, from 1. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Texts of more lines than this, counted together, are compared by their ends only. */
const MOST_LINES = 6_000;

/** What has changed between two texts, line by line, by their longest common sequence. */
export function diffOf(before: string, after: string): readonly DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  const most = Math.min(a.length, b.length) - start;
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const pairs = commonOf(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const kept = [
    ...Array.from({ length: start }, (_, i): Pair => [i, i]),
    ...pairs.map(([i, j]): Pair => [i + start, j + start]),
    ...Array.from({ length: end }, (_, i): Pair => [a.length - end + i, b.length - end + i]),
  ];
  return linesOf(a, b, kept);
}

type Pair = readonly [number, number];

/** The longest sequence of lines that both have, in order. */
function commonOf(a: readonly string[], b: readonly string[]): readonly Pair[] {
  if (a.length + b.length > MOST_LINES) return [];
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}

function linesOf(
  a: readonly string[],
  b: readonly string[],
  kept: readonly Pair[],
): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  for (const [toA, toB] of [...kept, [a.length, b.length] as const]) {
    for (; i < toA; i += 1) {
      lines.push({ kind: 'removed', text: a[i] ?? '', before: i + 1, after: undefined });
    }
    for (; j < toB; j += 1) {
      lines.push({ kind: 'added', text: b[j] ?? '', before: undefined, after: j + 1 });
    }
    if (i < a.length && j < b.length) {
      lines.push({ kind: 'same', text: a[i] ?? '', before: i + 1, after: j + 1 });
      i += 1;
      j += 1;
    }
  }
  return lines;
}

/** A stretch of lines that did not change and is not worth reading. */
export interface Fold {
  readonly kind: 'fold';
  readonly lines: number;
}

/** The lines with what is far from any change folded away. */
export function folded(lines: readonly DiffLine[], around = 3): readonly (DiffLine | Fold)[] {
  const near = new Set<number>();
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return;
    for (let i = at - around; i <= at + around; i += 1) near.add(i);
  });
  const shown: (DiffLine | Fold)[] = [];
  lines.forEach((line, at) => {
    if (near.has(at)) {
      shown.push(line);
      return;
    }
    const last = shown.at(-1);
    if (last?.kind === 'fold') shown[shown.length - 1] = { kind: 'fold', lines: last.lines + 1 };
    else shown.push({ kind: 'fold', lines: 1 });
  });
  return shown;
}
