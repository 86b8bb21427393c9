import type { GraphState } from '@tenuto/contract';
import { type RunStates, type Stretch, stateOf } from './run-states.ts';

/** One attempt, or a wait, as a bar. Times in milliseconds since the epoch. */
export interface Bar {
  /** `group`: what spans others; `moment`: what was done in no time. */
  readonly kind: 'attempt' | 'wait' | 'group' | 'moment';
  readonly from: number;
  /** Null while it goes on. */
  readonly to: number | null;
  readonly status: GraphState;
  readonly attempt: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Actions that do nothing but wait. */
const WAITS: ReadonlySet<string> = new Set([
  ...['sleep.for', 'sleep.until', 'signal.wait', 'event.wait', 'approval.request'],
]);

/**
 * Attempts side by side, with what was waited between them, and what goes on now.
 * @param does what the node does: the attempts of some are waits themselves
 */
export function barsOf(states: RunStates, node: number, does = ''): readonly Bar[] {
  const bars = attemptsOf(states, node);
  return WAITS.has(does) ? bars.map((bar) => ({ ...bar, kind: 'wait' })) : bars;
}

function attemptsOf(states: RunStates, node: number): readonly Bar[] {
  const { ended, running, waits } = states;
  const bars: Bar[] = [];
  for (const one of ended.get(node) ?? []) addBar(bars, one);
  const now = running.get(node);
  if (now !== undefined) addBar(bars, now);
  const wait = waits.get(node);
  const last = bars.at(-1);
  if (wait !== undefined && now === undefined) {
    bars.push({ ...barOf(wait), kind: 'wait', from: Math.max(wait.from, last?.to ?? wait.from) });
  } else if (last?.to !== null && last !== undefined && stateOf(states, node) === 'ready') {
    bars.push({ kind: 'wait', status: 'waiting', attempt: last.attempt, from: last.to, to: null });
  }
  return bars;
}

function addBar(bars: Bar[], one: Stretch): void {
  const before = bars.at(-1);
  if (before !== undefined && before.to !== null && one.from > before.to) {
    const { attempt, to: from } = before;
    bars.push({ kind: 'wait', status: 'retrying', attempt, from, to: one.from });
  }
  bars.push(barOf(one));
}

function barOf({ attempt, state, from, to }: Stretch): Bar {
  return { kind: 'attempt', status: state, attempt, from, to };
}

/** From the first start to the last end, or to now while something goes on. */
export function spanOf({ ended, running, waits }: RunStates, now: number): Span {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const add = (one: Stretch) => {
    from = Math.min(from, one.from);
    to = Math.max(to, one.to ?? now);
  };
  for (const stretches of ended.values()) for (const one of stretches) add(one);
  for (const one of running.values()) add(one);
  for (const one of waits.values()) add(one);
  if (from > to) return { from: now, to: now + 1_000 };
  return { from, to: Math.max(to, from + 1) };
}

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
];

/** Round distances from the start of a span, at most `most` of them. */
export function ticksOf({ from, to }: Span, most: number): readonly number[] {
  const length = to - from;
  const last = STEPS_MS.at(-1) ?? 1;
  const step =
    STEPS_MS.find((one) => length / one <= most) ?? Math.ceil(length / most / last) * last;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}

/** A part of a span, around a point of it, so many times shorter; never beyond the whole. */
export function zoom(whole: Span, shown: Span, factor: number, at: number): Span {
  const length = Math.min(whole.to - whole.from, Math.max(1, (shown.to - shown.from) / factor));
  const part = (at - shown.from) / (shown.to - shown.from);
  const from = Math.min(Math.max(whole.from, at - part * length), whole.to - length);
  return { from, to: from + length };
}
