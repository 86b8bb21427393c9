import { textsOf } from './search-texts.ts';

/** What the address of the events says: which of them are shown, and which one is looked at. */
export interface EventSearch {
  /** A topic, or a pattern of them. */
  readonly topic?: string;
  /** CEL over `event`. */
  readonly filter?: string;
  /** A text in the topic or the payload. */
  readonly text?: string;
  readonly event?: string;
}

export function readEventSearch(search: Readonly<Record<string, unknown>>): EventSearch {
  return textsOf(search, 'topic', 'filter', 'text', 'event');
}
