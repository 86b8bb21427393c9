/** Circuits of an engine: what is known here, what stands in the row, and what is between them. */
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import { type Admission, createCircuits } from './circuits.ts';
import type { Guard } from './owned.ts';
import type { CircuitRow, CircuitVerbs } from './ports/circuit-store.ts';
import type { CircuitSettings } from './retry/index.ts';

const settings: CircuitSettings = {
  ...{ failureThreshold: 2, successThreshold: 1, timeoutMs: 1_000 },
  ...{ windowMs: 10_000, minimumCalls: 10 },
};
const failed = {
  status: 'failed',
  error: { classification: 'transient', type: 'test', message: 'no' },
} as const;

/** The one row of a store that takes its time to write it. */
function slowStore() {
  const saved: CircuitRow[] = [];
  let goOn = () => {};
  const store: CircuitVerbs = {
    async circuits() {
      return saved.slice(-1);
    },
    async saveCircuit({ row }) {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const next = { ...row, version: row.version + 1 };
      saved.push(next);
      return next;
    },
    async claimProbe() {
      return undefined;
    },
  };
  return { store, saved, answer: () => goOn() };
}

function passed(answer: ReturnType<ReturnType<typeof createCircuits>['admit']>): Guard {
  if (!('circuit' in answer)) throw new Error('the circuit kept the node');
  return answer;
}

describe('what happens while a circuit is written', () => {
  it('is written by the next round', async () => {
    const { store, saved, answer } = slowStore();
    const circuits = createCircuits({
      ...{ engineId: 'e', clock: createManualClock(), store },
      wake() {},
      release() {},
    });
    const admission: Admission = { owned: someOwned(), node: 0, key: 'target', settings };
    circuits.admit(admission);
    await circuits.round();
    const guards = [1, 2].map(() => passed(circuits.admit(admission)));
    for (const [i, guard] of guards.entries()) {
      circuits.report(guard, failed);
      if (i > 0) continue;
      void circuits.round();
      await Promise.resolve();
    }
    answer();
    await new Promise(setImmediate);
    const second = circuits.round();
    await new Promise(setImmediate);
    answer();
    await second;
    expect(saved.map(({ circuit }) => [circuit.state, circuit.failures])).toEqual([
      ['closed', 1],
      ['open', 0],
    ]);
  });
});
