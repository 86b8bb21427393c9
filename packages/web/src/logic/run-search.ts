/** What the address of a run's page says besides the run. */
export interface RunSearch {
  readonly tab?: RunTab;
  /** The node that is looked at, the same in graph, timeline, panel and log. */
  readonly node?: string;
}

export const RUN_TABS = ['overview', 'log', 'history', 'plan'] as const;
export type RunTab = (typeof RUN_TABS)[number];

export function readRunSearch(search: Readonly<Record<string, unknown>>): RunSearch {
  const tab = RUN_TABS.find((one) => one === search.tab);
  const { node } = search;
  return {
    ...(tab !== undefined && { tab }),
    ...(typeof node === 'string' && node !== '' && { node }),
  };
}
