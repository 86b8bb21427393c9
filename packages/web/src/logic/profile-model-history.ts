/** What was before, what is now, and what was taken back. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the last edit was about; the next one about the same becomes one with it. */
  readonly mark: string | undefined;
}

const MOST_STEPS = 300;

export function begun<T>(present: T): History<T> {
  return { past: [], present, future: [], mark: undefined };
}

/** Goes on from here. Edits with one mark, as the letters of one word, are taken back together. */
export function edited<T>(history: History<T>, next: T, mark?: string): History<T> {
  if (Object.is(next, history.present)) return history;
  const isSame = mark !== undefined && mark === history.mark;
  const past = isSame ? history.past : [...history.past, history.present].slice(-MOST_STEPS);
  return { past, present: next, future: [], mark };
}

/** Whatever comes next is an edit of its own. */
export function settled<T>(history: History<T>): History<T> {
  return history.mark === undefined ? history : { ...history, mark: undefined };
}

export function undone<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  const before = past.at(-1);
  if (before === undefined) return history;
  return {
    past: past.slice(0, -1),
    present: before,
    future: [present, ...future],
    mark: undefined,
  };
}

export function redone<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  const [next, ...later] = future;
  if (next === undefined) return history;
  return { past: [...past, present], present: next, future: later, mark: undefined };
}
