/** Whether a topic is meant by a pattern: `*` stands for one segment, `#` for any number of them. */
export function topicMatches(pattern: string, topic: string): boolean {
  return fits(pattern.split('.'), topic.split('.'));
}

function fits(pattern: readonly string[], topic: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return topic.length === 0;
  if (first === '#') {
    return rest.length === 0 || topic.some((_, i) => fits(rest, topic.slice(i))) || fits(rest, []);
  }
  const [segment, ...others] = topic;
  return segment !== undefined && (first === '*' || first === segment) && fits(rest, others);
}

/** Topics, and the patterns that stand for several of them. */
export function topicSuggestions(topics: readonly string[]): readonly string[] {
  const patterns = new Map<string, number>();
  for (const topic of topics) {
    const segments = topic.split('.');
    if (segments.length < 2) continue;
    const last = `${segments.slice(0, -1).join('.')}.*`;
    patterns.set(last, (patterns.get(last) ?? 0) + 1);
    const all = `${segments[0]}.#`;
    patterns.set(all, (patterns.get(all) ?? 0) + 1);
  }
  const several = [...patterns].filter(([, count]) => count > 1).map(([pattern]) => pattern);
  return [...new Set([...topics, ...several])].toSorted();
}
