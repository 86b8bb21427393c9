/**
 * Two policies as one that is as strict as both: what satisfies it satisfies either. Field by field:
 *
 *   min_governance_score, min_hygiene_score   the higher
 *   max_cost_usd                              the lower
 *   allow_skip_validation                     false before true before unsaid
 *   allowed_models                            what both allow
 *   gates                                     all of both; see `merge-gates.ts`
 *
 * What one of them does not say is taken from the other.
 */
import type { GovernancePolicy } from '@tenuto/contract';
import { mergeGates } from './merge-gates.ts';

/**
 * @param first of what both say equally strictly, its words are kept: the deployment's, before the
 *   profile's
 */
export function mergePolicies(first: GovernancePolicy, second: GovernancePolicy): GovernancePolicy {
  const governance = most(first.min_governance_score, second.min_governance_score);
  const hygiene = most(first.min_hygiene_score, second.min_hygiene_score);
  const cost = least(first.max_cost_usd, second.max_cost_usd);
  const skip = both(first.allow_skip_validation, second.allow_skip_validation);
  const models = allowedByBoth(first.allowed_models, second.allowed_models);
  const gates = mergeGates(first.gates ?? [], second.gates ?? []);
  return {
    ...((first.gates ?? second.gates) !== undefined && { gates }),
    ...(governance !== undefined && { min_governance_score: governance }),
    ...(hygiene !== undefined && { min_hygiene_score: hygiene }),
    ...(cost !== undefined && { max_cost_usd: cost }),
    ...(skip !== undefined && { allow_skip_validation: skip }),
    ...(models !== undefined && { allowed_models: models }),
  };
}

/**
 * Whether a policy lets a model be used. Its list holds names as `provider/model`, and beginnings of
 * names with `*` behind them; without a list every model may be used.
 */
export function allowsModel({ allowed_models: allowed }: GovernancePolicy, model: string): boolean {
  return allowed === undefined || allowed.some((pattern) => covers(pattern, model));
}

/** Whether all that fits `narrow` fits `wide` as well. */
function covers(wide: string, narrow: string): boolean {
  return wide.endsWith('*') ? narrow.startsWith(wide.slice(0, -1)) : wide === narrow;
}

/** May be empty: then they have no model in common. */
function allowedByBoth(
  first: readonly string[] | undefined,
  second: readonly string[] | undefined,
): string[] | undefined {
  if (first === undefined || second === undefined) {
    const only = first ?? second;
    return only === undefined ? undefined : [...only];
  }
  const kept = [
    ...first.filter((model) => second.some((other) => covers(other, model))),
    ...second.filter((model) => first.some((other) => covers(other, model))),
  ];
  return [...new Set(kept)];
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

function both(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  return a === undefined ? b : b === undefined ? a : a && b;
}
