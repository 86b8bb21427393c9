import type { Dice } from '../dice.ts';
import type { Parts } from './shape.ts';

/** What an attempt does, decided by its name alone: wherever and whenever it is made. */
export interface Script {
  readonly ending: 'completes' | 'fails' | 'sleeps' | 'awaits' | 'kills';
  /** Zero: it answers at once, without a promise. */
  readonly durationMs: number;
  readonly sleepMs: number;
  readonly ignoresAbort: boolean;
  readonly outputBytes: number;
  readonly classification: 'transient' | 'permanent' | 'unknown' | 'rate_limited';
  readonly retryAfterMs: number | undefined;
  /** The name of the signal that it waits for, and for how long; absent, for as long as it takes. */
  readonly signal: string;
  readonly patienceMs: number | undefined;
  /** It says that it is alive. */
  readonly talks: boolean;
}

/** What is done about a node fails less often than its work. */
const FAILURE_OF: Readonly<Record<string, number>> = { 'sim.undo': 0.3, 'sim.probe': 0.3 };

export const SIGNALS = ['go', 'on'] as const;

/** An output of more than 32 KiB does not fit into its row. */
const LARGE_BYTES = 40_000;

export function scriptOf(
  dice: Dice,
  parts: Parts,
  of: {
    readonly run: string;
    readonly node: string;
    readonly attempt: number;
    readonly uses: string;
    /** How likely the target fails what it is asked. */
    readonly illness: number;
  },
): Script {
  const node = dice.fork(`${of.run}/${of.node}`);
  const pill = node.chance(parts.pills) ? node.int(1, 3) : 0;
  const sleeps = node.chance(parts.sleeps);
  const own = node.fork(`${of.attempt}`);
  const likely = Math.max(of.illness, parts.fails * (FAILURE_OF[of.uses] ?? 1));
  const fails = own.chance(likely);
  const work = of.uses === 'sim.await' ? 'awaits' : 'completes';
  const slow = own.chance(parts.slowActions);
  return {
    ending: of.attempt <= pill ? 'kills' : fails ? 'fails' : sleeps ? 'sleeps' : work,
    durationMs: own.chance(0.1) ? 0 : own.between(0, slow ? 4_000 : 50),
    sleepMs: own.pick([1, 100, 1_500, 5_000]),
    ignoresAbort: own.chance(parts.ignoresAbort),
    outputBytes: own.chance(parts.largeOutputs) ? LARGE_BYTES : own.int(0, 40),
    classification: own.pick(
      of.illness > 0
        ? ['transient']
        : ['transient', 'transient', 'unknown', 'rate_limited', 'permanent'],
    ),
    retryAfterMs: own.chance(0.1) ? own.int(1, 3_000) : undefined,
    signal: own.pick(SIGNALS),
    patienceMs: own.chance(0.3) ? own.int(500, 3_000) : undefined,
    talks: own.chance(0.7),
  };
}
