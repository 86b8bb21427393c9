import { RUN_KINDS, type RunStatus, type WaitingFor } from '@tenuto/contract';
import type { Access, Page, PageRequest, RunFilter, RunRecord, RunSummary } from '@tenuto/engine';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { escapeLike } from './like.ts';
import { LIVE_COLUMNS, OVER_COLUMNS, type RunRow, reachable, recordOf } from './run-row.ts';

/** Counted exactly up to here; beyond, the planner's estimate is told. */
const COUNTED = 10_000;
/** Statuses that only runs in the history have. */
const OVER: ReadonlySet<RunStatus> = new Set(['completed', 'failed', 'timeout', 'aborted']);
/** Statuses that a run in the history may have; a cancelled one is live while it cleans up. */
const ENDED: readonly RunStatus[] = [...OVER, 'cancelled'];

/** What is read of a run, by where it stands. */
interface Columns {
  readonly live: string;
  readonly over: string;
}
const WHOLE: Columns = { live: LIVE_COLUMNS, over: OVER_COLUMNS };

/** Newest first: the order of run ids, which begin with the time. */
export async function listRuns(
  db: Database,
  access: Access,
  filter: RunFilter,
  page: PageRequest<string>,
): Promise<Page<RunRecord>> {
  const [rows, count] = await Promise.all([
    rowsOf<RunRow>(db, access, filter, { page, columns: WHOLE }),
    countOf(db, access, filter),
  ]);
  return {
    items: rows.slice(0, page.limit).map(recordOf),
    hasMore: rows.length > page.limit,
    ...count,
  };
}

/** What is asked of runs that something is to be done to. */
const SUMMARY = `r.run_id, r.name, r.status::text as status, r.version,
  r.started_at is not null as started`;
const LIVE_SUMMARY = `${SUMMARY}, false as over,
  array(select distinct i.type from run_inbox i where i.run_id = r.run_id) as told`;
const OVER_SUMMARY = `${SUMMARY}, true as over, '{}'::text[] as told`;

/** The same runs as a list shows, in its order, with no more than is needed to do something to them. */
export async function matchRuns(
  db: Database,
  access: Access,
  filter: RunFilter,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<RunSummary[]> {
  const page = { limit, offset: 0, ...(after !== undefined && { after }) };
  const columns = { live: LIVE_SUMMARY, over: OVER_SUMMARY };
  const rows = await rowsOf<SummaryRow>(db, access, filter, { page, columns });
  return rows.slice(0, limit).map(({ run_id: runId, ...row }) => ({ runId, ...row }));
}

type SummaryRow = Omit<RunSummary, 'runId'> & { readonly run_id: string };

async function rowsOf<Row extends { readonly run_id: string }>(
  db: Database,
  access: Access,
  filter: RunFilter,
  { page, columns }: { readonly page: PageRequest<string>; readonly columns: Columns },
): Promise<Row[]> {
  const given = parameters();
  const conditions = conditionsOf(access, filter, given);
  if (page.after !== undefined) conditions.push(`r.run_id < ${given.add(page.after)}`);
  const most = given.add(page.offset + page.limit + 1);
  // Each branch reads an index backwards and stops; a sort over all of them would read everything.
  const branches = branchesOf(filter, conditions, given).map(
    ({ table, where }) =>
      `(select ${table === 'runs' ? columns.over : columns.live} from ${table} r
        where ${where} order by r.run_id desc limit ${most})`,
  );
  if (branches.length === 0) return [];
  return ask<Row>(
    db,
    `select * from (${branches.join(' union all ')}) found
     order by run_id desc limit ${given.add(page.limit + 1)} offset ${given.add(page.offset)}`,
    given.values,
  );
}

async function countOf(
  db: Database,
  access: Access,
  filter: RunFilter,
): Promise<{ total: number; totalIsEstimate: boolean }> {
  const given = parameters();
  const conditions = conditionsOf(access, filter, given);
  const branches = branchesOf(filter, conditions, given).map(
    ({ table, where }) => `select 1 from ${table} r where ${where}`,
  );
  if (branches.length === 0) return { total: 0, totalIsEstimate: false };
  const all = branches.join(' union all ');
  const [row] = await ask<{ count: number }>(
    db,
    `select count(*)::int as count from (select 1 from (${all}) matching limit ${COUNTED + 1}) counted`,
    given.values,
  );
  const counted = row?.count ?? 0;
  if (counted <= COUNTED) return { total: counted, totalIsEstimate: false };
  const [plan] = await ask<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    db,
    `explain (format json) ${all}`,
    given.values,
  );
  const estimate = plan?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
  return { total: Math.max(counted, Math.round(estimate)), totalIsEstimate: true };
}

function conditionsOf(access: Access, filter: RunFilter, given: Parameters): string[] {
  const { kind = 'job' } = filter;
  // An administrator who asks for all runs of all kinds asks for nothing else.
  const conditions: string[] = ['true'];
  // A literal, from which the planner sees that partial indexes serve. Said in so many words beside it,
  // that would be counted as one more condition, and what matches would be taken for rare and be sorted.
  if (kind !== 'any') conditions.push(`r.kind = ${RUN_KINDS.indexOf(kind)}`);
  if (filter.taskId !== undefined) conditions.push(`r.task_id = ${given.add(filter.taskId)}`);
  if (filter.runIds !== undefined) {
    conditions.push(`r.run_id = any(${given.add(filter.runIds)}::uuid[])`);
  }
  if (!access.all) conditions.push(reachable(access, given));
  if (filter.createdFrom !== undefined) {
    conditions.push(`r.run_id >= ${given.add(firstIdAt(filter.createdFrom))}`);
  }
  if (filter.createdBefore !== undefined) {
    conditions.push(`r.run_id < ${given.add(firstIdAt(filter.createdBefore))}`);
  }
  if (filter.startedFrom !== undefined) {
    conditions.push(`r.started_at >= to_timestamp(${given.add(filter.startedFrom)} / 1000.0)`);
  }
  if (filter.jobType !== undefined) conditions.push(`r.job_type = ${given.add(filter.jobType)}`);
  if (filter.name !== undefined) conditions.push(`r.name = ${given.add(filter.name)}`);
  if (filter.namePrefix !== undefined) {
    conditions.push(`r.name like ${given.add(`${escapeLike(filter.namePrefix)}%`)}`);
  }
  if (filter.tag !== undefined)
    conditions.push(`r.tags @> array[${given.add(filter.tag)}]::text[]`);
  for (const [key, value] of filter.metadata ?? []) {
    const wanted = metadataValues(value).map(
      (spelled) => `r.metadata @> ${given.add(JSON.stringify({ [key]: spelled }))}::jsonb`,
    );
    conditions.push(`(${wanted.join(' or ')})`);
  }
  return conditions;
}

interface Branch {
  readonly table: 'run_live' | 'runs';
  readonly where: string;
}

/** One branch for what is live, one for each status asked for in the history (or one for all). */
function branchesOf(filter: RunFilter, conditions: readonly string[], given: Parameters): Branch[] {
  // Administrators who ask for all kinds ask for everything there is.
  const all = (parts: readonly string[]) => (parts.length === 0 ? 'true' : parts.join(' and '));
  const where = all(conditions);
  const ended = [...conditions];
  if (filter.endedBy !== undefined) {
    ended.push(`r.completed_at <= to_timestamp(${given.add(filter.endedBy)} / 1000.0)`);
  }
  const over = all(ended);
  // What is live has not ended.
  const mayLive = filter.endedBy === undefined;
  if (filter.waitingFor !== undefined) {
    const live = liveWaiting(filter.waitingFor, filter.statuses, given);
    return mayLive ? [{ table: 'run_live', where: `${where} and ${live}` }] : [];
  }
  if (filter.statuses === undefined) {
    return [
      ...(mayLive ? [{ table: 'run_live', where } as const] : []),
      { table: 'runs', where: over },
    ];
  }
  const statuses = new Set(filter.statuses);
  const live = [...statuses].filter((status) => !OVER.has(status));
  const branches: Branch[] = [];
  if (live.length > 0 && mayLive) {
    const any = `r.status = any(${given.add(live)}::run_status[])`;
    branches.push({ table: 'run_live', where: `${where} and ${any}` });
  }
  for (const status of ENDED.filter((each) => statuses.has(each))) {
    // A literal of our own vocabulary: the partial index on status cannot be matched by a parameter.
    branches.push({ table: 'runs', where: `${over} and r.status = '${status}'` });
  }
  return branches;
}

/** What waits is told by the questions that are open, and by what its engine writes about it. */
function liveWaiting(
  waitingFor: WaitingFor,
  statuses: readonly RunStatus[] | undefined,
  given: Parameters,
): string {
  const wanted =
    statuses === undefined ? 'true' : `r.status = any(${given.add(statuses)}::run_status[])`;
  return `${wanted} and ${WAITING[waitingFor]}`;
}

const OPEN_QUESTIONS = `select i.run_id from interventions i where i.state in ('open', 'assigned')`;
const WAITING: Readonly<Record<WaitingFor, string>> = {
  person: `r.run_id in (${OPEN_QUESTIONS}
    union all select a.run_id from approvals a where a.state = 'open')`,
  money: `r.run_id in (${OPEN_QUESTIONS} and i.error ->> 'type' = 'budget_exhausted')`,
  // The cast is of what few rows have: the index on kinds comes first.
  phase: `r.kind = ${RUN_KINDS.indexOf('phased')} and r.status = 'running'
    and r.progress::jsonb ? 'next'`,
};

/** The lowest run id that a millisecond can have. */
export function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.min(ms, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The text itself, and the scalar that it spells: `3` finds 3 and "3". */
function metadataValues(text: string): unknown[] {
  if (!/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(text)) return [text];
  return [text, JSON.parse(text)];
}
