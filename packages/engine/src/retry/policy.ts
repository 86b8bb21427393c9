import {
  type InlineRetryPolicy,
  type Jitter,
  LIMITS,
  type RetryStrategy,
  type RetryWindow,
} from '@tenuto/contract';
import type { CircuitSettings } from './circuit.ts';

/** When and how often a failed attempt is made again; every field filled in. */
export interface RetryPolicy {
  readonly strategy: RetryStrategy;
  /** 1 to 11, the first attempt included. */
  readonly max_attempts: number;
  readonly base_delay_ms: number;
  readonly backoff_multiplier: number;
  readonly max_delay_ms: number;
  /** For `custom_backoff`: the delay after each attempt, the last one repeating. */
  readonly delays_ms: readonly number[];
  readonly jitter: Jitter;
  /** For `proportional` jitter: 0.1 is ten percent either way. */
  readonly jitter_range: number;
  /** Classifications or error types that are tried again; empty for all that may be. */
  readonly retryable_error_types: readonly string[];
  /** Classifications or error types that are not tried again; wins over the others. */
  readonly non_retryable_error_types: readonly string[];
  /** The circuit breaker of the strategy `circuit_breaker`, and of nodes that name one. */
  readonly failure_threshold: number;
  readonly success_threshold: number;
  readonly circuit_timeout_ms: number;
  readonly failure_rate_threshold?: number;
  readonly window_ms: number;
  readonly minimum_calls: number;
  /** No attempt starts later than this after the node's first attempt started. */
  readonly total_time_limit_ms?: number;
  /** The part of each day in which retries may happen; any time when absent. */
  readonly retry_window?: RetryWindow;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  strategy: 'exponential_backoff',
  max_attempts: 4,
  base_delay_ms: 1_000,
  backoff_multiplier: 2,
  max_delay_ms: 60_000,
  delays_ms: [],
  jitter: 'proportional',
  jitter_range: 0.1,
  retryable_error_types: [],
  non_retryable_error_types: [],
  failure_threshold: 5,
  success_threshold: 3,
  circuit_timeout_ms: 30_000,
  window_ms: 60_000,
  minimum_calls: 10,
};

/** The circuit breaker that a policy describes. */
export function circuitOf(policy: RetryPolicy): CircuitSettings {
  return {
    failureThreshold: policy.failure_threshold,
    successThreshold: policy.success_threshold,
    timeoutMs: policy.circuit_timeout_ms,
    windowMs: policy.window_ms,
    minimumCalls: policy.minimum_calls,
    ...(policy.failure_rate_threshold !== undefined && {
      failureRate: policy.failure_rate_threshold,
    }),
  };
}

/**
 * Fills in a policy. A number of attempts is taken from the first that says one: the inline
 * policy's `max_attempts`, its `max_retries`, then `maxRetries`, then the defaults.
 *
 * @param inline what the node (or job) writes, already checked against its schema
 * @param maxRetries attempts after the first, as the node's `max_retries` says
 * @param defaults the job's policy for a node, the deployment's for a job
 */
export function resolveRetryPolicy(
  inline: InlineRetryPolicy = {},
  maxRetries?: number,
  defaults: RetryPolicy = DEFAULT_RETRY_POLICY,
): RetryPolicy {
  const { max_attempts, max_retries = maxRetries, ...written } = inline;
  const attempts = max_attempts ?? (max_retries === undefined ? undefined : max_retries + 1);
  return {
    ...defaults,
    ...written,
    max_attempts: Math.min(LIMITS.maxAttempts, Math.max(1, attempts ?? defaults.max_attempts)),
  };
}

/** A policy with another number of attempts, if one is given: attempts after the first. */
export function withRetries(
  policy: InlineRetryPolicy,
  maxRetries: number | undefined,
): InlineRetryPolicy {
  if (maxRetries === undefined) return policy;
  const { max_attempts: _, ...rest } = policy;
  return { ...rest, max_retries: maxRetries };
}

/** Names of strategies that tasks may use besides the seven. */
export const STRATEGY_ALIASES = ['exponential_jitter', 'linear', 'fixed'] as const;
export type StrategyAlias = (typeof STRATEGY_ALIASES)[number];

/** Says a task's `backoff_strategy` in the words of a policy. */
export function policyOfStrategy(name: RetryStrategy | StrategyAlias): InlineRetryPolicy {
  switch (name) {
    case 'exponential_jitter':
      return { strategy: 'exponential_backoff', jitter: 'full' };
    case 'linear':
      return { strategy: 'linear_backoff' };
    case 'fixed':
      return { strategy: 'exponential_backoff', backoff_multiplier: 1 };
    default:
      return { strategy: name };
  }
}
