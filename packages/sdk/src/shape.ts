/**
 * Checks of what a server answered. A shape looks only at the fields that the contract names and
 * lets the others be, so that a newer server with more fields is still understood.
 */
export type Shape<T> = (value: unknown) => value is T;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Checked<F extends Fields> = { [K in keyof F]: F[K] extends Shape<infer T> ? T : never };
/** A field that may be absent is one that {@link optional} made; absent and `undefined` are one. */
type Relaxed<T> = { [K in keyof T as MayBeAbsent<T[K]> extends true ? never : K]: T[K] } & {
  [K in keyof T as MayBeAbsent<T[K]> extends true ? K : never]?: Exclude<T[K], Absent>;
};
type MayBeAbsent<V> = unknown extends V ? false : Absent extends V ? true : false;
/** Only a type: it marks what may be absent. */
declare const absent: unique symbol;
type Absent = typeof absent;

export const text: Shape<string> = (value): value is string => typeof value === 'string';
export const number: Shape<number> = (value): value is number => typeof value === 'number';
export const flag: Shape<boolean> = (value): value is boolean => typeof value === 'boolean';
export const yes: Shape<true> = (value): value is true => value === true;
export const anything: Shape<unknown> = (_value): _value is unknown => true;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  const known: ReadonlySet<unknown> = new Set(values);
  return (value): value is T => known.has(value);
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value): value is T | null => value === null || shape(value);
}

/** A field that may be left out. */
export function optional<T>(shape: Shape<T>): Shape<T | Absent> {
  return (value): value is T | Absent => value === undefined || shape(value);
}

export function listOf<T>(shape: Shape<T>): Shape<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(shape);
}

export function mapOf<T>(shape: Shape<T>): Shape<Record<string, T>> {
  return (value): value is Record<string, T> =>
    isRecord(value) && Object.values(value).every(shape);
}

/** An object with at least these fields. */
export function fields<const F extends Fields>(shapes: F): Shape<Relaxed<Checked<F>>> {
  const entries = Object.entries(shapes);
  return (value): value is Relaxed<Checked<F>> =>
    isRecord(value) &&
    entries.every(([name, shape]) => shape(Object.hasOwn(value, name) ? value[name] : undefined));
}
