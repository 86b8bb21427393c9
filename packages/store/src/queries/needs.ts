/** What waits for people. Of all that is open only keys are sorted and counted, and few rows are read whole. */
import type {
  Access,
  ApprovalRecord,
  InterventionRecord,
  Needed,
  NeedsQuery,
  NeedsStore,
  WaitingRunRecord,
} from '@tenuto/engine';
import {
  ALIVE,
  APPROVAL_COLUMNS,
  type ApprovalRow,
  approvalOf,
  mayDecide,
  namesOf,
  visible,
} from './approvals.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import {
  INTERVENTION_COLUMNS,
  type InterventionRow,
  interventionOf,
  OPEN,
} from './interventions.ts';
import { RUN_KIND_CODES } from './run-columns.ts';
import { reachable } from './run-row.ts';

/** Counted up to here. */
const COUNTED = 10_000;

export function createNeedsStore(db: Database): NeedsStore {
  return {
    interventions: (access, query) => neededInterventions(db, access, query),
    approvals: (access, query) => neededApprovals(db, access, query),
    phases: (access, query) => waitingRuns(db, access, query),
  };
}

/** One kind of what waits, as SQL. */
interface Part<Row, Item> {
  /** The key, `deadline_at`, `opened_at` and `mine` of what is open. */
  readonly open: string;
  readonly columns: string;
  /** Joined to `o`, which has the keys of those that are read. */
  readonly from: string;
  item(row: Row): Item;
}

/** The name of the run of a row, which is live as long as somebody may decide about it. */
const RUN_NAME = (alias: string) =>
  `(select l.name from run_live l where l.run_id = ${alias}.run_id) as run_name`;

interface Named {
  readonly run_name: string | null;
}

type NeededRow<Item> = Item & { readonly runName: string | null };

interface Counts {
  readonly mine: boolean;
  readonly all_total: number;
  readonly all_mine: number;
}

async function neededOf<Row extends object, Item extends object>(
  db: Database,
  { open, columns, from, item }: Part<Row & Counts, Item>,
  { given, limit }: { readonly given: Parameters; readonly limit: number },
): Promise<Needed<Item>> {
  const first = `o.mine desc, o.deadline_at nulls last, o.opened_at`;
  const rows = await ask<Row & Counts>(
    db,
    `with open as materialized (${open} limit ${COUNTED}),
     counted as (select count(*)::int as all_total,
       (count(*) filter (where mine))::int as all_mine from open),
     o as (select * from open o order by ${first} limit ${given.add(limit)})
     select ${columns}, o.mine, counted.* from o join ${from} cross join counted
     order by ${first}`,
    given.values,
  );
  return {
    items: rows.map((row) => ({ ...item(row), mine: row.mine })),
    total: rows[0]?.all_total ?? 0,
    mine: rows[0]?.all_mine ?? 0,
  };
}

/** What is assigned to nobody waits for everybody who may decide. */
function neededInterventions(
  db: Database,
  access: Access,
  { mayDecide: may, limit, who }: NeedsQuery,
) {
  const given = parameters();
  const mine = may
    ? `(i.assignee is null or i.assignee = any(${given.add([who, ...namesOf(access)])}::text[]))`
    : 'false';
  return neededOf<InterventionRow & Named, NeededRow<InterventionRecord>>(
    db,
    {
      open: `select i.intervention_id as id, i.deadline_at, i.opened_at, ${mine} as mine
        from interventions i where ${OPEN('i')} and ${reachable(access, given, 'i')}`,
      columns: `${INTERVENTION_COLUMNS}, ${RUN_NAME('i')}`,
      from: 'interventions i on i.intervention_id = o.id',
      item: (row) => ({ ...interventionOf(row), runName: row.run_name }),
    },
    { given, limit },
  );
}

function neededApprovals(db: Database, access: Access, { mayDecide: may, who, limit }: NeedsQuery) {
  const given = parameters();
  const mine = may
    ? `(${mayDecide(access, given, 'a')} and not ${given.add(who)} = any(a.voters))`
    : 'false';
  return neededOf<ApprovalRow & Named, NeededRow<ApprovalRecord>>(
    db,
    {
      open: `select a.approval_id as id, a.deadline_at, a.opened_at, ${mine} as mine
        from approvals a
        where a.state = 'open' and ${ALIVE('a')} and ${visible(access, given, 'a')}`,
      columns: `${APPROVAL_COLUMNS}, ${RUN_NAME('a')}`,
      from: 'approvals a on a.approval_id = o.id',
      item: (row) => ({ ...approvalOf(row), runName: row.run_name }),
    },
    { given, limit },
  );
}

interface WaitingRow {
  readonly run_id: string;
  readonly name: string;
  readonly profile: string;
  readonly started_at: Date | null;
  readonly phases: WaitingRunRecord['phases'];
}

/** A run in the past of which nobody knows when it began to wait: the oldest stands first. */
function waitingRuns(db: Database, access: Access, { mayDecide: may, limit }: NeedsQuery) {
  const given = parameters();
  const phases = `array(select jsonb_build_object('id', p ->> 'id', 'name', p ->> 'name')
    from jsonb_array_elements(r.input::jsonb -> 'phased' -> 'phases') with ordinality t(p, at)
    where r.progress::jsonb -> 'next' ? (p ->> 'id') order by at)`;
  return neededOf<WaitingRow, WaitingRunRecord>(
    db,
    {
      open: `select r.run_id as id, null::timestamptz as deadline_at, r.run_id as opened_at,
          ${may} as mine
        from run_live r
        where r.kind = ${RUN_KIND_CODES.phased} and r.status = 'running'
          and r.progress::jsonb ? 'next' and ${reachable(access, given)}`,
      columns: `r.run_id, r.name, r.job_type as profile, r.started_at, ${phases} as phases`,
      from: 'run_live r on r.run_id = o.id',
      item: (row) => ({
        ...{ runId: row.run_id, name: row.name, profile: row.profile, phases: row.phases },
        startedAt: row.started_at?.getTime() ?? null,
      }),
    },
    { given, limit },
  );
}
