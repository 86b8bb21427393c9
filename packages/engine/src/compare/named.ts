/** Things of several runs beside each other, by name. */

/** What the runs have under one name, in their order; absent where one has nothing. */
export interface Row<Thing> {
  readonly name: string;
  readonly things: readonly (Thing | undefined)[];
}

/** Puts things side by side: in the order of the first run, then what only later ones have. */
export function sideBySide<Thing>(runs: readonly ReadonlyMap<string, Thing>[]): Row<Thing>[] {
  const names = new Set(runs.flatMap((things) => [...things.keys()]));
  return [...names].map((name) => ({ name, things: runs.map((things) => things.get(name)) }));
}

/** Whether all runs have the thing, and the same one. */
export function isAlike<Thing>(
  { things }: Row<Thing>,
  same: (a: Thing, b: Thing) => boolean,
): boolean {
  const [first, ...others] = things;
  if (first === undefined) return false;
  return others.every((other) => other !== undefined && same(first, other));
}

/** What has become of a thing from the first run to the others. */
export function fateOf<Thing>(row: Row<Thing>): 'added' | 'removed' | 'changed' {
  const [first, ...others] = row.things;
  if (first === undefined) return 'added';
  return others.every((other) => other === undefined) ? 'removed' : 'changed';
}
