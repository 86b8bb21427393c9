import { LIMITS } from '@tenuto/contract';
import type { Pattern } from './pattern.ts';

/**
 * Work that one evaluation may do: about one step for each node visited, list element made, 32
 * characters written or pattern state tried. Enough for a few tests on each of 10,000 items,
 * and over in well under 100 ms, so that the event loop never stalls.
 */
export const EVALUATION_STEPS = 500_000;

/** A failure costs this much, because making an error is that much slower than a visit. */
export const FAILURE_STEPS = 40;

/** What one evaluation has left, and where it is; a template's expressions share one. */
export interface Evaluation {
  steps: number;
  /** Characters of JSON that the result may still grow by. */
  chars: number;
  /** Offset in the source of what is being done, for error messages. */
  at: number;
  /** Compiled in this evaluation, by their sources. */
  readonly patterns: Map<string, Pattern>;
  /** Made in this evaluation, by names of time zones. */
  readonly zones: Map<string, Intl.DateTimeFormat>;
}

/** Something went wrong inside an evaluation; it never leaves this folder. */
export class Failure extends Error {
  /** Not to be absorbed by `||`, `&&`, `all` or `exists`: a limit was reached. */
  readonly fatal: boolean;
  at: number | undefined;

  constructor(message: string, fatal = false) {
    super(message);
    this.fatal = fatal;
  }
}

/** Returns a full allowance. */
export function newEvaluation(): Evaluation {
  return {
    steps: EVALUATION_STEPS,
    chars: LIMITS.outputBytes,
    at: 0,
    patterns: new Map(),
    zones: new Map(),
  };
}

/** Takes `steps` from the allowance; throws a fatal {@link Failure} once it is used up. */
export function spend(evaluation: Evaluation, steps: number): void {
  evaluation.steps -= steps;
  if (evaluation.steps < 0) {
    throw new Failure(`the evaluation takes more than ${EVALUATION_STEPS} steps`, true);
  }
}

/** Pays for a text of `chars` characters before it is made. */
export function spendText(evaluation: Evaluation, chars: number): void {
  if (chars > LIMITS.outputBytes) {
    throw new Failure(`a text would be longer than ${LIMITS.outputBytes} characters`, true);
  }
  spend(evaluation, chars >>> 5);
}

/** Pays for `chars` characters of JSON in the result. */
export function spendOutput(evaluation: Evaluation, chars: number): void {
  evaluation.chars -= chars;
  if (evaluation.chars < 0) {
    throw new Failure(`the result is larger than ${LIMITS.outputBytes} characters of JSON`, true);
  }
}
