/** Bugs in how engines share circuits. */
import { CLOSED } from '@tenuto/engine';
import type { EngineBug } from './bug.ts';

/** What other engines have found out about a target is not asked for. */
const circuitsAreNotRead: EngineBug = {
  store: (store) => ({
    ...store,
    async circuits(keys) {
      await store.circuits(keys);
      return [];
    },
  }),
};

/** Whatever is read of a circuit is taken for closed. */
const openIsClosed: EngineBug = {
  store: (store) => ({
    ...store,
    async circuits(keys) {
      const rows = await store.circuits(keys);
      // Newer than what the engine has, so that it believes it.
      return rows.map((row) => ({ ...row, circuit: CLOSED, version: row.version + 0.5 }));
    },
    saveCircuit: ({ row, settings }) =>
      store.saveCircuit({ row: { ...row, version: Math.floor(row.version) }, settings }),
  }),
};

/** A probe is made without asking for its slot. */
const probesAreNotClaimed: EngineBug = {
  store: (store) => ({
    ...store,
    async claimProbe({ of }) {
      const [row] = await store.circuits([of]);
      return (
        row && { ...row, circuit: { ...row.circuit, state: 'half_open', openUntil: undefined } }
      );
    },
  }),
};

export const CIRCUIT_BUGS = {
  circuitsAreNotRead,
  openIsClosed,
  probesAreNotClaimed,
} satisfies Readonly<Record<string, EngineBug>>;
