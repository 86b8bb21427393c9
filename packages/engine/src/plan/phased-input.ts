import type { Budget, GateSeverity, GateType } from '@tenuto/contract';

/** What is kept of a profile with each run of it; the rest is in the plan. */
export interface PhasedInput {
  /** The profile's name, which is the run's job type as well. */
  readonly profile: string;
  readonly profileVersion: number;
  /** Where the profile was found. */
  readonly source: ProfileSource;
  readonly projectName: string | null;
  /** What the run says; null, phases and profile say it. */
  readonly autoAdvance: boolean | null;
  /** Of the run, whether the request or the profile says it. */
  readonly budget?: Budget;
  /** In an order in which each stands behind those that it needs. */
  readonly phases: readonly PhasePlan[];
}

export const PROFILE_SOURCES = ['shipped', 'folder', 'stored'] as const;
export type ProfileSource = (typeof PROFILE_SOURCES)[number];

/** One phase as it is run. */
export interface PhasePlan {
  readonly id: string;
  readonly name: string;
  readonly needs: readonly string[];
  /** It waits for `next`. */
  readonly waits: boolean;
  /** Ids of its agents; their nodes are `<phase>/<agent>`. */
  readonly agents: readonly string[];
  readonly gates: readonly {
    readonly id: string;
    readonly type: GateType;
    readonly severity: GateSeverity;
  }[];
  readonly expectedArtifacts: number;
  readonly budget?: Budget;
}
