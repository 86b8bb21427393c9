/** What `all`, `exists`, `exists_one`, `filter` and `map` make of a list or the keys of a map. */
import { Failure } from './evaluation.ts';
import { makeList, type Value } from './values.ts';

/** A list and what is done with each of its items; the functions throw Failure. */
export interface Loop {
  readonly size: number;
  /** Whether `map` has a test before its value. */
  readonly isFiltered: boolean;
  item(index: number): Value;
  /** Evaluates the test, the first expression. */
  test(index: number): boolean;
  /** The same, but a failure is returned when another item may outweigh it. */
  attempt(index: number): boolean | Failure;
  /** Evaluates the last expression. */
  value(index: number): Value;
}

/** An item that decides makes up for the failures of others. */
function quantifier(decisive: boolean): (loop: Loop) => boolean {
  return (loop) => {
    let failure: Failure | undefined;
    for (let i = 0; i < loop.size; i++) {
      const outcome = loop.attempt(i);
      if (outcome === decisive) return decisive;
      if (outcome instanceof Failure) failure ??= outcome;
    }
    if (failure !== undefined) throw failure;
    return !decisive;
  };
}

function existsOne(loop: Loop): boolean {
  let count = 0;
  for (let i = 0; i < loop.size; i++) if (loop.test(i)) count++;
  return count === 1;
}

function filter(loop: Loop): Value {
  const kept: Value[] = [];
  for (let i = 0; i < loop.size; i++) if (loop.test(i)) kept.push(loop.item(i));
  return makeList(kept);
}

function map(loop: Loop): Value {
  const made: Value[] = [];
  for (let i = 0; i < loop.size; i++) {
    if (!loop.isFiltered || loop.test(i)) made.push(loop.value(i));
  }
  return makeList(made);
}

/** Every comprehension by its name. */
export const COMPREHENSIONS: ReadonlyMap<string, (loop: Loop) => Value> = new Map<
  string,
  (loop: Loop) => Value
>([
  ['all', quantifier(false)],
  ['exists', quantifier(true)],
  ['exists_one', existsOne],
  ['filter', filter],
  ['map', map],
]);
