import type {
  InlineRetryPolicy,
  Jitter,
  RetryStrategy,
  StoredRetryPolicy,
  WriteRetryPolicy,
} from '@tenuto/contract';
import { durationText, readDuration } from './duration-text.ts';

/** A retry policy as it is written into fields; empty is not said. */
export interface PolicyForm {
  readonly name: string;
  readonly description: string;
  readonly strategy: RetryStrategy;
  readonly attempts: string;
  readonly base: string;
  readonly multiplier: string;
  readonly longest: string;
  readonly delays: string;
  readonly jitter: Jitter;
  /** In percent. */
  readonly range: string;
  readonly retryable: string;
  readonly never: string;
  readonly jobTypes: string;
  readonly total: string;
  readonly threshold: string;
  readonly closes: string;
  readonly opensFor: string;
}

export type PolicyField = keyof PolicyForm;

export const NEW_POLICY: PolicyForm = {
  ...{ name: '', description: '', strategy: 'exponential_backoff', attempts: '4' },
  ...{ base: '1s', multiplier: '2', longest: '60s', delays: '1s, 5s, 30s' },
  ...{ jitter: 'proportional', range: '10', retryable: '', never: '', jobTypes: '' },
  ...{ total: '', threshold: '5', closes: '3', opensFor: '30s' },
};

/** The fields of a policy that is there. */
export function formOf(stored: StoredRetryPolicy): PolicyForm {
  const { policy } = stored;
  const long = (ms: number | undefined, unset: string) =>
    ms === undefined ? unset : durationText(ms);
  const attempts = policy.max_attempts ?? (policy.max_retries ?? 3) + 1;
  return {
    ...NEW_POLICY,
    name: stored.name,
    description: stored.description ?? '',
    strategy: policy.strategy ?? NEW_POLICY.strategy,
    attempts: String(attempts),
    base: long(policy.base_delay_ms, NEW_POLICY.base),
    multiplier: String(policy.backoff_multiplier ?? NEW_POLICY.multiplier),
    longest: long(policy.max_delay_ms, NEW_POLICY.longest),
    delays: (policy.delays_ms ?? [1_000, 5_000, 30_000]).map(durationText).join(', '),
    jitter: policy.jitter ?? NEW_POLICY.jitter,
    range: String(Math.round((policy.jitter_range ?? 0.1) * 100)),
    retryable: (policy.retryable_error_types ?? []).join(' '),
    never: (policy.non_retryable_error_types ?? []).join(' '),
    jobTypes: stored.applicable_job_types.join(' '),
    total: long(policy.total_time_limit_ms, ''),
    threshold: String(policy.failure_threshold ?? NEW_POLICY.threshold),
    closes: String(policy.success_threshold ?? NEW_POLICY.closes),
    opensFor: long(policy.circuit_timeout_ms, NEW_POLICY.opensFor),
  };
}

/** Which fields a form shows: those that its strategy and jitter go by. */
export function shows({ strategy, jitter }: PolicyForm, field: PolicyField): boolean {
  const grows = ['exponential_backoff', 'circuit_breaker'].includes(strategy);
  const waits = strategy !== 'none' && strategy !== 'immediate';
  const rules: Partial<Record<PolicyField, boolean>> = {
    attempts: strategy !== 'none',
    base: waits && strategy !== 'custom_backoff',
    multiplier: grows,
    longest: waits,
    delays: strategy === 'custom_backoff',
    jitter: waits,
    range: waits && jitter === 'proportional',
    total: strategy !== 'none',
    retryable: strategy !== 'none',
    never: strategy !== 'none',
    threshold: strategy === 'circuit_breaker',
    closes: strategy === 'circuit_breaker',
    opensFor: strategy === 'circuit_breaker',
  };
  return rules[field] ?? true;
}

/** What is wrong with a field before anybody else has to say so. */
export type PolicyFault = 'duration' | 'number';

const DURATIONS = ['base', 'longest', 'total', 'opensFor'] as const;
const NUMBERS = ['attempts', 'multiplier', 'range', 'threshold', 'closes'] as const;

export function faultsOf(form: PolicyForm): Readonly<Partial<Record<PolicyField, PolicyFault>>> {
  const faults: Partial<Record<PolicyField, PolicyFault>> = {};
  for (const field of DURATIONS) {
    const isBad = form[field].trim() !== '' && readDuration(form[field]) === undefined;
    if (shows(form, field) && isBad) faults[field] = 'duration';
  }
  if (shows(form, 'delays') && listOf(form.delays).some((one) => readDuration(one) === undefined)) {
    faults.delays = 'duration';
  }
  for (const field of NUMBERS) {
    const isBad = !/^\d+(\.\d+)?$/.test(form[field].trim());
    if (shows(form, field) && isBad) faults[field] = 'number';
  }
  return faults;
}

const listOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean);

/** The policy that the fields say; what is not shown is not sent. */
export function policyOf(form: PolicyForm): InlineRetryPolicy {
  const told = <T>(field: PolicyField, name: string, value: T | undefined) =>
    shows(form, field) && value !== undefined ? { [name]: value } : {};
  const types = (text: string) => (listOf(text).length === 0 ? undefined : [...listOf(text)]);
  return {
    strategy: form.strategy,
    ...told('attempts', 'max_attempts', Number(form.attempts)),
    ...told('base', 'base_delay_ms', readDuration(form.base)),
    ...told('multiplier', 'backoff_multiplier', Number(form.multiplier)),
    ...told('longest', 'max_delay_ms', readDuration(form.longest)),
    ...told(
      'delays',
      'delays_ms',
      listOf(form.delays).map((one) => readDuration(one) ?? 0),
    ),
    ...told('jitter', 'jitter', form.jitter),
    ...told('range', 'jitter_range', Number(form.range) / 100),
    ...told('retryable', 'retryable_error_types', types(form.retryable)),
    ...told('never', 'non_retryable_error_types', types(form.never)),
    ...told('total', 'total_time_limit_ms', readDuration(form.total)),
    ...told('threshold', 'failure_threshold', Number(form.threshold)),
    ...told('closes', 'success_threshold', Number(form.closes)),
    ...told('opensFor', 'circuit_timeout_ms', readDuration(form.opensFor)),
  };
}

/** The body of what is created or saved; what the form has no field for is kept. */
export function bodyOf(form: PolicyForm, stored?: StoredRetryPolicy): WriteRetryPolicy {
  const { retry_window: window, failure_rate_threshold: rate } = stored?.policy ?? {};
  const { window_ms: span, minimum_calls: calls } = stored?.policy ?? {};
  return {
    name: form.name.trim(),
    description: form.description.trim() || null,
    applicable_job_types: [...listOf(form.jobTypes)],
    policy: {
      ...policyOf(form),
      ...(window !== undefined && { retry_window: window }),
      ...(rate !== undefined && { failure_rate_threshold: rate }),
      ...(span !== undefined && { window_ms: span }),
      ...(calls !== undefined && { minimum_calls: calls }),
    },
  };
}

/** The field that a path of a refusal speaks of. */
export function fieldOf(path: string): PolicyField | undefined {
  const name =
    path
      .replace(/^\//, '')
      .replace(/^policy\//, '')
      .split('/')[0] ?? '';
  return PATHS[name];
}

const PATHS: Readonly<Record<string, PolicyField>> = {
  ...{ name: 'name', description: 'description', applicable_job_types: 'jobTypes' },
  ...{ strategy: 'strategy', max_attempts: 'attempts', base_delay_ms: 'base' },
  ...{ backoff_multiplier: 'multiplier', max_delay_ms: 'longest', delays_ms: 'delays' },
  ...{ jitter: 'jitter', jitter_range: 'range', total_time_limit_ms: 'total' },
  ...{ retryable_error_types: 'retryable', non_retryable_error_types: 'never' },
  ...{ failure_threshold: 'threshold', success_threshold: 'closes' },
  circuit_timeout_ms: 'opensFor',
};
