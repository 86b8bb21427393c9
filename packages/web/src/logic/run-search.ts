/** What the address of a run's page says besides the run. */
export interface RunSearch {
  readonly tab?: RunTab;
  /** The node that is looked at, the same in graph, timeline, panel and log. */
  readonly node?: string;
  /** The phase that is looked at. */
  readonly phase?: string;
  /** The id of the artifact that is looked into. */
  readonly file?: string;
  /** The line of the log that is pointed to: `2.31`, the 31st of the second attempt. */
  readonly line?: string;
}

export const RUN_TABS = [
  'phases',
  'overview',
  'log',
  'tests',
  'artifacts',
  'cost',
  'history',
  'plan',
] as const;
export type RunTab = (typeof RUN_TABS)[number];

export function readRunSearch(search: Readonly<Record<string, unknown>>): RunSearch {
  const tab = RUN_TABS.find((one) => one === search.tab);
  const text = (name: 'node' | 'phase' | 'file' | 'line') => {
    const value = search[name];
    return typeof value === 'string' && value !== '' ? { [name]: value } : {};
  };
  return {
    ...(tab !== undefined && { tab }),
    ...text('node'),
    ...text('phase'),
    ...text('file'),
    ...text('line'),
  };
}

/** The tab that is open: a run of phases opens with them, unless a node is asked for. */
export function openTab({ tab, node }: RunSearch, hasPhases: boolean): RunTab {
  if (tab !== undefined && (hasPhases || tab !== 'phases')) return tab;
  return hasPhases && node === undefined ? 'phases' : 'overview';
}
