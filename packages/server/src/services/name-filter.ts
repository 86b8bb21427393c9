/** What a list is asked for by name: a whole one, or how it begins. */
export interface NameFilter {
  readonly name?: string;
  readonly namePrefix?: string;
}

/** The whole name, or how it begins when a `*` stands at its end. */
export function nameFilter(name: string | undefined): NameFilter {
  if (name === undefined) return {};
  return name.endsWith('*') ? { namePrefix: name.slice(0, -1) } : { name };
}

/** Whether a name fits what was asked for. */
export function isNamed({ name, namePrefix = '' }: NameFilter, given: string): boolean {
  return (name === undefined || given === name) && given.startsWith(namePrefix);
}
