import { type Batch, type compilePlan, type EngineStore, type Lane, runIdOf } from '@tenuto/engine';
import type { Dice } from '../src/dice.ts';
import type { ModelApi } from '../src/model/api.ts';
import type { LaneKey } from '../src/model/flush.ts';
import type { Tables } from '../src/model/tables.ts';

/** One thing asked of a store; asked of two of them it must be answered alike. */
export interface Operation {
  readonly name: string;
  ask(store: Session): Promise<unknown>;
}

export function of(name: string, ask: Operation['ask']): Operation {
  return { name, ask };
}

/** A store with the lanes that are open on it, and what the API asks of it. */
export interface Session {
  readonly store: EngineStore;
  readonly api: ModelApi;
  lane(key: LaneKey): Promise<Lane>;
}

export function openSession(store: EngineStore, api: ModelApi): Session {
  const lanes = new Map<string, Promise<Lane>>();
  return {
    store,
    api,
    lane(key) {
      const name = JSON.stringify(key);
      const known = lanes.get(name) ?? store.openLane(key);
      lanes.set(name, known);
      return known;
    },
  };
}

export interface Universe {
  readonly dice: Dice;
  readonly plan: ReturnType<typeof compilePlan>;
  /** The model's tables: what is drawn depends on what there is. */
  readonly tables: Tables;
  readonly engines: readonly string[];
  /** Milliseconds since the epoch: everything drawn lies before, or a day after. */
  readonly now: number;
  readonly runs: string[];
  /** Hashes of what was stored apart. */
  readonly blobs: Uint8Array[];
  readonly sent: { readonly key: LaneKey; readonly batch: Batch }[];
}

export const DAY_MS = 86_400_000;

/** An id of that time. */
export function newRunId(dice: Dice, now: number) {
  const bytes = Buffer.from(dice.bytes(16));
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return runIdOf(bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
}
