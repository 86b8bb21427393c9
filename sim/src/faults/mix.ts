import type { Dice } from '../dice.ts';

/** How much goes wrong in one simulation. Probabilities are of each call to the database. */
export interface FaultMix {
  /** The database never hears of the call. */
  readonly unheard: number;
  /** It is done, and the reply is lost. */
  readonly unanswered: number;
  /** The connection breaks, and the database does it some time later. */
  readonly late: number;
  /** It takes long, on its way there or back. */
  readonly slow: number;
  readonly slowMs: number;
  /** What a call takes otherwise, at most. */
  readonly latencyMs: number;
  /** Runs of which the database refuses a row, each once. */
  readonly poisons: number;
  /** How often each of these happens while faults last. */
  readonly kills: number;
  readonly freezes: number;
  readonly stops: number;
  readonly outages: number;
  readonly jumps: number;
  /** Processes that fail at a failpoint. */
  readonly failpoints: number;
  /** Times in which the database takes no rows, and in which it takes no writes at all. */
  readonly fullDisks: number;
  readonly readOnly: number;
  /** Nobody hears a poke: engines find by themselves what there is. */
  readonly silent: boolean;
  /** How likely a poke comes more than once. */
  readonly morePokes: number;
  /** How wrong the wall clocks of hosts are from the start. */
  readonly skewMs: number;
  /** How much too fast the clocks of hosts go at most, as a part of the time. */
  readonly drift: number;
  readonly monoDrift: number;
}

/** As fast as a clock is set right while it runs: 500 parts in a million. */
const NTP_SLEW = 0.0005;

/** Draws a mix swarm style: a part of the faults is left out, so that the others get further. */
export function drawFaults(dice: Dice): FaultMix {
  const some = (probability: number, draw: () => number) => (dice.chance(probability) ? draw() : 0);
  const calm = dice.chance(0.1);
  const often = (probability: number, draw: () => number) => (calm ? 0 : some(probability, draw));
  return {
    unheard: often(0.4, () => dice.between(0, 0.1)),
    unanswered: often(0.5, () => dice.between(0, 0.15)),
    late: often(0.3, () => dice.between(0, 0.08)),
    slow: often(0.4, () => dice.between(0, 0.05)),
    slowMs: dice.pick([200, 2_000, 15_000]),
    latencyMs: dice.pick([0.5, 2, 20]),
    poisons: often(0.15, () => dice.int(1, 3)),
    kills: often(0.5, () => dice.int(1, 4)),
    freezes: often(0.4, () => dice.int(1, 3)),
    stops: often(0.3, () => dice.int(1, 2)),
    outages: often(0.3, () => dice.int(1, 2)),
    jumps: often(0.2, () => dice.int(1, 3)),
    skewMs: some(0.3, () => dice.between(-60_000, 60_000)),
    drift: some(0.2, () => dice.pick([0.01, 0.1]) * dice.between(-1, 1)),
    failpoints: often(0.5, () => dice.int(1, 4)),
    fullDisks: often(0.15, () => dice.int(1, 2)),
    readOnly: often(0.1, () => 1),
    morePokes: often(0.3, () => dice.next()),
    monoDrift: some(0.2, () => NTP_SLEW),
    silent: dice.chance(0.25),
  };
}
