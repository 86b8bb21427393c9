import { type GovernancePolicy, PlanError, type ValidationError } from '@tenuto/contract';
import { allowsModel } from '@tenuto/engine';
import type { NamedModel } from './model-prices.ts';

/** What a deployment lets agents use. */
export interface ModelRules {
  readonly policy: GovernancePolicy;
  /** Of agents that name none. */
  readonly defaultModel: () => string;
}

/**
 * Refuses models that a policy keeps away before anything is paid for.
 * @param policies by whose they are
 * @throws PlanError 422 that names each of them, and whose policy does not allow it
 */
export function refuseForbidden(
  used: readonly NamedModel[],
  policies: Readonly<Record<string, GovernancePolicy | undefined>>,
): void {
  const errors = used.flatMap(({ model, path }) =>
    Object.entries(policies).flatMap(([whose, policy = {}]): ValidationError[] => {
      if (allowsModel(policy, model)) return [];
      const allowed = policy.allowed_models?.join(', ') ?? '';
      const message = `is ${model}, which the policy of the ${whose} does not allow: it allows ${allowed}`;
      return [{ path, message, value: model }];
    }),
  );
  const [first] = errors;
  if (first !== undefined) throw new PlanError(`${first.path} ${first.message}.`, errors);
}
