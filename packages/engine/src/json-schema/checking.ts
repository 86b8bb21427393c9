import type { Json, ValidationError } from '@tenuto/contract';
import type { Schema } from './schema.ts';

/** About one for each part of a schema that is held against a value; over in some 50 ms. */
const STEPS = 200_000;
const MAX_PROBLEMS = 20;
/** Characters of a text, or of a value's JSON, that are looked at for one step. */
const CHARS_A_STEP = 32;

/** A check under way. */
export interface Check {
  steps: number;
  depth: number;
  /** Checks a part of a schema. */
  readonly part: (schema: Schema, value: Json, path: string, check: Check) => boolean;
  /** Undefined where only the verdict counts. */
  readonly problems: ValidationError[] | undefined;
}

/** More work than a check may do. */
export class TooMuch extends Error {}

export function newCheck(problems: ValidationError[], part: Check['part']): Check {
  return { steps: STEPS, depth: 0, part, problems };
}

export function pay(check: Check, steps: number): void {
  check.steps -= steps;
  if (check.steps < 0) throw new TooMuch(`takes more than ${STEPS} steps to check`);
}

export function fail({ problems }: Check, path: string, message: string): false {
  if (problems !== undefined && problems.length < MAX_PROBLEMS) problems.push({ path, message });
  return false;
}

export function paidText(check: Check, text: string): string {
  pay(check, text.length / CHARS_A_STEP);
  return text;
}

/** Whether it fits, without a word about why it does not. */
export function holds(schema: Schema, value: Json, check: Check): boolean {
  const silent: Check = { ...check, problems: undefined };
  try {
    return check.part(schema, value, '', silent);
  } finally {
    check.steps = silent.steps;
  }
}
