import type {
  Access,
  ChangeResult,
  CreateResult,
  NewRetryPolicy,
  RetryPolicyChange,
  RetryPolicyContent,
  RetryPolicyRemoval,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { freshPart } from './idempotency.ts';
import { reachable } from './run-row.ts';
import { uniqueViolation } from './unique-violation.ts';

const NAME_INDEX = 'retry_policies_name';

/** Makes a policy with its first version, its idempotency key and its audit row, or none of them. */
export async function createPolicy(
  db: Database,
  { owner, content, idempotency, audit }: NewRetryPolicy,
): Promise<CreateResult> {
  const given = parameters();
  const fresh = freshPart({ owner, idempotency }, { names: 'retry_policy' }, given);
  const text = `with ${fresh},
    made as (
      insert into retry_policies (policy_id, owner, name, version, job_types)
      select id, ${given.add(owner)}, ${given.add(content.name)}, 1, ${given.add(content.jobTypes)}
      from fresh returning policy_id, version, created_at as at),
    ${versionPart(content, 'made', audit.actor, given)},
    audited as (${auditPart(audit, 'made', given, 'made.policy_id::text')})
    select policy_id from made`;
  const rows = await unlessTaken(() => ask<{ policy_id: string }>(db, text, given.values));
  if (rows === 'taken') return 'taken';
  const [row] = rows;
  return row === undefined ? 'duplicate' : { policyId: row.policy_id };
}

/** Lets a new version follow the one that the caller knows; the audit row is part of the statement. */
export async function changePolicy(
  db: Database,
  access: Access,
  { policyId, version, content, audit }: RetryPolicyChange,
): Promise<ChangeResult> {
  const given = parameters();
  const text = `with changed as (
      update retry_policies p set version = p.version + 1, name = ${given.add(content.name)},
        job_types = ${given.add(content.jobTypes)}
      where ${conditions({ access, policyId, version }, given)}
      returning p.policy_id, p.version, clock_timestamp() as at),
    ${versionPart(content, 'changed', audit.actor, given)},
    audited as (${auditPart(audit, 'changed', given)})
    select 1 from changed`;
  const rows = await unlessTaken(() => ask(db, text, given.values));
  if (rows === 'taken') return 'taken';
  return rows.length > 0 ? 'changed' : staleOrMissing(db, access, policyId);
}

/** Deletes a policy for all who want to use it from now on; its versions stay. */
export async function removePolicy(
  db: Database,
  access: Access,
  { policyId, version, audit }: RetryPolicyRemoval,
): Promise<'removed' | 'stale' | 'missing'> {
  const given = parameters();
  const rows = await ask(
    db,
    `with removed as (
       update retry_policies p set deleted_at = clock_timestamp()
       where ${conditions({ access, policyId, version }, given)} returning 1),
     audited as (${auditPart(audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  return rows.length > 0 ? 'removed' : staleOrMissing(db, access, policyId);
}

function versionPart(
  { name, description, policy, jobTypes }: RetryPolicyContent,
  head: string,
  actor: string,
  given: Parameters,
): string {
  return `versioned as (
      insert into retry_policy_versions
        (policy_id, version, name, description, policy, job_types, created_at, created_by)
      select policy_id, version, ${given.add(name)}, ${given.add(description)},
        ${given.add(JSON.stringify(policy))}::jsonb, ${given.add(jobTypes)}, at, ${given.add(actor)}
      from ${head})`;
}

function conditions(
  of: { readonly access: Access; readonly policyId: string; readonly version?: number | undefined },
  given: Parameters,
): string {
  const all = [
    `p.policy_id = ${given.add(of.policyId)}`,
    'p.deleted_at is null',
    reachable(of.access, given, 'p'),
  ];
  if (of.version !== undefined) all.push(`p.version = ${given.add(of.version)}`);
  return all.join(' and ');
}

async function staleOrMissing(
  db: Database,
  access: Access,
  policyId: string,
): Promise<'stale' | 'missing'> {
  const given = parameters();
  const where = conditions({ access, policyId }, given);
  const rows = await ask(db, `select 1 from retry_policies p where ${where}`, given.values);
  return rows.length > 0 ? 'stale' : 'missing';
}

/** A name that another policy has refuses the whole statement, its key and its audit row too. */
async function unlessTaken<Rows>(statement: () => Promise<Rows>): Promise<Rows | 'taken'> {
  try {
    return await statement();
  } catch (error) {
    if (uniqueViolation(error) === NAME_INDEX) return 'taken';
    throw error;
  }
}
