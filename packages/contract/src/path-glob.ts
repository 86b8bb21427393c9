/**
 * Patterns of paths: `?` is one character, `*` any number of them within a part, and `**` as a whole
 * part any number of parts. Nothing else has a meaning. Matching takes time in proportion to the
 * pattern and the path, whatever they are.
 */

const ANY_PARTS = '**';

/** Whether a path matches a pattern. */
export function matchesGlob(glob: string, path: string): boolean {
  const wanted = partsOf(glob);
  const given = path.split('/');
  // Which beginnings of the path match the beginning of the pattern that was looked at.
  let open = new Array<boolean>(given.length + 1).fill(false);
  open[0] = true;
  for (const part of wanted) {
    const next = new Array<boolean>(given.length + 1).fill(false);
    for (let at = 0; at <= given.length; at += 1) {
      if (part === ANY_PARTS) next[at] = open[at] === true || (at > 0 && next[at - 1] === true);
      else if (at > 0) next[at] = open[at - 1] === true && matchesPart(part, given[at - 1] ?? '');
    }
    open = next;
  }
  // `a/**` is what is in `a`, not `a` itself: no path ends with a slash.
  return open[given.length] === true;
}

function partsOf(glob: string): readonly string[] {
  const parts = glob
    .split('/')
    .filter((part, at, all) => part !== ANY_PARTS || all[at - 1] !== part);
  // The last `**` stands for files, so for one part at least.
  return parts.at(-1) === ANY_PARTS ? [...parts.slice(0, -1), ANY_PARTS, '*'] : parts;
}

/** Greedy, with one place to go back to: the last `*`. */
function matchesPart(pattern: string, text: string): boolean {
  const wanted = [...pattern];
  const given = [...text];
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let next = 0; next < given.length; ) {
    if (wanted[at] === '*') {
      star = at;
      resume = next;
      at += 1;
    } else if (wanted[at] !== undefined && (wanted[at] === '?' || wanted[at] === given[next])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      next = resume;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}

/** The same pattern as a regular expression of PostgreSQL, which matches without going back. */
export function globExpression(glob: string): string {
  const parts = partsOf(glob).map((part, at, all) => {
    if (part === ANY_PARTS) return '(?:[^/]+/)*';
    const text = part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '[^/]*')
      .replaceAll('?', '[^/]');
    return at === all.length - 1 ? text : `${text}/`;
  });
  return `^${parts.join('')}$`;
}
