/** Whether and when a failed attempt is made again. */
export { type BackoffOptions, backoffDelay } from './backoff.ts';
export { decideRetry, type FailedAttempt } from './decision.ts';
export {
  DEFAULT_RETRY_POLICY,
  policyOfStrategy,
  type RetryPolicy,
  resolveRetryPolicy,
  STRATEGY_ALIASES,
  type StrategyAlias,
} from './policy.ts';
