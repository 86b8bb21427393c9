/** What a run that ends says about the stored retry policies that its nodes ran under. */
import type { PolicySample } from './ports/store.ts';
import type { RunState } from './run/index.ts';

/** Part of a run's last update; nothing for a run without such policies. */
export function samplesOf({ tallies }: RunState): { readonly samples?: readonly PolicySample[] } {
  if (tallies.size === 0) return {};
  return {
    samples: [...tallies].map(([{ policyId, version }, tally]) => ({
      ...{ policyId, version },
      ...tally,
    })),
  };
}
