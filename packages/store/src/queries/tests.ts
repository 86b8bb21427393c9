import { TEST_STATUSES } from '@tenuto/contract';
import {
  type Access,
  FLAKY_SCORE,
  type Page,
  type PageRequest,
  type TestEdit,
  type TestFilter,
  type TestKey,
  type TestOrder,
  type TestRecord,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { escapeLike } from './like.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';
import { IN_QUARANTINE, TEST_COLUMNS, TEST_FROM, type TestRow, testRecordOf } from './test-row.ts';

/** Columns that lists are in the order of, greatest first; each has an index. */
const ORDERS: Readonly<Record<TestOrder, string>> = {
  flake_score: 't.flake_score',
  duration: 't.p95_ms',
  last_failure: 't.last_failed_at',
};

export function listTests(
  db: Database,
  access: Access,
  { filter, order }: { readonly filter: TestFilter; readonly order: TestOrder },
  page: PageRequest<TestKey>,
): Promise<Page<TestRecord>> {
  const given = parameters();
  const conditions = [reachable(access, given, 't'), ...conditionsOf(filter, given)];
  const value = (of: number) => (order === 'last_failure' ? new Date(of) : of);
  return pageOf(db, {
    columns: TEST_COLUMNS,
    from: TEST_FROM,
    where: conditions,
    key: [ORDERS[order], 't.test_id'],
    newestFirst: true,
    after: page.after && [value(page.after.value), page.after.testId],
    page,
    given,
    item: testRecordOf,
  });
}

function conditionsOf(filter: TestFilter, given: Parameters): string[] {
  const conditions: string[] = [];
  const { suite, name, namePrefix, inCharge, statuses, flaky, quarantined } = filter;
  if (suite !== undefined) conditions.push(`t.suite = ${given.add(suite)}`);
  if (name !== undefined) conditions.push(`t.name = ${given.add(name)}`);
  if (namePrefix !== undefined) {
    conditions.push(`t.name like ${given.add(`${escapeLike(namePrefix)}%`)}`);
  }
  if (statuses !== undefined) {
    const codes = statuses.map((status) => TEST_STATUSES.indexOf(status));
    conditions.push(`t.last_status = any(${given.add(codes)}::int2[])`);
  }
  if (inCharge !== undefined) {
    const who = given.add(inCharge);
    conditions.push(`(t.in_charge = ${who} or (t.in_charge is null and (t.owner, t.suite) in (
      select e.owner, e.entry_id from test_catalogue e where e.in_charge = ${who})))`);
  }
  if (flaky !== undefined) conditions.push(`t.flake_score ${flaky ? '>=' : '<'} ${FLAKY_SCORE}`);
  if (quarantined === true) conditions.push(IN_QUARANTINE);
  if (quarantined === false) conditions.push(`(${IN_QUARANTINE}) is not true`);
  return conditions;
}

export async function findTest(
  db: Database,
  access: Access,
  testId: string,
): Promise<TestRecord | undefined> {
  const given = parameters();
  const [row] = await ask<TestRow>(
    db,
    `select ${TEST_COLUMNS} from ${TEST_FROM}
     where t.test_id = ${given.add(testId)} and ${reachable(access, given, 't')}`,
    given.values,
  );
  return row && testRecordOf(row);
}

/** Changes what people say about a test; the audit row is part of the same statement. */
export async function editTest(
  db: Database,
  access: Access,
  edit: TestEdit,
): Promise<'edited' | 'stale' | 'missing'> {
  const given = parameters();
  const conditions = [`t.test_id = ${given.add(edit.testId)}`, reachable(access, given, 't')];
  if (edit.version !== undefined) conditions.push(`t.version = ${given.add(edit.version)}`);
  const rows = await ask(
    db,
    `with edited as (
       update tests t set version = t.version + 1, ${assignments(edit, given).join(', ')}
       where ${conditions.join(' and ')}
       returning t.test_id),
     audited as (${auditPart(edit.audit, 'edited', given)})
     select 1 from edited`,
    given.values,
  );
  if (rows.length > 0) return 'edited';
  return (await findTest(db, access, edit.testId)) === undefined ? 'missing' : 'stale';
}

function assignments({ inCharge, quarantine }: TestEdit, given: Parameters): string[] {
  const set: string[] = [];
  if (inCharge !== undefined) set.push(`in_charge = ${given.add(inCharge)}`);
  if (quarantine === undefined) return set;
  const { reason = null, by = null, until = null } = quarantine ?? {};
  const ends = until === null ? `'infinity'` : `${given.add(new Date(until))}::timestamptz`;
  return [
    ...set,
    `quarantine_reason = ${given.add(reason)}`,
    `quarantined_by = ${given.add(by)}`,
    `quarantined_at = ${quarantine === null ? 'null' : 'clock_timestamp()'}`,
    `quarantined_until = ${quarantine === null ? 'null' : ends}`,
  ];
}
