import type { Client } from '@tenuto/sdk';

/** One screen as people see it, by the name that its picture has. */
export interface Scene {
  /** Lower case with hyphens: `run-failed-log`. */
  readonly name: string;
  /** Path and search, from `/` on. */
  readonly path: string;
}

/** Puts things on a server that are worth looking at, and says where they are looked at. */
export type Stage = (client: Client) => Promise<readonly Scene[]>;
