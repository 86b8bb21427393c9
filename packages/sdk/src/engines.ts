import { ENGINE_STATES, type EngineState, type EngineView } from '@tenuto/contract';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader } from './reading.ts';
import { fields, flag, nullable, number, oneOf, type Shape, text } from './shape.ts';
import type { TransportOptions } from './transport.ts';

export interface EngineQuery extends PageQuery {
  readonly state?: EngineState;
}

/** The engines that share a database. Every function throws as `createClient` says. */
export interface Engines {
  /** The last one that started first; those that are gone too. */
  list(query?: EngineQuery, options?: CallOptions): Listing<EngineView>;
}

const engineShape: Shape<EngineView> = fields({
  engine_id: text,
  name: text,
  host: nullable(text),
  pid: nullable(number),
  version: nullable(text),
  state: oneOf(ENGINE_STATES),
  answers: flag,
  epoch: number,
  started_at: text,
  last_heartbeat_at: text,
  lease_ms: number,
  lease_until: text,
  stopped_at: nullable(text),
  lost_at: nullable(text),
  released_runs: nullable(number),
  owned_runs: number,
  running_nodes: number,
  capacity: nullable(number),
  slots: nullable(number),
});

export function createEngines(transport: TransportOptions): Engines {
  const { list } = createReader(transport);
  return { list: (query, options) => list('/engines', engineShape, { ...query }, options) };
}
