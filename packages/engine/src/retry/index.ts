/** Whether and when a failed attempt is made again. */
export { type BackoffOptions, backoffDelay } from './backoff.ts';
export {
  type Circuit,
  type CircuitSettings,
  CLOSED,
  mayProbe,
  opened,
  recordCall,
} from './circuit.ts';
export { decideRetry, type FailedAttempt, isTooLate } from './decision.ts';
export {
  circuitOf,
  DEFAULT_RETRY_POLICY,
  policyOfStrategy,
  type RetryPolicy,
  resolveRetryPolicy,
  STRATEGY_ALIASES,
  type StrategyAlias,
  withRetries,
} from './policy.ts';
export { retryPolicyProblems } from './policy-check.ts';
export { nextOpening } from './window.ts';
