import type { Dice } from '../dice.ts';
import type { Parts } from './shape.ts';

/** What an attempt does, decided by its name alone: wherever and whenever it is made. */
export interface Script {
  readonly ending: 'completes' | 'fails' | 'sleeps' | 'kills';
  /** Zero: it answers at once, without a promise. */
  readonly durationMs: number;
  readonly sleepMs: number;
  readonly ignoresAbort: boolean;
  readonly outputBytes: number;
  readonly classification: 'transient' | 'permanent' | 'unknown' | 'rate_limited';
  readonly retryAfterMs: number | undefined;
}

/** An output of more than 32 KiB does not fit into its row. */
const LARGE_BYTES = 40_000;

export function scriptOf(
  dice: Dice,
  parts: Parts,
  of: { readonly run: string; readonly node: string; readonly attempt: number },
): Script {
  const node = dice.fork(`${of.run}/${of.node}`);
  const pill = node.chance(parts.pills) ? node.int(1, 3) : 0;
  const sleeps = node.chance(parts.sleeps);
  const own = node.fork(`${of.attempt}`);
  const fails = own.chance(parts.fails);
  const slow = own.chance(parts.slowActions);
  return {
    ending: of.attempt <= pill ? 'kills' : fails ? 'fails' : sleeps ? 'sleeps' : 'completes',
    durationMs: own.chance(0.1) ? 0 : own.between(0, slow ? 4_000 : 50),
    sleepMs: own.pick([1, 100, 1_500, 5_000]),
    ignoresAbort: own.chance(parts.ignoresAbort),
    outputBytes: own.chance(parts.largeOutputs) ? LARGE_BYTES : own.int(0, 40),
    classification: own.pick(['transient', 'transient', 'unknown', 'rate_limited', 'permanent']),
    retryAfterMs: own.chance(0.1) ? own.int(1, 3_000) : undefined,
  };
}
