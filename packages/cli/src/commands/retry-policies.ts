import type { StoredRetryPolicy } from '@tenuto/contract';
import type { Client } from '@tenuto/sdk';
import { readPolicyFile } from '../document/policy-file.ts';
import { EXIT } from '../exit-code.ts';
import { MissingError, UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { plural, printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { readSource } from './job-input.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

export interface ListPoliciesOptions {
  readonly name?: string;
  readonly jobType?: string;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto retry-policies ls`: newest first. */
export const listPolicies: Command<[options: ListPoliciesOptions]> = async (session, options) => {
  const { name, jobType, limit: written } = options;
  const limit = readCount(written);
  const listing = session.client().retryPolicies.list({
    limit: Math.min(limit, PAGE),
    ...(name !== undefined && { name }),
    ...(jobType !== undefined && { job_type: jobType }),
  });
  return showList(session, { listing, limit }, policyLines);
};

function policyLines(policies: readonly StoredRetryPolicy[]): readonly string[] {
  return tableLines(
    ['POLICY', 'NAME', 'VERSION', 'JOB TYPES', 'NODES', 'SUCCESS', 'ATTEMPTS'],
    policies.map((policy) => [
      policy.policy_id,
      truncate(printable(policy.name), 40),
      String(policy.version),
      truncate(printable(policy.applicable_job_types.join(', ')), 40),
      String(policy.counts.nodes),
      percent(policy.success_rate),
      average(policy.average_attempts),
    ]),
  );
}

function percent(rate: number | null): string {
  return rate === null ? '' : `${Math.round(rate * 1_000) / 10}%`;
}

function average(attempts: number | null): string {
  return attempts === null ? '' : String(Math.round(attempts * 100) / 100);
}

export interface ShowPolicyOptions {
  readonly versions?: boolean;
}

/** `tenuto retry-policies show POLICY`. */
export const showPolicy: Command<[policy: string, options: ShowPolicyOptions]> = async (
  session,
  named,
  { versions = false },
) => {
  const { output, client } = session;
  if (versions) {
    const policyId = isId(named) ? named : (await findNamed(client(), named)).policy_id;
    const listing = client().retryPolicies.versions(policyId, { limit: PAGE });
    return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, policyLines);
  }
  const policy = await find(client(), named);
  output.result(policy, () => [
    `${printable(policy.name)}, version ${policy.version}`,
    ...facts([
      ['id', policy.policy_id],
      ['owner', policy.owner],
      ['about', policy.description ?? ''],
      ['job types', policy.applicable_job_types.join(', ')],
      ['changed', `${policy.updated_at} by ${policy.updated_by}`],
      ...measures(policy),
    ]),
    '',
    ...JSON.stringify(policy.policy, null, 2).split('\n').map(printable),
  ]);
  return EXIT.ok;
};

function measures(policy: StoredRetryPolicy): (readonly [string, string])[] {
  const { runs, nodes, completed, retried, recovered } = policy.counts;
  if (nodes === 0) return [];
  return [
    [
      'used',
      `${plural(nodes, 'node')} of ${plural(runs, 'run')}, ${average(policy.average_attempts)} attempts each`,
    ],
    ['success', `${percent(policy.success_rate)}: ${completed} of ${nodes} completed`],
    ['retried', `${recovered} of ${retried} nodes of several attempts completed`],
  ];
}

/** `tenuto retry-policies create FILE`. */
export const createPolicy: Command<
  [path: string, options: { readonly name?: string; readonly idempotencyKey?: string }]
> = async (session, path, { name, idempotencyKey }) => {
  const file = readPolicyFile(await readSource(session, path));
  session.about(file);
  const body = { ...file.body, ...(name !== undefined && { name }) };
  const options = idempotencyKey === undefined ? {} : { idempotencyKey };
  const policy = await session.client().retryPolicies.create(body, options);
  session.output.result(policy, () => [
    `${policy.policy_id}  ${printable(policy.name)}, version ${policy.version}`,
  ]);
  return EXIT.ok;
};

/** `tenuto retry-policies rm POLICY`. */
export const removePolicy: Command<[policy: string]> = async ({ output, client }, named) => {
  const { policy_id: policyId } = await find(client(), named);
  const policy = await client().retryPolicies.remove(policyId);
  output.result(policy, () => [`Deleted ${printable(policy.name)}, version ${policy.version}.`]);
  return EXIT.ok;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function isId(named: string): boolean {
  return UUID.test(named);
}

function find(client: Client, named: string): Promise<StoredRetryPolicy> {
  return isId(named) ? client.retryPolicies.get(named) : findNamed(client, named);
}

async function findNamed(client: Client, name: string): Promise<StoredRetryPolicy> {
  const { items } = await client.retryPolicies.list({ name, limit: 2 }).first();
  const [policy, another] = items;
  if (policy === undefined)
    throw new MissingError(`There is no retry policy "${printable(name)}".`);
  if (another === undefined) return policy;
  throw new UsageError(`Several owners have a policy "${printable(name)}"; say its id.`);
}
