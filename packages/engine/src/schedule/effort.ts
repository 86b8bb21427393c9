/**
 * Steps that reading a schedule may take: a day or a step of a rule looked at, a part of a longer
 * period. The 146,097 days after which the calendar begins anew fit in, so that what never fires is known.
 */
const READING_STEPS = 500_000;
/** Steps that one question may take, however many firings it asks for. */
const QUESTION_STEPS = 200_000;

/**
 * What it may cost to follow a schedule, all of its rules together. Nothing else happens in a process
 * while firings are looked for, so no rule, however it is written, may take its time.
 */
export interface Effort {
  /** @returns whether there was so much left */
  take(steps?: number): boolean;
  /** Whether something was not looked for because nothing was left. */
  spent(): boolean;
  /** For the next question. */
  renew(): void;
}

export function createEffort(): Effort {
  let left = READING_STEPS;
  return {
    take(steps = 1) {
      left -= steps;
      return left >= 0;
    },
    spent: () => left < 0,
    renew() {
      left = QUESTION_STEPS;
    },
  };
}
