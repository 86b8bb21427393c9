/** What is in the tables when a simulation is over, from both sides in one shape. */

import type pg from 'pg';
import { type Tables, unpackStarts } from '../model/tables.ts';

/** Rows as texts, in one order, by table. */
type Contents = Readonly<Record<string, readonly string[]>>;

const QUERIES: Readonly<Record<string, string>> = {
  live: `select run_id, status::text, engine, inbox_seq, version from run_live`,
  done: `select run_id, status::text, version from runs`,
  attempts: `select run_id, node, attempt, seq, generation, kind, status::text,
      retry_at is not null as again, recovery is not null as recovered from attempts`,
  events: 'select run_id, seq, type from run_events',
  started: 'select run_id, node, attempt from started',
  inbox: 'select run_id, seq, type from run_inbox',
  keys: 'select owner, key, run_id from idempotency_keys',
  audits: `select subject, count(*)::int from audit group by subject`,
  fences: 'select engine, lane, epoch::int, alive from engine_fences',
  batches: 'select engine, epoch::int, lane, seq::int, floor_seq::int, starts from batches',
  recoveries: 'select session_id, run_id, node, action, trigger, state_before from recoveries',
  recoveryAudits: `select session_id, event, state_before, state_after, success
    from recovery_audits`,
  interventions: 'select intervention_id, run_id, state, resolution, version from interventions',
  effects: 'select run_id, node, attempt, key, outcome from effects',
  circuits: `select owner, key, state, failures, successes, version, probe_until is not null
    from circuits`,
  policies: `select policy_id, version, sum(runs)::int, sum(attempts)::int from (
      select policy_id, version, runs, attempts from retry_policy_totals
      union all select policy_id, version, 1, attempts from retry_policy_samples) m
    group by policy_id, version`,
};

export async function readContents(session: Pick<pg.Client, 'query'>): Promise<Contents> {
  const contents: Record<string, readonly string[]> = {};
  for (const [table, text] of Object.entries(QUERIES)) {
    const { rows } = await session.query<unknown[]>({ text, rowMode: 'array' });
    contents[table] = rows.map(lineOf).toSorted();
  }
  return contents;
}

export function contentsOf(tables: Tables): Contents {
  const contents: Record<string, readonly string[]> = {};
  for (const [table, rows] of Object.entries(rowsOfModel(tables))) {
    contents[table] = rows.map(lineOf).toSorted();
  }
  return contents;
}

function lineOf(row: readonly unknown[]): string {
  return row.map((value) => (value instanceof Uint8Array ? startsOf(value) : `${value}`)).join(' ');
}

const startsOf = (bytes: Uint8Array) => JSON.stringify(unpackStarts(bytes));

function rowsOfModel(tables: Tables): Record<string, unknown[][]> {
  return {
    ...rowsOfRuns(tables),
    ...journalRows(tables),
    keys: [...tables.keys].map(([key, runId]) => [...key.split('\0'), runId]),
    audits: [...Map.groupBy(tables.audits, ({ entry }) => entry.subject)].map(([subject, rows]) => [
      ...[subject, rows.length],
    ]),
    fences: [...tables.fences].flatMap(([engine, lanes]) =>
      [...lanes].map(([lane, { epoch, alive }]) => [engine, lane, epoch, alive]),
    ),
    batches: [...tables.batches.values()].map(({ engine, epoch, lane, seq, floorSeq, starts }) => {
      const packed = starts.length === 0 ? null : JSON.stringify(starts);
      return [engine, epoch, lane, seq, floorSeq, packed];
    }),
    recoveries: [...tables.recoveries.values()].map((row) => [
      ...[row.session_id, row.run_id, row.node, row.action, row.trigger, row.state_before],
    ]),
    recoveryAudits: tables.recoveryAudits.map((row) => [
      ...[row.session_id, row.event, row.state_before, row.state_after, row.success],
    ]),
    interventions: [...tables.interventions.values()].map((row) => [
      ...[row.id, row.runId, row.state, row.resolution ?? null, row.version],
    ]),
    effects: [...tables.effects.values()].map((row) => [
      ...[row.run_id, row.node, row.attempt, row.key, row.outcome ?? null],
    ]),
    circuits: [...tables.circuits.values()].map(({ owner, key, version, circuit, probeUntil }) => [
      ...[owner, key, circuit.state, circuit.failures, circuit.successes, version],
      probeUntil !== undefined,
    ]),
    policies: [
      ...Map.groupBy(tables.policySamples, ({ policyId, version }) => `${policyId} ${version}`),
    ].map(([policy, rows]) => [
      ...[policy, rows.length, rows.reduce((sum, row) => sum + row.attempts, 0)],
    ]),
  };
}

function rowsOfRuns({ live, done }: Tables): Record<'live' | 'done', unknown[][]> {
  return {
    live: [...live.values()].map((row) => [
      ...[row.runId, row.status, row.engine ?? null, row.inboxSeq, row.version],
    ]),
    done: [...done.values()].map((row) => [row.runId, row.status, row.version]),
  };
}

const KINDS = ['work', 'rollback', 'fallback', 'probe'];

function journalRows({
  rows,
}: Tables): Record<'attempts' | 'events' | 'started' | 'inbox', unknown[][]> {
  const each = <T>(of: (runId: string, one: NonNullable<ReturnType<typeof rows.get>>) => T[]) =>
    [...rows].flatMap(([runId, one]) => of(runId, one));
  return {
    attempts: each((runId, { attempts }) =>
      [...attempts.values()].map((row) => [
        ...[runId, row.node, row.attempt, row.seq, row.generation, KINDS.indexOf(row.kind)],
        ...[row.status, row.retryAt !== undefined, row.recovery !== undefined],
      ]),
    ),
    events: each((runId, { events }) =>
      [...events.values()].map((row) => [runId, row.seq, row.type]),
    ),
    started: each((runId, { started }) =>
      [...started.values()].map((row) => [runId, row.node, row.attempt]),
    ),
    inbox: each((runId, { inbox }) => [...inbox.values()].map((row) => [runId, row.seq, row.type])),
  };
}
