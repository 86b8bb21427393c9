/** Topics of events, and patterns that event tasks listen to. */

import { ScheduleError } from '@tenuto/contract';

/** Segments are separated by dots; `*` is one of them, `#` any number of them, none included. */
export interface TopicPattern {
  matches(topic: string): boolean;
}

/** Segments of a pattern: matching is bounded by their number times that of the topic's. */
const SEGMENTS_MOST = 100;

/** @throws ScheduleError when the pattern has an empty segment, or a wildcard within one */
export function compileTopicPattern(pattern: string): TopicPattern {
  const segments = pattern.split('.');
  if (segments.length > SEGMENTS_MOST)
    throw topicError(pattern, `has over ${SEGMENTS_MOST} segments`);
  for (const segment of segments) {
    if (segment === '') throw topicError(pattern, 'has an empty segment');
    if (segment.length > 1 && /[*#]/.test(segment)) {
      throw topicError(
        pattern,
        `has a wildcard inside "${segment.slice(0, 40)}"; * and # are whole segments`,
      );
    }
  }
  if (!segments.includes('#'))
    return { matches: (topic) => matchesPlain(segments, topic.split('.')) };
  return { matches: (topic) => matchesAny(segments, topic.split('.')) };
}

/** Whether a topic is among those that a pattern means. */
export function topicMatches(pattern: string, topic: string): boolean {
  return compileTopicPattern(pattern).matches(topic);
}

function matchesPlain(segments: readonly string[], topic: readonly string[]): boolean {
  if (segments.length !== topic.length) return false;
  return segments.every((segment, index) => segment === '*' || segment === topic[index]);
}

/** A `#` is first tried with nothing; on a mismatch the last one takes one segment more. */
function matchesAny(segments: readonly string[], topic: readonly string[]): boolean {
  let at = 0;
  let hash = -1;
  let taken = 0;
  for (let index = 0; index < topic.length; ) {
    const segment = segments[at];
    if (segment === '#') {
      hash = at;
      taken = index;
      at += 1;
    } else if (segment === '*' || (segment !== undefined && segment === topic[index])) {
      at += 1;
      index += 1;
    } else if (hash >= 0) {
      taken += 1;
      index = taken;
      at = hash + 1;
    } else {
      return false;
    }
  }
  return segments.slice(at).every((segment) => segment === '#');
}

function topicError(pattern: string, why: string): ScheduleError {
  return new ScheduleError('/schedule_expr', `The topic pattern "${pattern.slice(0, 60)}" ${why}.`);
}
