/** Stored retry policies: versions that stay, names that are an owner's own, and audit rows. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Access, AuditEntry, RetryPolicyContent } from '@tenuto/engine';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJobStore } from '../src/job-store.ts';
import { createRetryPolicyStore } from '../src/retry-policy-store.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let pool: pg.Pool;
beforeAll(async () => {
  desk = await openDesk();
  pool = new pg.Pool({ ...desk.connection, max: 4 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await desk.close();
});

const store = () => createRetryPolicyStore(pool);
const as = (owner: string): Access => ({ owner, all: false });
const ADMIN: Access = { owner: 'admin', all: true };
const FIRST = { limit: 20, offset: 0 };

const content = (over: Partial<RetryPolicyContent> = {}): RetryPolicyContent => ({
  name: `policy ${randomUUID()}`,
  description: null,
  policy: { strategy: 'linear_backoff', max_attempts: 5 },
  jobTypes: [],
  ...over,
});
const audit = (verb: string, subject = ''): AuditEntry => ({
  actor: 'ann',
  action: `retry_policy.${verb}`,
  subject,
  details: {},
  requestId: 'r-1',
});

async function made(over: Partial<RetryPolicyContent> = {}, owner = 'ann'): Promise<string> {
  const result = await store().create({ owner, content: content(over), audit: audit('created') });
  if (typeof result === 'string') throw new Error(result);
  return result.policyId;
}

const changed = (policyId: string, version: number, over: Partial<RetryPolicyContent>) =>
  store().change(as('ann'), {
    ...{ policyId, version, content: content(over), audit: audit('updated', policyId) },
  });

const audits = (subject: string) =>
  desk.ask('select action, actor, request_id from audit where subject = $1 order by audit_id', [
    subject,
  ]);

describe('a policy', () => {
  test('is found as it was made, with nothing measured', async () => {
    const given = { name: 'as made', description: 'why', jobTypes: ['import', 'export'] };
    const policyId = await made(given);
    const found = await store().find(as('ann'), policyId);
    expect(found).toEqual({
      policyId,
      owner: 'ann',
      version: 1,
      ...given,
      policy: { strategy: 'linear_backoff', max_attempts: 5 },
      createdAt: expect.any(Number),
      updatedAt: found?.createdAt,
      updatedBy: 'ann',
      measure: { runs: 0, nodes: 0, completed: 0, attempts: 0, retried: 0, recovered: 0 },
    });
    expect(await audits(policyId)).toEqual([
      { action: 'retry_policy.created', actor: 'ann', request_id: 'r-1' },
    ]);
  });

  test('has a version more with each change, and every version stays as it was', async () => {
    const policyId = await made({ name: 'v1' });
    expect(await changed(policyId, 1, { name: 'v2', policy: { max_attempts: 2 } })).toBe('changed');
    expect(await changed(policyId, 2, { name: 'v3', jobTypes: ['x'] })).toBe('changed');
    expect(await store().find(as('ann'), policyId)).toMatchObject({ version: 3, name: 'v3' });
    const page = await store().versions(as('ann'), policyId, FIRST);
    expect(page?.items.map(({ version, name }) => [version, name])).toEqual([
      [3, 'v3'],
      [2, 'v2'],
      [1, 'v1'],
    ]);
    expect(page?.items[1]?.policy).toEqual({ max_attempts: 2 });
    const rest = await store().versions(as('ann'), policyId, { limit: 1, offset: 0, after: 3 });
    expect(rest).toMatchObject({ items: [{ version: 2 }], total: 3, hasMore: true });
    expect(await audits(policyId)).toHaveLength(3);
    for (const sql of [
      'update retry_policy_versions set version = 9',
      'delete from retry_policy_versions',
    ]) {
      await expect(desk.ask(sql)).rejects.toThrow('append-only');
    }
  });

  test('is changed only from the version that the caller knows', async () => {
    const policyId = await made();
    expect(await changed(policyId, 2, {})).toBe('stale');
    expect(await changed(randomUUID(), 1, {})).toBe('missing');
    const racing = await Promise.all([1, 2, 3, 4].map(() => changed(policyId, 1, {})));
    expect(racing.toSorted()).toEqual(['changed', 'stale', 'stale', 'stale']);
    expect(await audits(policyId)).toHaveLength(2);
  });

  test('that is deleted is not there any more, but its versions are', async () => {
    const policyId = await made({ jobTypes: ['gone'] });
    const removal = { policyId, audit: audit('deleted', policyId) };
    expect(await store().remove(as('ann'), { ...removal, version: 2 })).toBe('stale');
    expect(await store().remove(as('ann'), { ...removal, version: 1 })).toBe('removed');
    expect(await store().remove(as('ann'), removal)).toBe('missing');
    expect(await store().find(as('ann'), policyId)).toBeUndefined();
    expect(await changed(policyId, 1, {})).toBe('missing');
    expect(await store().usable(as('ann'), [policyId])).toEqual([]);
    expect((await store().typed('ann')).map((policy) => policy.policyId)).not.toContain(policyId);
    const page = await store().list(as('ann'), { jobType: 'gone' }, FIRST);
    expect(page.items).toEqual([]);
    expect(await store().versions(as('ann'), policyId, FIRST)).toMatchObject({ total: 1 });
    expect((await audits(policyId)).at(-1)).toMatchObject({ action: 'retry_policy.deleted' });
  });
});

describe('a name', () => {
  test('is taken once by an owner, and free again when its policy is deleted', async () => {
    const name = 'only one';
    const policyId = await made({ name });
    const again = { owner: 'ann', content: content({ name }), audit: audit('created') };
    expect(await store().create(again)).toBe('taken');
    expect(await made({ name }, 'bob')).not.toBe(policyId);
    const other = await made();
    expect(await changed(other, 1, { name })).toBe('taken');
    expect(await store().find(as('ann'), other)).toMatchObject({ version: 1 });
    expect(await audits(other)).toHaveLength(1);
    await store().remove(as('ann'), { policyId, audit: audit('deleted', policyId) });
    expect(await changed(other, 1, { name })).toBe('changed');
  });

  test('is taken once however many ask for it at once', async () => {
    const create = () =>
      store().create({ owner: 'ann', content: content({ name: 'race' }), audit: audit('created') });
    const results = await Promise.all(Array.from({ length: 8 }, create));
    expect(results.filter((result) => result === 'taken')).toHaveLength(7);
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string, name: string) =>
    store().create({
      ...{ owner: 'ann', content: content({ name }), audit: audit('created') },
      idempotency: { key, requestHash: Buffer.alloc(32, 7) },
    });

  test('makes one policy, and says which', async () => {
    const results = await Promise.all([1, 2, 3].map((n) => keyed('k-1', `keyed ${n}`)));
    const [first] = results.filter((result) => typeof result !== 'string');
    expect(results.filter((result) => result === 'duplicate')).toHaveLength(2);
    const used = await createJobStore(pool).submission('ann', 'k-1');
    expect(used?.runId).toBe(first?.policyId);
    expect(Buffer.from(used?.requestHash ?? [])).toEqual(Buffer.alloc(32, 7));
  });

  test('is not used up by a request that was refused', async () => {
    await made({ name: 'in the way' });
    expect(await keyed('k-2', 'in the way')).toBe('taken');
    expect(await createJobStore(pool).submission('ann', 'k-2')).toBeUndefined();
    expect(await keyed('k-2', 'not in the way')).toMatchObject({ policyId: expect.any(String) });
  });

  test('may be used anew after a day', async () => {
    await keyed('k-3', 'yesterday');
    await desk.ask(
      `update idempotency_keys set created_at = created_at - interval '25 hours' where key = 'k-3'`,
    );
    expect(await keyed('k-3', 'today')).toMatchObject({ policyId: expect.any(String) });
  });
});

describe('a list', () => {
  test('has the newest first, page by page, and only what may be seen', async () => {
    const owner = `owner ${randomUUID()}`;
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.unshift(await made({}, owner));
      // Ids tell milliseconds apart, and nothing within one.
      await delay(2);
    }
    const first = await store().list(as(owner), {}, { limit: 2, offset: 0 });
    expect(first).toMatchObject({ total: 5, totalIsEstimate: false, hasMore: true });
    const after = first.items.at(-1)?.policyId ?? '';
    const second = await store().list(as(owner), {}, { limit: 9, offset: 0, after });
    expect([...first.items, ...second.items].map(({ policyId }) => policyId)).toEqual(ids);
    expect(second.hasMore).toBe(false);
    const skipped = await store().list(as(owner), {}, { limit: 2, offset: 4 });
    expect(skipped.items.map(({ policyId }) => policyId)).toEqual(ids.slice(4));
    const [id = ''] = ids;
    expect(await store().find(as('eve'), id)).toBeUndefined();
    expect(await store().versions(as('eve'), id, FIRST)).toBeUndefined();
    expect(await store().usable(as('eve'), ids)).toEqual([]);
    expect(await store().usable(ADMIN, ids)).toHaveLength(5);
    const removal = { policyId: id, audit: audit('deleted', id) };
    expect(await store().remove(as('eve'), removal)).toBe('missing');
    expect(await store().find(ADMIN, id)).toMatchObject({ owner });
  });

  test('may be of one name, or of one type of job', async () => {
    const policyId = await made({ name: 'wanted', jobTypes: ['a', 'b'] });
    await changed(policyId, 1, { name: 'wanted', jobTypes: ['b', 'c'] });
    const named = await store().list(as('ann'), { name: 'wanted' }, FIRST);
    expect(named.items.map((policy) => policy.policyId)).toEqual([policyId]);
    const typed = async (jobType: string) =>
      (await store().list(ADMIN, { jobType }, FIRST)).items.map((policy) => policy.policyId);
    expect(await typed('a')).toEqual([]);
    expect(await typed('c')).toEqual([policyId]);
  });

  test('of those that name types of jobs has the newest first', async () => {
    const owner = `owner ${randomUUID()}`;
    const older = await made({ jobTypes: ['x'] }, owner);
    await made({}, owner);
    const newer = await made({ jobTypes: ['x', 'y'] }, owner);
    expect(await store().typed(owner)).toMatchObject([
      { policyId: newer, version: 1, jobTypes: ['x', 'y'], policy: { max_attempts: 5 } },
      { policyId: older, version: 1, jobTypes: ['x'] },
    ]);
  });
});

test('every query has an index that serves it', async () => {
  await desk.ask(
    `insert into retry_policies (owner, name, version, job_types)
     select 'owner ' || n % 100, 'name ' || n, 1,
       case when n % 10 = 0 then array['type ' || n % 2000] else '{}' end
     from generate_series(1, 20000) n`,
  );
  await desk.ask('analyze retry_policies');
  const client = await desk.session();
  const plan = async (sql: string) => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${sql}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const there = `from retry_policies p where p.deleted_at is null and`;
  expect(
    await plan(`select 1 ${there} p.owner = 'owner 7' order by p.policy_id desc limit 3`),
  ).toContain('Index Only Scan Backward using retry_policies_owner');
  expect(await plan(`select 1 ${there} p.name = 'name 7'`)).toContain('retry_policies_name');
  expect(await plan(`select 1 ${there} p.job_types @> array['type 20']`)).toContain(
    'retry_policies_job_types',
  );
  expect(
    await plan(
      `select 1 ${there} p.owner = 'owner 10' and p.job_types <> '{}' order by p.policy_id desc`,
    ),
  ).toContain('retry_policies_typed');
  await client.query('set enable_seqscan = off');
  expect(
    await plan(`select 1 from retry_policy_samples s where s.policy_id = '${randomUUID()}'`),
  ).toContain('retry_policy_samples_policy');
});
