import { type RunStatus, timeOfId } from '@tenuto/contract';
import type { ExaminedRun, RunVisitor } from '@tenuto/engine';
import type pg from 'pg';
import { type JournalRows, readJournals } from '../journal-read.ts';
import { inTurn } from './in-turn.ts';
import { parsed, type SampledRuns } from './sample.ts';

/** About so many nodes are read at once. */
const NODES_AT_ONCE = 2_000;

interface Row {
  readonly run_id: string;
  readonly plan_hash: string;
  readonly name: string;
  readonly owner: string;
  readonly input: string;
  readonly started_at: number | null;
  readonly status: RunStatus;
  readonly progress: string | null;
  readonly over: boolean;
  readonly taken_over: number | null;
}

const COLUMNS = (over: boolean) => `encode(r.plan_hash, 'hex') as plan_hash, r.name, r.owner,
  r.input, (extract(epoch from r.started_at) * 1000)::float8 as started_at,
  r.status::text as status, r.progress, ${over} as over`;
const ROWS = `
  select t.run_id, r.*, (select (e.body::jsonb->>'attempts')::int from run_events e
      where e.run_id = t.run_id and e.seq = 1 and e.type = 'forked') as taken_over
  from unnest($1::uuid[]) t(run_id) cross join lateral (
    select ${COLUMNS(false)} from run_live r where r.run_id = t.run_id
    union all
    select ${COLUMNS(true)} from runs r where r.run_id = t.run_id) r`;

/** Reads the runs of the sample with their journals, some at a time, and hands them over. */
export async function visitRuns(
  client: pg.ClientBase,
  { runIds, nodes }: Pick<SampledRuns, 'runIds' | 'nodes'>,
  visitor: RunVisitor,
): Promise<void> {
  const db = inTurn(client);
  for (const some of portions(runIds, nodes)) {
    const { rows } = await db.query<Row>(ROWS, [some]);
    const journals = await readJournals(db, some).catch(tolerant);
    for (const row of rows) {
      const found = journals ?? (await readJournals(db, [row.run_id]).catch(tolerant));
      await handOver(row, found, visitor);
    }
  }
}

/** What cannot be parsed is the fault of one run; then they are read one by one. */
function tolerant(error: unknown): undefined {
  if (error instanceof SyntaxError) return undefined;
  throw error;
}

async function handOver(
  row: Row,
  journals: ReadonlyMap<string, JournalRows> | undefined,
  visitor: RunVisitor,
): Promise<void> {
  const rows = journals?.get(row.run_id);
  const run = rows === undefined ? undefined : examined(row, rows);
  if (run === undefined) visitor.unreadable(row.run_id, 'a text in it is no JSON');
  else await visitor.visit(run);
}

function examined(row: Row, rows: JournalRows): ExaminedRun | undefined {
  try {
    return {
      planHash: row.plan_hash,
      status: row.status,
      over: row.over,
      progress: parsed(row.progress),
      ...(row.taken_over !== null && { takenOver: row.taken_over }),
      journal: {
        runId: row.run_id,
        facts: { name: row.name, owner: row.owner, createdAt: timeOfId(row.run_id) },
        input: JSON.parse(row.input),
        ...(row.started_at !== null && { startedAt: row.started_at }),
        ...rows,
      },
    };
  } catch (error) {
    return tolerant(error);
  }
}

function portions(
  runIds: readonly string[],
  nodes: ReadonlyMap<string, number>,
): readonly string[][] {
  const all: string[][] = [];
  let last: string[] = [];
  let size = NODES_AT_ONCE;
  for (const runId of runIds) {
    if (size >= NODES_AT_ONCE) {
      last = [];
      size = 0;
      all.push(last);
    }
    last.push(runId);
    size += nodes.get(runId) ?? 1;
  }
  return all;
}
