import type { Violation } from './oracles/history.ts';

/** A bug that simulations have found and that nobody has mended yet: to find it again is no news. */
export interface OpenBug {
  readonly name: string;
  readonly rule: string;
  readonly detail: RegExp;
  readonly seeds: readonly number[];
}

export const OPEN_BUGS: readonly OpenBug[] = [];

export function openBugOf(violation: Violation): OpenBug | undefined {
  return OPEN_BUGS.find(
    ({ rule, detail }) => rule === violation.rule && detail.test(violation.detail),
  );
}
