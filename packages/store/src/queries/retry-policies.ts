import type {
  Access,
  Page,
  PageRequest,
  RetryPolicyContent,
  RetryPolicyFilter,
  RetryPolicyRecord,
  UsableRetryPolicy,
} from '@tenuto/engine';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { measuresOf, NOTHING, sumOf } from './retry-policy-measures.ts';
import { reachable } from './run-row.ts';

interface PolicyRow {
  readonly policy_id: string;
  readonly owner: string;
  readonly version: number;
  readonly name: string;
  readonly description: string | null;
  readonly policy: RetryPolicyContent['policy'];
  readonly job_types: string[];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly updated_by: string;
}

const COLUMNS = `p.policy_id, p.owner, v.version, v.name, v.description, v.policy, v.job_types,
  p.created_at, v.created_at as updated_at, v.created_by as updated_by`;
const IN_FORCE = `retry_policies p join retry_policy_versions v
  on v.policy_id = p.policy_id and v.version = p.version`;

/** The version in force of a policy that has not been deleted. */
export async function findPolicy(
  db: Database,
  access: Access,
  policyId: string,
): Promise<RetryPolicyRecord | undefined> {
  const given = parameters();
  const rows = await ask<PolicyRow>(
    db,
    `select ${COLUMNS} from ${IN_FORCE}
     where p.policy_id = ${given.add(policyId)} and ${there(access, given)}`,
    given.values,
  );
  return (await measured(db, rows))[0];
}

/** Newest first. */
export async function listPolicies(
  db: Database,
  access: Access,
  filter: RetryPolicyFilter,
  page: PageRequest<string>,
): Promise<Page<RetryPolicyRecord>> {
  const given = parameters();
  const where = [there(access, given)];
  if (filter.name !== undefined) where.push(`p.name = ${given.add(filter.name)}`);
  if (filter.jobType !== undefined) {
    where.push(`p.job_types @> array[${given.add(filter.jobType)}]::text[]`);
  }
  const found = await pageOf<PolicyRow, PolicyRow>(db, {
    ...{ columns: COLUMNS, from: IN_FORCE, where, key: ['p.policy_id'], newestFirst: true },
    ...{ after: page.after === undefined ? undefined : [page.after], page, given },
    item: (row) => row,
  });
  return { ...found, items: await measured(db, found.items) };
}

/** All versions of a policy, newest first, each with what came of it; undefined for no policy. */
export async function listVersions(
  db: Database,
  access: Access,
  policyId: string,
  page: PageRequest<number>,
): Promise<Page<RetryPolicyRecord> | undefined> {
  const given = parameters();
  const found = await pageOf<PolicyRow, PolicyRow>(db, {
    columns: COLUMNS,
    from: 'retry_policies p join retry_policy_versions v on v.policy_id = p.policy_id',
    where: [`p.policy_id = ${given.add(policyId)}`, reachable(access, given, 'p')],
    ...{ key: ['v.version'], newestFirst: true, page, given },
    after: page.after === undefined ? undefined : [page.after],
    item: (row) => row,
  });
  if (found.total === 0) return undefined;
  const measures = await measuresOf(db, [policyId]);
  const items = found.items.map((row) =>
    recordOf(row, measures.get(policyId)?.get(row.version) ?? NOTHING),
  );
  return { ...found, items };
}

/** The versions in force of those policies that are there for this access. */
export async function usablePolicies(
  db: Database,
  access: Access,
  policyIds: readonly string[],
): Promise<readonly UsableRetryPolicy[]> {
  const given = parameters();
  const rows = await ask<PolicyRow>(
    db,
    `select ${COLUMNS} from ${IN_FORCE}
     where p.policy_id = any(${given.add(policyIds)}::uuid[]) and ${there(access, given)}`,
    given.values,
  );
  return rows.map(usableOf);
}

/** Those of an owner that name types of jobs, newest first. */
export async function typedPolicies(
  db: Database,
  owner: string,
): Promise<readonly UsableRetryPolicy[]> {
  const rows = await ask<PolicyRow>(
    db,
    `select ${COLUMNS} from ${IN_FORCE}
     where p.owner = $1 and p.deleted_at is null and p.job_types <> '{}'
     order by p.policy_id desc`,
    [owner],
  );
  return rows.map(usableOf);
}

/** The condition that a policy can be used by whom the access is of. */
function there(access: Access, given: Parameters): string {
  return `p.deleted_at is null and ${reachable(access, given, 'p')}`;
}

async function measured(db: Database, rows: readonly PolicyRow[]): Promise<RetryPolicyRecord[]> {
  const measures = await measuresOf(
    db,
    rows.map((row) => row.policy_id),
  );
  return rows.map((row) => recordOf(row, sumOf(measures.get(row.policy_id)?.values() ?? [])));
}

function recordOf(row: PolicyRow, measure: RetryPolicyRecord['measure']): RetryPolicyRecord {
  return {
    policyId: row.policy_id,
    owner: row.owner,
    version: row.version,
    name: row.name,
    description: row.description,
    policy: row.policy,
    jobTypes: row.job_types,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
    measure,
  };
}

function usableOf(row: PolicyRow): UsableRetryPolicy {
  const { policy_id: policyId, version, policy, job_types: jobTypes } = row;
  return { policyId, version, policy, jobTypes };
}
