import { JITTERS, RETRY_STRATEGIES, type StoredRetryPolicy } from '@tenuto/contract';
import { fields, listOf, nullable, number, oneOf, optional, type Shape, text } from './shape.ts';

const texts = listOf(text);

const inlineShape: Shape<StoredRetryPolicy['policy']> = fields({
  strategy: optional(oneOf(RETRY_STRATEGIES)),
  max_attempts: optional(number),
  max_retries: optional(number),
  base_delay_ms: optional(number),
  backoff_multiplier: optional(number),
  max_delay_ms: optional(number),
  delays_ms: optional(listOf(number)),
  jitter: optional(oneOf(JITTERS)),
  jitter_range: optional(number),
  retryable_error_types: optional(texts),
  non_retryable_error_types: optional(texts),
  failure_threshold: optional(number),
  success_threshold: optional(number),
  circuit_timeout_ms: optional(number),
  failure_rate_threshold: optional(number),
  window_ms: optional(number),
  minimum_calls: optional(number),
  total_time_limit_ms: optional(number),
  retry_window: optional(fields({ start: text, end: text, timezone: optional(text) })),
});

export const retryPolicyShape: Shape<StoredRetryPolicy> = fields({
  policy_id: text,
  name: text,
  description: nullable(text),
  policy: inlineShape,
  applicable_job_types: texts,
  version: number,
  schema_version: (value): value is 1 => value === 1,
  owner: text,
  created_at: text,
  updated_at: text,
  updated_by: text,
  success_rate: nullable(number),
  average_attempts: nullable(number),
  counts: fields({
    runs: number,
    nodes: number,
    completed: number,
    attempts: number,
    retried: number,
    recovered: number,
  }),
});
