/**
 * Topics are segments between dots. In a pattern `*` stands for one segment and `#` for any number
 * of them, none included: `a.#` matches `a`, `a.b` and `a.b.c`.
 */

/** What every topic that a pattern matches begins with: all that stands before its first wildcard. */
export function patternPrefix(pattern: string): string {
  const segments = pattern.split('.');
  const wild = segments.findIndex(isWild);
  if (wild < 0) return pattern;
  const before = segments.slice(0, wild).join('.');
  // `a.#` matches `a`, which has no dot behind it.
  return wild === 0 || segments[wild] === '#' ? before : `${before}.`;
}

/** Why a text is no pattern, as the rest of a sentence; undefined when it is one. */
export function topicFault(pattern: string): string | undefined {
  for (const segment of pattern.split('.')) {
    if (segment === '') return 'has an empty segment';
    if (segment.length > 1 && /[*#]/.test(segment)) {
      return `has a wildcard inside "${segment}"; * and # are whole segments`;
    }
  }
  return undefined;
}

/** Whether a pattern stands for more than the one topic that it spells. */
export function isPattern(text: string): boolean {
  return text.split('.').some(isWild);
}

export function topicMatches(pattern: string, topic: string): boolean {
  return matchSegments(pattern.split('.'), topic.split('.'));
}

/** In time of the product of the two lengths, whatever the pattern. */
function matchSegments(pattern: readonly string[], topic: readonly string[]): boolean {
  // reached[j]: the pattern so far matches the first j segments.
  let reached = [true, ...topic.map(() => false)];
  for (const part of pattern) {
    const next = topic.map(() => false);
    next.unshift(part === '#' && reached[0] === true);
    for (let j = 1; j <= topic.length; j += 1) {
      const one = reached[j - 1] === true && (part === '*' || part === topic[j - 1]);
      next[j] = part === '#' ? reached[j] === true || next[j - 1] === true : one;
    }
    reached = next;
  }
  return reached[topic.length] === true;
}

function isWild(segment: string): boolean {
  return segment === '*' || segment === '#';
}
