/** What the address of the events says: which topics, and whether new ones are followed. */
export interface EventSearch {
  readonly topic?: string;
  readonly event?: string;
}

export function readEventSearch(search: Readonly<Record<string, unknown>>): EventSearch {
  const { topic, event } = search;
  return {
    ...(typeof topic === 'string' && topic !== '' && { topic }),
    ...(typeof event === 'string' && event !== '' && { event }),
  };
}
