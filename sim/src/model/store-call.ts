import {
  type Batch,
  type EngineStore,
  type Failpoint,
  failpoint,
  StoreFault,
} from '@tenuto/engine';
import type { Rules } from './rules.ts';
import type { Twin } from './twin.ts';

export interface ModelOptions {
  readonly rules: Rules;
  /** Database time in milliseconds since the epoch. */
  now(): number;
  /** Whether a value in the batch is none that the database takes. */
  refuses?(batch: Batch): boolean;
  /** A PostgreSQL that is to do the same. */
  readonly twin?: Twin | undefined;
}

/** How PostgreSQL is asked for the same. */
export type Ask<T> = (real: EngineStore) => Promise<T>;

/** What is thrown at a failpoint of the store is a fault of the store. */
export function at(point: Failpoint): void {
  try {
    failpoint(point);
  } catch (error) {
    throw new StoreFault('unavailable', String(error));
  }
}
