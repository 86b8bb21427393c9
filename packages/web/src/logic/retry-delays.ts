import type { InlineRetryPolicy } from '@tenuto/contract';

/** The wait before an attempt, in milliseconds: between so much and so much, by the jitter. */
export interface DelayBand {
  /** Of the attempt that follows; the first one has none before it. */
  readonly attempt: number;
  readonly least: number;
  readonly most: number;
}

/** As the engine has them where a policy says nothing. */
const UNSAID = {
  strategy: 'exponential_backoff',
  attempts: 4,
  base: 1_000,
  multiplier: 2,
  longest: 60_000,
  jitter: 'proportional',
  range: 0.1,
} as const;
/** No delay is longer, whatever a policy says. */
const CAP_MS = 300_000;
/** A decorrelated delay is at most so many times the one before. */
const DECORRELATED = 3;

/** How many attempts a policy allows in all. */
export function attemptsOf(policy: InlineRetryPolicy): number {
  const { strategy = UNSAID.strategy, max_attempts: attempts, max_retries: retries } = policy;
  if (strategy === 'none') return 1;
  return attempts ?? (retries === undefined ? UNSAID.attempts : retries + 1);
}

/** The waits between the attempts of a policy, each as a band. */
export function delayBands(policy: InlineRetryPolicy): readonly DelayBand[] {
  const bands: DelayBand[] = [];
  for (let failed = 1; failed < attemptsOf(policy); failed += 1) {
    const [least, most] = bandAfter(policy, failed, bands.at(-1)?.most);
    bands.push({ attempt: failed + 1, least, most });
  }
  return bands;
}

/** When each attempt begins, counted from the first, were attempts to take no time. */
export function attemptTimes(bands: readonly DelayBand[]): readonly DelayBand[] {
  let [least, most] = [0, 0];
  return bands.map((band) => {
    least += band.least;
    most += band.most;
    return { attempt: band.attempt, least, most };
  });
}

function bandAfter(
  policy: InlineRetryPolicy,
  failed: number,
  before: number | undefined,
): readonly [least: number, most: number] {
  const { strategy = UNSAID.strategy, jitter = UNSAID.jitter } = policy;
  if (strategy === 'immediate') return [0, 0];
  const cap = Math.min(policy.max_delay_ms ?? UNSAID.longest, CAP_MS);
  const capped = (ms: number) => Math.min(cap, Math.max(0, ms));
  if (jitter === 'decorrelated') {
    const first = strategy === 'custom_backoff' ? policy.delays_ms?.[0] : policy.base_delay_ms;
    const base = capped(first ?? (strategy === 'custom_backoff' ? 0 : UNSAID.base));
    return [base, capped(DECORRELATED * Math.max(base, before ?? base))];
  }
  const plain = capped(plainDelay(policy, failed));
  const range = Math.min(1, policy.jitter_range ?? UNSAID.range);
  const bounds = {
    none: [plain, plain],
    full: [0, plain],
    equal: [plain / 2, plain],
    proportional: [plain * (1 - range), plain * (1 + range)],
  } as const;
  const [least, most] = bounds[jitter];
  return [capped(least), capped(most)];
}

function plainDelay(policy: InlineRetryPolicy, failed: number): number {
  const { strategy = UNSAID.strategy, delays_ms: delays = [] } = policy;
  const base = policy.base_delay_ms ?? UNSAID.base;
  if (strategy === 'custom_backoff') return delays[Math.min(failed, delays.length) - 1] ?? 0;
  if (strategy === 'linear_backoff') return base * failed;
  if (strategy === 'fibonacci_backoff') return base * fibonacci(failed);
  return base * (policy.backoff_multiplier ?? UNSAID.multiplier) ** (failed - 1);
}

/** 1, 1, 2, 3, 5, … for 1, 2, 3, 4, 5, … */
function fibonacci(index: number): number {
  let [current, next] = [1, 1];
  for (let i = 1; i < index; i += 1) [current, next] = [next, current + next];
  return current;
}
