/** Places in JSON, as pointers (RFC 6901), and changes there that leave all else as it is. */
import type { Json, JsonObject } from '@tenuto/contract';

type List = readonly Json[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is Json[] {
  return Array.isArray(value);
}

/** One step more: `placeOf('/phases', 0, 'id')` is `/phases/0/id`. */
export function placeOf(place: string, ...steps: readonly (string | number)[]): string {
  const written = steps.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'));
  return [place, ...written].join('/');
}

/** The steps of a pointer; none for the whole. */
export function stepsOf(place: string): readonly string[] {
  return place
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether one place is another one, or lies inside it. */
export function isWithin(place: string, outer: string): boolean {
  return place === outer || place.startsWith(`${outer}/`);
}

export function valueAt(value: Json, place: string): Json | undefined {
  let at: Json | undefined = value;
  for (const step of stepsOf(place)) {
    if (isList(at)) at = /^\d+$/.test(step) ? at[Number(step)] : undefined;
    else if (isObject(at)) at = Object.hasOwn(at, step) ? at[step] : undefined;
    else return undefined;
  }
  return at;
}

/**
 * The same value with another one at a place; undefined takes away what is there. What lies on the
 * way and is missing becomes an object.
 */
export function put(value: JsonObject, place: string, next: Json | undefined): JsonObject {
  const changed = putIn(value, stepsOf(place), next);
  return isObject(changed) ? changed : value;
}

function putIn(
  value: Json | undefined,
  [step, ...rest]: readonly string[],
  next: Json | undefined,
): Json | undefined {
  if (step === undefined) return next;
  if (isList(value)) {
    const index = Number(step);
    const inner = putIn(value[index], rest, next);
    return inner === undefined ? value.toSpliced(index, 1) : withItem(value, index, inner);
  }
  const known = isObject(value) ? value : {};
  const present = Object.hasOwn(known, step) ? known[step] : undefined;
  const inner = putIn(present, rest, next);
  if (inner === undefined) return without(known, step);
  if (Object.hasOwn(known, step)) {
    return mapped(known, (one, name) => (name === step ? inner : one));
  }
  return Object.fromEntries([...Object.entries(known), [step, inner]]);
}

function withItem(list: List, index: number, item: Json): Json[] {
  return index < list.length ? list.with(index, item) : [...list, item];
}

/** The same object without one of its members. */
export function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** The same object with other values; unlike an assignment, `__proto__` is a name like any other. */
function mapped(object: JsonObject, change: (value: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, change(value, name)]),
  );
}

/** The same value with other texts; what does not change stays the same object. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (isList(value)) {
    const items = value.map((item) => mapTexts(item, change));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isObject(value)) return value;
  const next = mapped(value, (one) => mapTexts(one, change));
  return Object.keys(value).every((name) => next[name] === value[name]) ? value : next;
}
