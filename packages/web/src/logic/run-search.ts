import { textsOf } from './search-texts.ts';

/** What the address of a run's page says besides the run. */
export interface RunSearch {
  readonly tab?: RunTab;
  /** The node that is looked at, the same in graph, timeline, panel and log. */
  readonly node?: string;
  /** The phase that is looked at. */
  readonly phase?: string;
  /** States whose nodes are to be seen well, apart by commas; all when absent. */
  readonly states?: string;
  /** Groups and stacks that are unfolded, apart by commas; `all` or `none` of them. */
  readonly open?: string;
  /** `critical`: one longest way is lit. */
  readonly lit?: string;
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

const TEXTS = ['node', 'phase', 'file', 'line', 'states', 'open', 'lit'] as const;

export function readRunSearch(search: Readonly<Record<string, unknown>>): RunSearch {
  const tab = RUN_TABS.find((one) => one === search.tab);
  return {
    ...(tab !== undefined && { tab }),
    ...textsOf(search, ...TEXTS),
  };
}

/** How the graph is looked at: it stays when another node is. */
export function lookedAt({ states, open, lit }: RunSearch): RunSearch {
  return {
    ...(states !== undefined && { states }),
    ...(open !== undefined && { open }),
    ...(lit !== undefined && { lit }),
  };
}

/** The tab that is open: a run of phases opens with them, unless a node is asked for. */
export function openTab({ tab, node }: RunSearch, hasPhases: boolean): RunTab {
  if (tab !== undefined && (hasPhases || tab !== 'phases')) return tab;
  return hasPhases && node === undefined ? 'phases' : 'overview';
}
