import type { Violation } from './oracles/history.ts';

/** A bug that simulations have found and that nobody has mended yet: to find it again is no news. */
export interface OpenBug {
  readonly name: string;
  readonly rule: string;
  readonly detail: RegExp;
  readonly seeds: readonly number[];
}

export const OPEN_BUGS: readonly OpenBug[] = [
  {
    name: 'runs that wait for sub-runs fill the capacity, and the sub-runs find no room',
    rule: 'runs come to an end',
    detail: /waiting for \{"runId"/,
    seeds: [578, 809, 1000],
  },
  {
    name: 'a run that is stopped while it is restored has a journal that cannot be replayed',
    rule: 'nothing is thrown',
    detail: /is not going on[\s\S]*restoreRun/,
    seeds: [1121, 3591, 60303],
  },
  {
    name: 'a start is forgotten when the database refuses to note that it waits',
    rule: 'each attempt starts once',
    detail: /so did|the journal knows of/,
    seeds: [61373],
  },
];

export function openBugOf(violation: Violation): OpenBug | undefined {
  return OPEN_BUGS.find(
    ({ rule, detail }) => rule === violation.rule && detail.test(violation.detail),
  );
}
