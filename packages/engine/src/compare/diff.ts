/** What two JSON values differ in, told in few words however large they are. */
import type { Json, JsonObject } from '@tenuto/contract';

/** One place in which two values differ. */
export interface Difference {
  readonly op: 'added' | 'removed' | 'changed';
  /** JSON Pointer; empty for the whole value. */
  readonly path: string;
  /** Absent where there was nothing. What is too large is cut, and is then text. */
  readonly before?: Json;
  readonly after?: Json;
  /** Values were cut. */
  readonly cut?: true;
}

export interface Differences {
  readonly changes: readonly Difference[];
  /** There are more than were asked for. */
  readonly truncated: boolean;
}

export interface DiffLimits {
  /** Differences that are told at most. */
  readonly most: number;
  /** Characters of JSON that a value is shown with. */
  readonly chars: number;
}

const LIMITS: DiffLimits = { most: 100, chars: 500 };
/** What lies deeper is one value: nobody follows a path that long. */
const DEEPEST = 64;

/**
 * Compares two values: members of objects by name, whatever their order, and items of lists by
 * place. `undefined` is nothing at all.
 */
export function diffJson(
  before: Json | undefined,
  after: Json | undefined,
  limits: DiffLimits = LIMITS,
): Differences {
  const changes: Difference[] = [];
  const more = walk({ before, after, path: '', depth: 0 }, limits, changes);
  return { changes, truncated: more };
}

/** Whether two values are the same, the order of members aside. */
export function isEqualJson(a: Json | undefined, b: Json | undefined): boolean {
  return diffJson(a, b, { most: 0, chars: 0 }).truncated === false;
}

interface Place {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly path: string;
  readonly depth: number;
}

/** True as soon as there is one difference more than may be told. */
function walk(
  { before, after, path, depth }: Place,
  limits: DiffLimits,
  changes: Difference[],
): boolean {
  if (before === after) return false;
  const inside = depth < DEEPEST && before !== undefined && after !== undefined;
  if (inside && isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const name of names) {
      const place = {
        before: own(before, name),
        after: own(after, name),
        path: `${path}/${escaped(name)}`,
        depth: depth + 1,
      };
      if (walk(place, limits, changes)) return true;
    }
    return false;
  }
  if (inside && Array.isArray(before) && Array.isArray(after)) {
    for (let i = 0; i < Math.max(before.length, after.length); i += 1) {
      const place = { before: before[i], after: after[i], path: `${path}/${i}`, depth: depth + 1 };
      if (walk(place, limits, changes)) return true;
    }
    return false;
  }
  if (depth >= DEEPEST && JSON.stringify(before) === JSON.stringify(after)) return false;
  if (changes.length >= limits.most) return true;
  changes.push(difference(path, before, after, limits.chars));
  return false;
}

function difference(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
  chars: number,
): Difference {
  const op = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const shown = { before: shorten(before, chars), after: shorten(after, chars) };
  const cut = shown.before !== before || shown.after !== after;
  return {
    ...{ op, path },
    ...(shown.before !== undefined && { before: shown.before }),
    ...(shown.after !== undefined && { after: shown.after }),
    ...(cut && { cut: true as const }),
  };
}

function shorten(value: Json | undefined, chars: number): Json | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= chars ? value : `${text.slice(0, chars)}…`.toWellFormed();
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
