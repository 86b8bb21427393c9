import {
  CIRCUIT_STATES,
  type CircuitState,
  type CircuitView,
  type ResetCircuit,
  type TripCircuit,
} from '@tenuto/contract';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import { fields, flag, nullable, number, oneOf, type Shape, text } from './shape.ts';
import { send, type TransportOptions } from './transport.ts';

export interface CircuitQuery extends PageQuery {
  readonly state?: CircuitState;
  /** How the key begins. */
  readonly key?: string;
}

/** Circuit breakers, by their keys. Every function throws as `createClient` says. */
export interface Circuits {
  list(query?: CircuitQuery, options?: CallOptions): Listing<CircuitView>;
  get(key: string, options?: CallOptions): Promise<CircuitView>;
  /** Opens it by hand for a while; one that nothing has used yet, too. */
  trip(key: string, request?: TripCircuit, options?: CallOptions): Promise<CircuitView>;
  /** Closes it by hand. */
  reset(key: string, request?: ResetCircuit, options?: CallOptions): Promise<CircuitView>;
}

const ROOT = '/orchestration/circuits';

export const circuitShape: Shape<CircuitView> = fields({
  key: text,
  owner: text,
  state: oneOf(CIRCUIT_STATES),
  failures: number,
  successes: number,
  open_until: nullable(text),
  probing: flag,
  settings: fields({
    failure_threshold: number,
    success_threshold: number,
    circuit_timeout_ms: number,
    failure_rate_threshold: nullable(number),
    window_ms: number,
    minimum_calls: number,
  }),
  reason: nullable(text),
  changed_by: nullable(text),
  updated_at: text,
  version: number,
});

export function createCircuits(transport: TransportOptions): Circuits {
  const shape = circuitShape;
  const { read, list } = createReader(transport);
  const change = (path: string, body: TripCircuit | ResetCircuit, options: CallOptions = {}) =>
    // Done twice, it is as if it had been done once, a moment later.
    send(transport, { method: 'POST', path, body, shape, repeatable: true, ...signalOf(options) });
  return {
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    get: (key, options) => read(`${ROOT}/${segment(key)}`, shape, {}, options),
    trip: (key, request = {}, options) => change(`${ROOT}/${segment(key)}/trip`, request, options),
    reset: (key, request = {}, options) =>
      change(`${ROOT}/${segment(key)}/reset`, request, options),
  };
}
