/** How many lines an attempt has written: the number of its last one. */
export interface AttemptLines {
  readonly attempt: number;
  readonly last: number;
}

/** What stands in one row of a log: the head of an attempt, or one of its lines. */
export type LogRow =
  | { readonly attempt: number; readonly head: true }
  | { readonly attempt: number; readonly seq: number; readonly head?: undefined };

/** The rows of a log that nobody holds in memory: each is worked out when it is looked at. */
export interface LogRows {
  readonly count: number;
  at(index: number): LogRow | undefined;
  /** Where a line stands; undefined where its attempt is folded or unknown. */
  indexOf(attempt: number, seq: number): number | undefined;
}

/** Attempts one below the other, each with a head; those that are folded show only that. */
export function rowsOf(attempts: readonly AttemptLines[], folded: ReadonlySet<number>): LogRows {
  const lengths = attempts.map(({ attempt, last }) => (folded.has(attempt) ? 1 : last + 1));
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
      const attempt = attempts[group]?.attempt ?? 1;
      const seq = index - (starts[group] ?? 0);
      return seq === 0 ? { attempt, head: true } : { attempt, seq };
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
