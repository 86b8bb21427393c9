import { hashText } from './dice.ts';

/** What happened, in order. Its hash tells whether two runs of a seed were the same. */
export interface Trace {
  note(what: string): void;
  readonly hash: string;
  readonly lines: readonly string[];
}

/** @param keep whether the lines are kept for reading; the hash covers them anyway */
export function createTrace(now: () => number, keep: boolean): Trace {
  const lines: string[] = [];
  let hash = 0x811c9dc5;
  return {
    note(what) {
      const line = `${now().toFixed(3).padStart(12)}  ${what}`;
      hash = hashText(line, hash);
      if (keep) lines.push(line);
    },
    get hash() {
      return (hash >>> 0).toString(16).padStart(8, '0');
    },
    lines,
  };
}
