type Search = Readonly<Record<string, unknown>>;

/**
 * What a view reads of its address, and nothing else that stands there: the router by itself leaves
 * beside it whatever the view has not taken, a value that it does not know under a name that it does.
 */
export function strictly<Read extends object>(
  read: (search: Search) => Read,
): (search: Search) => Read {
  return (search) => {
    const names = Object.keys(search);
    const nothing: object = Object.fromEntries(names.map((name) => [name, undefined]));
    return Object.assign(nothing, read(search));
  };
}

/** Whether any of some filters is set. */
export function isNarrowing(filters: object): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}
