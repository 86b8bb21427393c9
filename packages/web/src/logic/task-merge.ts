import type { Json, JsonObject } from '@tenuto/contract';

/** Two people have changed one thing: what each of them has, and what comes of both. */
export interface Merge {
  /** Fields that only the other has changed. */
  readonly theirs: readonly string[];
  /** Fields that both have changed, and not alike. */
  readonly both: readonly string[];
  /** One's own changes on top of theirs. */
  readonly merged: JsonObject;
}

/**
 * Puts one's own changes on top of what somebody else has made of the same thing meanwhile.
 * @param base what it was when one began
 */
export function mergeChanges(base: JsonObject, mine: JsonObject, theirs: JsonObject): Merge {
  const names = [...new Set([base, mine, theirs].flatMap((one) => Object.keys(one)))];
  const changed = (side: JsonObject, name: string) => !isSame(side[name], base[name]);
  const clashes = (name: string) => changed(mine, name) && !isSame(mine[name], theirs[name]);
  const merged = names.flatMap((name): [string, Json][] => {
    const value = changed(mine, name) ? mine[name] : theirs[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    theirs: names.filter((name) => changed(theirs, name) && !changed(mine, name)),
    both: names.filter((name) => changed(theirs, name) && clashes(name)),
    merged: Object.fromEntries(merged),
  };
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return ordered(a) === ordered(b);
}

/** JSON text in which members stand in one order. */
function ordered(value: Json | undefined): string {
  return (
    JSON.stringify(value, (_name, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a.localeCompare(b)))
        : part,
    ) ?? ''
  );
}
