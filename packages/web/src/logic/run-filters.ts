import {
  type BulkFilter,
  RUN_KINDS,
  RUN_STATUSES,
  type RunStatus,
  WAITING_FOR,
} from '@tenuto/contract';
import type { RunQuery } from '@tenuto/sdk';
import { rangeOf, readRange } from './time-range.ts';

/** The filters of a list of runs as they stand in the address: text, nothing else. */
export interface RunFilters {
  readonly status?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly tag?: string;
  /** `key=value`. */
  readonly meta?: string;
  readonly profile?: string;
  readonly task?: string;
  /** What runs wait for that somebody has to do. */
  readonly waiting?: string;
  /** One of the presets, or a free range by its ends. */
  readonly since?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Reads what an address says; what is no filter, or none that is known, is left out. */
export function readRunFilters(search: Readonly<Record<string, unknown>>): RunFilters {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const oneOf = (name: string, all: readonly string[]) => all.find((one) => one === text(name));
  const status = statusesOf(text('status')).join(',');
  const meta = text('meta');
  return defined({
    status: status === '' ? undefined : status,
    kind: oneOf('kind', RUN_KINDS),
    name: text('name'),
    tag: text('tag'),
    meta: meta !== undefined && pairOf(meta) !== undefined ? meta : undefined,
    profile: text('profile'),
    task: text('task'),
    waiting: oneOf('waiting', WAITING_FOR),
    ...readRange(search),
  });
}

export function statusesOf(text: string | undefined): readonly RunStatus[] {
  const wanted = (text ?? '').split(',');
  return RUN_STATUSES.filter((status) => wanted.includes(status));
}

/** With one status more or less. */
export function toggleStatus(filters: RunFilters, status: RunStatus): RunFilters {
  const known = statusesOf(filters.status);
  const next = known.includes(status)
    ? known.filter((other) => other !== status)
    : [...known, status];
  return readRunFilters({ ...filters, status: next.join(',') });
}

/** What the API is asked. */
export function queryOf(filters: RunFilters, now: number): RunQuery {
  const kind = RUN_KINDS.find((one) => one === filters.kind);
  return defined({ ...sharedOf(filters, now), kind });
}

/** The same runs for an action on all of them; undefined where nothing narrows them. */
export function bulkFilterOf(filters: RunFilters, now: number): BulkFilter | undefined {
  const shared = defined(sharedOf(filters, now));
  const kind = RUN_KINDS.find((one) => one === filters.kind);
  if (kind === undefined && Object.keys(shared).length === 0) return undefined;
  const { profile, status, ...rest } = shared;
  return {
    ...rest,
    ...(status !== undefined && { status: [...status] }),
    // A profile says the kind by itself.
    ...(profile === undefined ? { kind: kind ?? 'any' } : { profile, kind: kind ?? 'phased' }),
  };
}

/** Those that were picked one by one. */
export function bulkFilterOfIds(ids: readonly string[]): BulkFilter {
  return { run_ids: [...ids], kind: 'any' };
}

function sharedOf(filters: RunFilters, now: number) {
  const statuses = statusesOf(filters.status);
  const pair = filters.meta === undefined ? undefined : pairOf(filters.meta);
  return {
    status: statuses.length > 0 ? statuses : undefined,
    name: prefixOf(filters.name),
    tag: filters.tag,
    metadata: pair && { [pair[0]]: pair[1] },
    profile: filters.profile,
    task_id: filters.task,
    waiting_for: WAITING_FOR.find((one) => one === filters.waiting),
    ...rangeOf(filters, now),
  };
}

/** `team=shop` as its two parts; undefined for what is none. */
export function pairOf(text: string): readonly [string, string] | undefined {
  const at = text.indexOf('=');
  return at < 1 ? undefined : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

const RUN_ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether what is searched for is the id of a run, which is gone to. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text.trim());
}

/** What is typed is how the name begins, unless it is quoted. */
function prefixOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const quoted = /^"(.+)"$/.exec(name)?.[1];
  return quoted ?? (name.endsWith('*') ? name : `${name}*`);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  // Only what is undefined is left out, which the type says.
  return Object.fromEntries(entries) as Defined<T>;
}
