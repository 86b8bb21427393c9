import {
  type CircuitView,
  formatTime,
  LIMITS,
  type List,
  OrchestrationError,
  type ResetCircuit,
  type TripCircuit,
} from '@tenuto/contract';
import type { CircuitRecord, CircuitStore } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { auditOf } from './job-state.ts';
import { timeView } from './job-view.ts';
import { listOf, type Paging, pageRequest } from './paging.ts';
import type { JobParts } from './services.ts';

export interface CircuitParts extends Pick<JobParts, 'clock'> {
  readonly circuits: CircuitStore;
}

export interface CircuitQuery extends Paging {
  readonly state?: CircuitView['state'];
  /** How the key begins. */
  readonly key?: string;
}

const TRIPPED_MS = 30_000;

/** A key and its owner, of which neither holds a NUL. */
const circuitKey = {
  write: (after: string) => after.split('\0'),
  read: ([key, owner]: readonly unknown[]) =>
    isName(key) && isName(owner) ? `${key}\0${owner}` : undefined,
};

function isName(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

/** By key. */
export async function listCircuits(
  { circuits }: CircuitParts,
  caller: Caller,
  query: CircuitQuery,
): Promise<List<CircuitView>> {
  const access = authorize(caller.principal, 'jobs:read', 'circuits');
  const request = pageRequest(query, circuitKey);
  const { state, key } = query;
  const filter = { ...(state && { state }), ...(key !== undefined && { keyPrefix: key }) };
  const page = await circuits.list(access, filter, request);
  return listOf(page, request, {
    codec: circuitKey,
    key: (record) => `${record.key}\0${record.owner}`,
    item: circuitView,
  });
}

/** @throws OrchestrationError 404 */
export async function getCircuit(
  { circuits }: CircuitParts,
  caller: Caller,
  key: string,
): Promise<CircuitView> {
  const access = authorize(caller.principal, 'jobs:read', 'circuits');
  const record = await circuits.circuit(access, key);
  if (record === undefined) throw missing(key);
  return circuitView(record);
}

/**
 * Opens a circuit of the caller's by hand for a while; every engine heeds it within a second. One
 * that nothing has used yet may be tripped, too.
 * @throws OrchestrationError 400
 */
export async function tripCircuit(
  { circuits, clock }: CircuitParts,
  caller: Caller,
  { key, body }: { readonly key: string; readonly body: TripCircuit },
): Promise<CircuitView> {
  const access = authorize(caller.principal, 'jobs:write', 'circuits');
  if (key.length > LIMITS.circuitKeyChars) {
    throw new OrchestrationError(
      'validation_failed',
      `A key has at most ${LIMITS.circuitKeyChars} characters.`,
    );
  }
  const { duration_ms: durationMs = TRIPPED_MS, reason } = body;
  const why = reason === undefined ? {} : { reason };
  const audit = auditOf(caller, 'circuit.tripped', key, { duration_ms: durationMs, ...why });
  const openUntil = clock.wall() + durationMs;
  return circuitView(await circuits.trip(access, { key, openUntil, ...why, audit }));
}

/**
 * Closes a circuit of the caller's by hand.
 * @throws OrchestrationError 404
 */
export async function resetCircuit(
  { circuits }: CircuitParts,
  caller: Caller,
  { key, body: { reason } }: { readonly key: string; readonly body: ResetCircuit },
): Promise<CircuitView> {
  const access = authorize(caller.principal, 'jobs:write', 'circuits');
  const why = reason === undefined ? {} : { reason };
  const audit = auditOf(caller, 'circuit.reset', key, why);
  const record = await circuits.reset(access, { key, ...why, audit });
  if (record === undefined) throw missing(key);
  return circuitView(record);
}

function missing(key: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no circuit "${key}".`);
}

function circuitView(record: CircuitRecord): CircuitView {
  const { circuit, settings } = record;
  return {
    key: record.key,
    owner: record.owner,
    state: circuit.state,
    failures: circuit.failures,
    successes: circuit.successes,
    open_until: timeView(circuit.openUntil),
    probing: record.probing,
    settings: {
      failure_threshold: settings.failureThreshold,
      success_threshold: settings.successThreshold,
      circuit_timeout_ms: settings.timeoutMs,
      failure_rate_threshold: settings.failureRate ?? null,
      window_ms: settings.windowMs,
      minimum_calls: settings.minimumCalls,
    },
    reason: record.reason,
    changed_by: record.changedBy,
    updated_at: formatTime(record.updatedAt),
    version: record.version,
  };
}
