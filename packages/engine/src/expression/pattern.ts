/**
 * Regular expressions in time proportional to pattern times text, whatever the pattern.
 *
 * CEL's `matches` is RE2, which has neither look-around nor back-references; the language's own
 * engine has both, and backtracks: one hostile pattern would stop the whole process. So patterns
 * are compiled to a small program whose states are all followed at once (Thompson's
 * construction).
 */
import { type PatternNode, type Position, parsePattern } from './pattern-syntax.ts';

/** Patterns are written by people; a longer one is generated, or an attack. */
const MAX_PATTERN_CHARS = 1_000;
/** States of a program: bounds what counted repeats such as `(a{100}){100}` unfold to. */
const MAX_STATES = 2_000;

export type Instruction =
  | { readonly op: 'take'; readonly test: (char: string) => boolean }
  | { readonly op: 'where'; readonly test: (position: Position) => boolean }
  | { readonly op: 'fork'; readonly other: () => number }
  | { readonly op: 'jump'; readonly to: () => number }
  | { readonly op: 'match' };

/** States that stand before a place, having taken the character before it. */
export interface StateSet {
  readonly taken: readonly number[];
  readonly before: string;
  /** Where each character leads; null is a match. The empty text is the end. */
  readonly ways: Map<string, StateSet | null>;
}

export interface Pattern {
  readonly program: readonly Instruction[];
  /** Sets of states met so far. */
  readonly sets: Map<string, StateSet>;
}

/** Compiles an RE2 pattern, or says what is wrong with it. */
export function compilePattern(source: string): Pattern | { readonly problem: string } {
  if (source.length > MAX_PATTERN_CHARS) {
    return { problem: `the pattern is longer than ${MAX_PATTERN_CHARS} characters` };
  }
  const parsed = parsePattern(source);
  if ('problem' in parsed) return { problem: `the pattern is wrong: ${parsed.problem}` };
  const program: Instruction[] = [];
  if (!emit(parsed.node, program)) {
    return { problem: `the pattern unfolds to more than ${MAX_STATES} states` };
  }
  program.push({ op: 'match' });
  return { program, sets: new Map() };
}

/** Appends the instructions for a node; false once there are too many. */
function emit(node: PatternNode, program: Instruction[]): boolean {
  if (program.length > MAX_STATES) return false;
  switch (node.type) {
    case 'take':
      program.push({ op: 'take', test: node.test });
      return true;
    case 'where':
      program.push({ op: 'where', test: node.test });
      return true;
    case 'sequence':
      return node.parts.every((part) => emit(part, program));
    case 'choice':
      return emitChoice(node.options, program);
    case 'repeat':
      return emitRepeat(node, program);
  }
}

function emitChoice(options: readonly PatternNode[], program: Instruction[]): boolean {
  let end = 0;
  const fits = options.every((option, i) => {
    const last = i === options.length - 1;
    let next = 0;
    if (!last) program.push({ op: 'fork', other: () => next });
    if (!emit(option, program)) return false;
    if (!last) program.push({ op: 'jump', to: () => end });
    next = program.length;
    return true;
  });
  end = program.length;
  return fits;
}

type Repeat = Extract<PatternNode, { type: 'repeat' }>;

function emitRepeat({ body, min, max }: Repeat, program: Instruction[]): boolean {
  let end = 0;
  for (let i = 0; i < min; i++) {
    const start = program.length;
    if (!emit(body, program)) return false;
    // Nothing, repeated: `((){1000}){1000}` must not take a million rounds.
    if (program.length === start) break;
  }
  if (max === Number.POSITIVE_INFINITY) {
    const start = program.length;
    program.push({ op: 'fork', other: () => end });
    if (!emit(body, program)) return false;
    program.push({ op: 'jump', to: () => start });
  } else {
    for (let i = min; i < max; i++) {
      program.push({ op: 'fork', other: () => end });
      if (!emit(body, program)) return false;
    }
  }
  end = program.length;
  return true;
}
