import type { Dice } from '../dice.ts';
import { drawFaults, type FaultMix } from '../faults/mix.ts';

/** What one simulation is made of, drawn swarm style: each seed leaves most of it out. */
export interface Shape {
  readonly engines: number;
  readonly capacity: number;
  readonly slots: number;
  readonly lanes: number;
  readonly leaseMs: number;
  readonly parkAfterMs: number;
  readonly runs: number;
  /** Different graphs; runs share them. */
  readonly graphs: number;
  readonly nodes: number;
  /** Within this time runs are submitted, cancelled, and faults happen. */
  readonly troubledMs: number;
  readonly cancels: number;
  /** How many messages a client sends to its run, at most. */
  readonly messages: number;
  /** How likely a run that has failed is taken up again. */
  readonly retries: number;
  readonly parts: Parts;
  readonly faults: FaultMix;
}

/** How likely each is: of a node, or of a run. */
export interface Parts {
  readonly groups: number;
  readonly forEach: number;
  readonly conditions: number;
  readonly guards: number;
  readonly anyOf: number;
  readonly cleanups: number;
  readonly allowFailure: number;
  readonly sleeps: number;
  readonly subRuns: number;
  readonly fails: number;
  readonly pills: number;
  readonly largeOutputs: number;
  readonly nodeTimeouts: number;
  readonly ignoresAbort: number;
  readonly slowActions: number;
  readonly failFast: number;
  readonly runTimeouts: number;
  readonly scheduled: number;
  readonly keyed: number;
  /** Recovery: runs with a policy; nodes that can be undone, replaced, returned to. */
  readonly policies: number;
  readonly undoable: number;
  readonly fallbacks: number;
  readonly checkpoints: number;
  /** Nodes that wait for a signal, whose effects are in the ledger, that must say something. */
  readonly awaits: number;
  readonly ambiguous: number;
  readonly heartbeats: number;
  /** Nodes behind the circuit of a target, and how likely a call of it fails while it is ill. */
  readonly guarded: number;
  readonly illness: number;
}

export function drawShape(dice: Dice): Shape {
  const parks = dice.chance(0.3);
  return {
    engines: dice.pick([1, 1, 2, 2, 3, 5]),
    capacity: dice.pick([2, 10, 500]),
    slots: dice.pick([1, 2, 5, 100]),
    lanes: dice.pick([1, 1, 2, 3]),
    leaseMs: dice.pick([1_000, 2_000, 5_000]),
    parkAfterMs: parks ? dice.pick([200, 1_000]) : 60_000,
    runs: dice.int(1, 8),
    graphs: dice.int(1, 3),
    nodes: dice.pick([1, 3, 6, 10]),
    troubledMs: dice.between(3_000, 12_000),
    cancels: dice.pick([0, 0, 0.2, 0.6]),
    messages: dice.pick([0, 0, 1, 4]),
    retries: dice.pick([0, 0, 0.5]),
    parts: drawParts(dice),
    faults: drawFaults(dice.fork('faults')),
  };
}

function drawParts(dice: Dice): Parts {
  const part = (present: number, most: number) =>
    dice.chance(present) ? dice.between(0, most) : 0;
  return {
    groups: part(0.3, 0.4),
    forEach: part(0.3, 0.8),
    conditions: part(0.3, 0.3),
    guards: part(0.3, 0.3),
    anyOf: part(0.3, 0.5),
    cleanups: part(0.3, 0.3),
    allowFailure: part(0.3, 0.4),
    sleeps: part(0.3, 0.4),
    subRuns: part(0.25, 0.3),
    fails: part(0.6, 0.5),
    pills: part(0.15, 0.1),
    largeOutputs: part(0.2, 0.3),
    nodeTimeouts: part(0.3, 0.5),
    ignoresAbort: part(0.4, 0.5),
    slowActions: part(0.4, 0.4),
    failFast: part(0.3, 1),
    runTimeouts: part(0.25, 0.5),
    scheduled: part(0.2, 0.5),
    keyed: part(0.7, 1),
    policies: part(0.4, 1),
    undoable: part(0.4, 1),
    fallbacks: part(0.25, 0.6),
    checkpoints: part(0.3, 0.3),
    awaits: part(0.25, 0.3),
    ambiguous: part(0.2, 0.5),
    heartbeats: part(0.15, 0.5),
    guarded: part(0.2, 1),
    illness: part(0.8, 1),
  };
}
