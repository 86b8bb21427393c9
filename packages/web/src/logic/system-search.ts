/** What the addresses of the views of the system say. */
import {
  CIRCUIT_STATES,
  type CircuitState,
  ENGINE_STATES,
  type EngineState,
} from '@tenuto/contract';
import { textsOf } from './search-texts.ts';

type Search = Readonly<Record<string, unknown>>;

export interface EngineSearch {
  readonly state?: EngineState;
}

export function readEngineSearch(search: Search): EngineSearch {
  const state = ENGINE_STATES.find((one) => one === search.state);
  return state === undefined ? {} : { state };
}

export interface CircuitSearch {
  readonly state?: CircuitState;
  /** How the key begins. */
  readonly key?: string;
  /** The one that is looked at. */
  readonly circuit?: string;
}

export function readCircuitSearch(search: Search): CircuitSearch {
  const state = CIRCUIT_STATES.find((one) => one === search.state);
  return {
    ...(state !== undefined && { state }),
    ...textsOf(search, 'key', 'circuit'),
  };
}

export interface PolicySearch {
  /** The id of the policy that is looked at, or `new`. */
  readonly policy?: string;
}

export function readPolicySearch(search: Search): PolicySearch {
  return textsOf(search, 'policy');
}

export const AUDIT_SPANS = { hour: 1, day: 24, week: 168, month: 720 } as const;
export type AuditSpan = keyof typeof AUDIT_SPANS;

export interface AuditSearch {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly since?: AuditSpan;
  /** A time of RFC 3339, each. */
  readonly from?: string;
  readonly to?: string;
  /** The row that is looked into. */
  readonly row?: string;
}

export function readAuditSearch(search: Search): AuditSearch {
  const { since } = search;
  return {
    ...textsOf(search, 'actor', 'action', 'subject', 'row'),
    ...(isSpan(since) && { since }),
    ...timeOf(search, 'from'),
    ...timeOf(search, 'to'),
  };
}

function isSpan(value: unknown): value is AuditSpan {
  return typeof value === 'string' && Object.hasOwn(AUDIT_SPANS, value);
}

/** A time that is none would only be refused. */
function timeOf<const Name extends string>(search: Search, name: Name) {
  const value = search[name];
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? textsOf(search, name) : {};
}

const HOUR_MS = 3_600_000;

/** The filters that the API takes; a span ends now, and is rounded so that a page is asked for once. */
export function auditQueryOf(
  { since, from, to, row: _row, ...named }: AuditSearch,
  now: number,
): Readonly<Record<string, string>> {
  const minute = 60_000;
  const start =
    since === undefined
      ? from
      : new Date(Math.floor((now - AUDIT_SPANS[since] * HOUR_MS) / minute) * minute).toISOString();
  return {
    ...named,
    ...(start !== undefined && { from: new Date(start).toISOString() }),
    ...(to !== undefined && { to: new Date(to).toISOString() }),
  };
}
