/** Globs over paths: `*` and `?` stay within a part of a path, `**` goes over parts. */

type Part = 'any' | readonly string[];

/**
 * Makes the test of a glob. It takes time proportional to glob times path, whatever the glob.
 * @param glob relative, with `/` between its parts
 */
export function pathMatcher(glob: string): (path: string) => boolean {
  const parts = partsOf(glob).map<Part>((part) => (part === '**' ? 'any' : [...part]));
  return (path) =>
    follow(parts, partsOf(path), {
      isAny: (part) => part === 'any',
      fits: (part, name) => part !== 'any' && fitsName(part, name),
    });
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function fitsName(part: readonly string[], name: string): boolean {
  return follow(part, [...name], {
    isAny: (char) => char === '*',
    fits: (char, given) => char === '?' || char === given,
  });
}

interface Rules<Wanted, Given> {
  readonly isAny: (wanted: Wanted) => boolean;
  readonly fits: (wanted: Wanted, given: Given) => boolean;
}

/** Goes through both at once; from a place that leads nowhere, back to the last "any" alone. */
function follow<Wanted, Given>(
  wanted: readonly Wanted[],
  given: readonly Given[],
  { isAny, fits }: Rules<Wanted, Given>,
): boolean {
  let at = 0;
  let any = -1;
  let resume = 0;
  for (let i = 0; i < given.length; ) {
    const one = wanted[at];
    const item = given[i];
    if (one !== undefined && isAny(one)) {
      any = at;
      resume = i;
      at += 1;
    } else if (one !== undefined && item !== undefined && fits(one, item)) {
      at += 1;
      i += 1;
    } else if (any >= 0) {
      at = any + 1;
      resume += 1;
      i = resume;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every(isAny);
}
