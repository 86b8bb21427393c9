/** Circuits of an engine: what is known here, what stands in the row, and what is between them. */
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import { type Admission, createCircuits } from './circuits.ts';
import type { Guard } from './owned.ts';
import type { CircuitRow, CircuitVerbs } from './ports/circuit-store.ts';
import { StoreFault } from './ports/store.ts';
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

/** One row for two engines; a reply may be lost. */
function sharedStore() {
  const row: { now: CircuitRow | undefined; probing: boolean; losesReply: boolean } = {
    ...{ now: undefined, probing: false, losesReply: false },
  };
  const store: CircuitVerbs = {
    async circuits() {
      return row.now === undefined ? [] : [row.now];
    },
    async saveCircuit({ row: wanted }) {
      if ((row.now?.version ?? 0) !== wanted.version) return undefined;
      row.now = { ...wanted, version: wanted.version + 1 };
      row.probing = false;
      if (row.losesReply) throw new StoreFault('unavailable', 'reply lost');
      return row.now;
    },
    async claimProbe() {
      if (row.now === undefined || row.probing) return undefined;
      const circuit = { ...row.now.circuit, state: 'half_open', openUntil: undefined } as const;
      row.now = { ...row.now, circuit, version: row.now.version + 1 };
      row.probing = true;
      return row.now;
    },
  };
  const engine = () =>
    createCircuits({
      ...{ engineId: 'e', clock: createManualClock(), store },
      ...{ wake() {}, release() {} },
    });
  return { row, engine };
}

describe('what is not clear about a row', () => {
  const admission: Admission = { owned: someOwned(), node: 0, key: 'target', settings };

  async function admitted(circuits: ReturnType<typeof createCircuits>): Promise<Guard> {
    circuits.admit(admission);
    await circuits.round();
    return passed(circuits.admit(admission));
  }

  it('is not counted twice when the reply to a write was lost', async () => {
    const { row, engine } = sharedStore();
    const circuits = engine();
    const guard = await admitted(circuits);
    circuits.report(guard, failed);
    row.losesReply = true;
    await expect(circuits.round()).rejects.toThrow('reply lost');
    row.losesReply = false;
    await circuits.round();
    await circuits.round();
    expect(row.now?.circuit).toMatchObject({ state: 'closed', failures: 1 });
  });

  it('is counted when the write had not been made', async () => {
    const { row, engine } = sharedStore();
    const circuits = engine();
    const other = engine();
    const [first, second] = [await admitted(circuits), await admitted(other)];
    other.report(second, failed);
    await other.round();
    circuits.report(first, failed);
    await circuits.round();
    await circuits.round();
    expect(row.now?.circuit.state).toBe('open');
  });

  it('is not written on top of what it does not change: the slot of a probe stays taken', async () => {
    const { row, engine } = sharedStore();
    const circuits = engine();
    const other = engine();
    const late = await admitted(circuits);
    const guards = [await admitted(other), passed(other.admit(admission))];
    circuits.report(late, failed);
    for (const guard of guards) other.report(guard, failed);
    await other.round();
    expect(row.now?.circuit.state).toBe('open');
    await circuits.round();
    row.now = row.now && { ...row.now, version: row.now.version + 1 };
    row.probing = true;
    await circuits.round();
    await circuits.round();
    expect(row.probing).toBe(true);
  });
});
