import { type BulkFilter, RUN_KINDS, RUN_STATUSES, type RunStatus } from '@tenuto/contract';
import type { RunQuery } from '@tenuto/sdk';

/** The filters of a list of runs as they stand in the address: text, nothing else. */
export interface RunFilters {
  readonly status?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly tag?: string;
  readonly since?: string;
  readonly task?: string;
}

export const SINCE = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const;
export type Since = keyof typeof SINCE;

/** Reads what an address says; what is no filter, or none that is known, is left out. */
export function readRunFilters(search: Readonly<Record<string, unknown>>): RunFilters {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const status = statusesOf(text('status')).join(',');
  const kind = text('kind');
  const since = text('since');
  return defined({
    status: status === '' ? undefined : status,
    kind: kind !== undefined && isOneOf(RUN_KINDS, kind) ? kind : undefined,
    name: text('name'),
    tag: text('tag'),
    since: since !== undefined && isSince(since) ? since : undefined,
    task: text('task'),
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

/** What the API is asked. The start of a span is rounded to a minute, so that the question stays the same. */
export function queryOf(filters: RunFilters, now: number): RunQuery {
  const statuses = statusesOf(filters.status);
  return defined({
    status: statuses.length > 0 ? statuses : undefined,
    kind: filters.kind,
    name: prefixOf(filters.name),
    tag: filters.tag,
    task_id: filters.task,
    created_after: sinceOf(filters.since, now),
  });
}

/** The same runs for an action on all of them; undefined where the filter cannot be said there. */
export function bulkFilterOf(filters: RunFilters, now: number): BulkFilter | undefined {
  if (filters.kind !== undefined || filters.task !== undefined) return undefined;
  const status = [...statusesOf(filters.status)];
  const filter = defined({
    status: status.length > 0 ? status : undefined,
    name: prefixOf(filters.name),
    tag: filters.tag,
    created_after: sinceOf(filters.since, now),
  });
  return Object.keys(filter).length > 0 ? filter : undefined;
}

/** What is typed is how the name begins, unless it is quoted. */
function prefixOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const quoted = /^"(.+)"$/.exec(name)?.[1];
  return quoted ?? (name.endsWith('*') ? name : `${name}*`);
}

const MINUTE = 60_000;

function sinceOf(since: string | undefined, now: number): string | undefined {
  if (since === undefined || !isSince(since)) return undefined;
  return new Date(Math.floor((now - SINCE[since]) / MINUTE) * MINUTE).toISOString();
}

function isSince(text: string): text is Since {
  return Object.hasOwn(SINCE, text);
}

function isOneOf<T extends string>(all: readonly T[], text: string): text is T {
  return all.some((one) => one === text);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  // Only what is undefined is left out, which the type says.
  return Object.fromEntries(entries) as Defined<T>;
}
