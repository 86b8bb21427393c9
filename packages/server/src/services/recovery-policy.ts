import {
  OrchestrationError,
  type RecoveryPolicyInput,
  type RecoveryRule,
  type ValidationError,
} from '@tenuto/contract';
import { DEFAULT_RULES, type Plan, type RecoveryRules } from '@tenuto/engine';
import { messagePart } from './message-part.ts';

const FIELD = '/recovery_policy';
/** The word for the beginning of a run, where a rollback can go without a checkpoint. */
const START = 'start';

/**
 * A job's recovery policy with everything filled in, and checked against its graph.
 * @throws OrchestrationError 422 for a rule that could never be followed, 413 for a result that is
 *   too large
 */
export function recoveryRulesOf(
  policy: RecoveryPolicyInput | undefined,
  plan: Plan,
): RecoveryRules | undefined {
  if (policy === undefined) return undefined;
  const { rules, path, stallLimitMs } = spelledOut(policy);
  const errors = rules.flatMap((rule, i) => errorsIn(rule, plan, `${path}/${i}`));
  const [first] = errors;
  if (first !== undefined) {
    throw new OrchestrationError('unprocessable', `${first.path} ${first.message}.`, {
      validationErrors: errors,
    });
  }
  return {
    rules: rules.map((rule, i) => withResult(rule, `${path}/${i}/with/result`)),
    ...(stallLimitMs !== undefined && { stallLimitMs }),
  };
}

function spelledOut(policy: RecoveryPolicyInput) {
  if (policy === 'default') return { rules: DEFAULT_RULES, path: FIELD, stallLimitMs: undefined };
  if (Array.isArray(policy)) return { rules: policy, path: FIELD, stallLimitMs: undefined };
  const { rules = DEFAULT_RULES, stall_limit_ms: stallLimitMs } = policy;
  return { rules, path: `${FIELD}/rules`, stallLimitMs };
}

function errorsIn(rule: RecoveryRule, plan: Plan, path: string): ValidationError[] {
  const named = [rule.when?.node ?? []].flat();
  const unknown = named.filter((id) => !plan.ids.includes(id));
  if (unknown.length > 0) {
    const message = `names nodes that the graph does not have: ${unknown.join(', ')}`;
    return [{ path: `${path}/when/node`, message }];
  }
  return [...fallbackErrors(rule, plan, path), ...targetErrors(rule, plan, path)];
}

function fallbackErrors(rule: RecoveryRule, plan: Plan, path: string): ValidationError[] {
  if (rule.action !== 'fallback_strategy') return [];
  const hasFallback = (id: string) => plan.specs[plan.ids.indexOf(id)]?.fallback !== undefined;
  if (rule.when?.node === undefined) {
    if (plan.specs.some((spec) => spec.fallback !== undefined)) return [];
    return [{ path: `${path}/action`, message: 'can never be followed: no node has a fallback' }];
  }
  const without = [rule.when.node].flat().filter((id) => !hasFallback(id));
  if (without.length === 0) return [];
  const message = `names nodes without a fallback: ${without.join(', ')}`;
  return [{ path: `${path}/when/node`, message }];
}

function targetErrors(rule: RecoveryRule, plan: Plan, path: string): ValidationError[] {
  const to = rule.with?.to;
  if (to === undefined || to === START) return [];
  if (plan.specs[plan.ids.indexOf(to)]?.type === 'checkpoint') return [];
  return [{ path: `${path}/with/to`, message: `"${to}" is no checkpoint of the graph`, value: to }];
}

function withResult(rule: RecoveryRule, path: string): RecoveryRule {
  if (rule.with === undefined || !('result' in rule.with)) return rule;
  return { ...rule, with: { ...rule.with, result: messagePart(rule.with.result, path) } };
}
