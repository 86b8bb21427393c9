/**
 * Runs a compiled pattern over a text, all its states at once. Sets of states that were met
 * before, and where each character leads from them, are remembered, so that a long text costs
 * little more than reading it.
 */
import type { Instruction, Pattern, StateSet } from './pattern.ts';
import type { Position } from './pattern-syntax.ts';

/** Costs, in steps: following states, and reading characters along known ways. */
const STATES_PER_STEP = 3;
const CHARS_PER_STEP = 8;

interface Machine extends Pattern {
  readonly pay: (steps: number) => void;
}

/**
 * Whether the pattern is found anywhere in the text.
 *
 * @param pay is called with the steps done; it throws to stop
 */
export function testPattern(pattern: Pattern, text: string, pay: (steps: number) => void): boolean {
  const machine: Machine = { ...pattern, pay };
  let set = stateSet([], '', machine);
  for (let at = 0, read = 1; ; read++) {
    const char = charAt(text, at);
    const known = set.ways.get(char);
    const next = known === undefined ? findWay(set, char, machine) : known;
    if (next === null) return true;
    if (char === '') return false;
    if (read % CHARS_PER_STEP === 0) pay(1);
    set = next;
    at += char.length;
  }
}

/** Returns the character (a whole code point) at an offset, empty at the end. */
function charAt(text: string, at: number): string {
  const point = text.codePointAt(at);
  if (point === undefined) return '';
  return point < 0x10000 ? (text[at] ?? '') : String.fromCodePoint(point);
}

function stateSet(taken: readonly number[], before: string, { sets }: Machine): StateSet {
  const key = `${kindOfNeighbour(before)} ${taken.join()}`;
  const known = sets.get(key);
  if (known !== undefined) return known;
  const made = { taken, before, ways: new Map() };
  sets.set(key, made);
  return made;
}

/** All that anchors and word boundaries can tell of a character. */
function kindOfNeighbour(char: string): string {
  if (char === '') return 'edge';
  if (char === '\n') return 'line';
  return /^\w$/.test(char) ? 'word' : 'other';
}

function findWay(set: StateSet, char: string, machine: Machine): StateSet | null {
  const { program, pay } = machine;
  const states = reached(set.taken, program, { before: set.before, after: char });
  pay(1 + Math.ceil((states?.length ?? 0) / STATES_PER_STEP));
  let way: StateSet | null = null;
  if (states !== undefined) {
    const takes = (state: number) => {
      const instruction = program[state];
      return instruction?.op === 'take' && instruction.test(char);
    };
    const taken = states.filter(takes).map((state) => state + 1);
    way = stateSet(
      taken.sort((a, b) => a - b),
      char,
      machine,
    );
  }
  set.ways.set(char, way);
  return way;
}

/**
 * Returns all states that can be reached at a place without a character, from the given ones and
 * from the start (a match may begin anywhere); undefined when the end is among them.
 */
function reached(
  from: readonly number[],
  program: readonly Instruction[],
  place: Position,
): readonly number[] | undefined {
  const entered = new Set<number>();
  const waiting = [...from, 0];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const instruction = program[state];
    if (instruction === undefined || entered.has(state)) continue;
    entered.add(state);
    if (instruction.op === 'match') return undefined;
    if (instruction.op === 'jump') waiting.push(instruction.to());
    else if (instruction.op === 'fork') waiting.push(instruction.other(), state + 1);
    else if (instruction.op === 'where' && instruction.test(place)) waiting.push(state + 1);
  }
  return [...entered];
}
