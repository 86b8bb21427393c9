/** Which gates a check looks at: those of the phase, of its policies, and those that follow. */
import type { Gate, GovernancePolicy } from '@tenuto/contract';
import { costGate, mergeGates, mergePolicies } from '@tenuto/engine';
import type { CheckParameters } from './check-parameters.ts';

export interface PlannedGates {
  readonly gates: readonly Gate[];
  readonly policy: GovernancePolicy;
  /** Whether gates that do not block are left out. */
  readonly skipsWarnings: boolean;
  /** They were to be left out, and the policy does not allow that. */
  readonly refusedToSkip: boolean;
}

/** @param deployment the policy that holds for all runs */
export function plannedGates(wanted: CheckParameters, deployment: GovernancePolicy): PlannedGates {
  const policy = mergePolicies(deployment, wanted.policy ?? {});
  // The gates of the phase come first: they keep their ids, by which approvals are found.
  const own = mergeGates(mergeGates(wanted.gates ?? [], []), policy.gates ?? []);
  const gates = [
    ...expectedGates(wanted),
    ...own,
    ...impliedApprovals(wanted, own),
    ...costGate(policy),
  ];
  const wantsSkip = wanted.skip_warnings === true;
  const maySkip = policy.allow_skip_validation !== false;
  return {
    ...{ gates, policy },
    ...{ skipsWarnings: wantsSkip && maySkip, refusedToSkip: wantsSkip && !maySkip },
  };
}

/** A file that the phase is to leave, under `artifacts/<phase>/`. */
function expectedGates({ phase, artifacts = [] }: CheckParameters): readonly Gate[] {
  return artifacts
    .filter(({ required }) => required !== false)
    .map(({ path, description }) => ({
      id: `artifact:${path}`,
      type: 'artifact_required',
      path: expectedPath(phase, path),
      ...(description !== undefined && { description }),
    }));
}

/** Where an expected artifact lies in the workspace; it may be written either way. */
export function expectedPath(phase: string, path: string): string {
  const folder = `artifacts/${phase}/`;
  return path.startsWith(folder) ? path : folder + path;
}

/** Whoever was asked and has not agreed blocks the phase, whether or not a gate says so. */
function impliedApprovals(
  { approvals = {} }: CheckParameters,
  gates: readonly Gate[],
): readonly Gate[] {
  const known = new Set(gates.map(({ id }) => id));
  return Object.keys(approvals)
    .filter((id) => !known.has(id))
    .map((id) => ({ id, type: 'approval' }));
}
