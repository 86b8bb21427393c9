import type { Attempt } from '@tenuto/contract';

/** How many lines an attempt has written: the number of its last one. */
export interface AttemptLines {
  readonly attempt: number;
  readonly last: number;
  /** How it has ended; undefined while it goes on. */
  readonly end?: Attempt;
}

/** What stands in one row of a log: the head of an attempt, one of its lines, or how it has ended. */
export type LogRow =
  | { readonly attempt: number; readonly seq: number; readonly part?: undefined }
  | { readonly attempt: number; readonly part: 'head' | 'end' };

/** The rows of a log that nobody holds in memory: each is worked out when it is looked at. */
export interface LogRows {
  readonly count: number;
  at(index: number): LogRow | undefined;
  /** Where a line stands; undefined where its attempt is folded or unknown. */
  indexOf(attempt: number, seq: number): number | undefined;
}

/** What attempts have written, and how they have ended: those that said nothing have ended, too. */
export function withEnds(
  lines: readonly AttemptLines[],
  ended: readonly Attempt[],
): readonly AttemptLines[] {
  const all = new Map(lines.map((one) => [one.attempt, one]));
  for (const end of ended) {
    const { attempt } = end;
    all.set(attempt, { ...(all.get(attempt) ?? { attempt, last: 0 }), end });
  }
  return [...all.values()].toSorted((a, b) => a.attempt - b.attempt);
}

/** Attempts one below the other, each with a head and its end; those that are folded show only the head. */
export function rowsOf(attempts: readonly AttemptLines[], folded: ReadonlySet<number>): LogRows {
  const lengths = attempts.map(({ attempt, last, end }) =>
    folded.has(attempt) ? 1 : 1 + last + (end === undefined ? 0 : 1),
  );
  const starts: number[] = [];
  let count = 0;
  for (const length of lengths) {
    starts.push(count);
    count += length;
  }
  return {
    count,
    at(index) {
      if (index < 0 || index >= count) return undefined;
      const group = starts.findLastIndex((start) => start <= index);
      const { attempt = 1, last = 0 } = attempts[group] ?? {};
      const seq = index - (starts[group] ?? 0);
      if (seq === 0) return { attempt, part: 'head' };
      return seq > last ? { attempt, part: 'end' } : { attempt, seq };
    },
    indexOf(attempt, seq) {
      const group = attempts.findIndex((one) => one.attempt === attempt);
      const known = attempts[group];
      if (known === undefined || folded.has(attempt) || seq > known.last) return undefined;
      return (starts[group] ?? 0) + seq;
    },
  };
}

/** A line as it stands in an address: `2.31`, the 31st line of the second attempt. */
export function readLine(text: string | undefined): { attempt: number; seq: number } | undefined {
  const [, attempt, seq] = /^(\d{1,7})\.(\d{1,10})$/.exec(text ?? '') ?? [];
  return attempt === undefined ? undefined : { attempt: Number(attempt), seq: Number(seq) };
}
