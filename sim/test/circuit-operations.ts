/** Circuits, read, written and tried by several engines. */
import type { Circuit, CircuitSettings } from '@tenuto/engine';
import { ownerKey } from '../src/model/tables.ts';
import { DAY_MS, type Operation, of, type Universe } from './operation.ts';

const SETTINGS: CircuitSettings = {
  ...{ failureThreshold: 2, successThreshold: 2, timeoutMs: 1_000 },
  ...{ windowMs: 10_000, minimumCalls: 10 },
};

export function drawCircuit(universe: Universe): Operation {
  const { dice, tables, engines } = universe;
  const key = { owner: dice.pick(['ada', 'bob']), key: dice.pick(['north', 'south']) };
  const known = tables.circuits.get(ownerKey(key.owner, key.key))?.version ?? 0;
  const version = Math.max(0, known - (dice.chance(0.2) ? 1 : 0));
  const row = { ...key, circuit: circuitOf(universe), version };
  const engineId = dice.pick(engines);
  // A slot that is taken for no time is free at once.
  const leaseMs = dice.pick([0, DAY_MS]);
  return dice.pick<Operation>([
    of('circuits', ({ store }) => store.circuits([key])),
    of('saveCircuit', ({ store }) => store.saveCircuit({ row, settings: SETTINGS })),
    of('claimProbe', ({ store }) => store.claimProbe({ of: key, engineId, leaseMs })),
  ]);
}

function circuitOf({ dice, now }: Universe): Circuit {
  const state = dice.pick(['closed', 'open', 'open', 'half_open'] as const);
  return {
    state,
    failures: dice.int(0, 3),
    successes: dice.int(0, 3),
    openUntil: state === 'open' ? dice.pick([now - 5_000, now + DAY_MS]) : undefined,
    slices: dice.chance(0.3) ? [{ from: now - 9_000, calls: 3, failures: 1 }] : [],
  };
}
