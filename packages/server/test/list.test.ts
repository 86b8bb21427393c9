import { JobListSchema } from '@tenuto/contract';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLive, addOver } from './rows.ts';
import { JOBS, startApi, startOwnApi, type TestApi } from './server.ts';

let api: TestApi;
const start = Date.now() - 100_000;
/** Oldest first. */
const ids: string[] = [];

beforeAll(async () => {
  api = await startApi();
  const rows = [
    { status: 'completed', tags: ['red'], metadata: { n: 1, team: 'a' }, name: 'build-1' },
    { status: 'failed', tags: ['red', 'blue'], name: 'build-2', jobType: 'nightly' },
    { status: 'timeout', name: 'test', metadata: { n: '1' } },
    { status: 'aborted', name: 'test', owner: 'ann' },
    { status: 'completed', name: '100%_\\', metadata: { flag: true, none: null } },
  ];
  for (const [i, row] of rows.entries()) {
    ids.push(await addOver(api.pool, { ...row, at: start + i * 1_000 }));
  }
  const live = [
    { status: 'running', startedAt: start, tags: ['blue'], name: 'build-3' },
    { status: 'queued', name: 'test' },
    { status: 'scheduled', scheduledAt: start + 1e9, name: 'later', jobType: 'nightly' },
    { status: 'cancelled', name: 'cleaning up' },
  ];
  for (const [i, row] of live.entries()) {
    ids.push(await addLive(api.pool, { ...row, at: start + (rows.length + i) * 1_000 }));
  }
});
afterAll(() => api[Symbol.asyncDispose]());

/** Places in `ids` of the jobs that a query finds, as they come. */
async function found(query: string): Promise<number[]> {
  const { status, body } = await api.call(`${JOBS}?${query}`);
  expect([query, status]).toEqual([query, 200]);
  expect(Compile(JobListSchema).Check(body)).toBe(true);
  const places = body.items.map((job: { job_id: string }) => ids.indexOf(job.job_id));
  if (!body.has_more && body.offset === 0 && !/cursor|offset/.test(query)) {
    expect(body.total).toBe(places.length);
  }
  return places;
}
const at = (i: number) => new Date(start + i * 1_000).toISOString();

describe('a list of jobs', () => {
  it('has the newest first, live and over together', async () => {
    expect(await found('')).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it.each([
    ['status=completed', [4, 0]],
    ['status=failed&status=timeout&status=running', [5, 2, 1]],
    ['status=failed,aborted', [3, 1]],
    ['status=cancelled', [8]],
    ['status=paused', []],
    ['status=queued&status=scheduled', [7, 6]],
    [`created_after=${at(6)}`, [8, 7, 6]],
    [`created_before=${at(2)}`, [1, 0]],
    [`created_after=${at(1)}&created_before=${at(3)}`, [2, 1]],
    ['target_type=nightly', [7, 1]],
    ['target_type=dag&status=failed', []],
    ['tag=red', [1, 0]],
    ['tag=blue&status=running', [5]],
    ['tag=re', []],
    ['name=test', [6, 3, 2]],
    ['name=build*', [5, 1, 0]],
    ['name=build', []],
    [`name=${encodeURIComponent('100%_\\')}`, [4]],
    [`name=${encodeURIComponent('100%*')}`, [4]],
    [`name=${encodeURIComponent('1__%*')}`, []],
    ['metadata.n=1', [2, 0]],
    ['metadata.n=1&metadata.team=a', [0]],
    ['metadata.flag=true', [4]],
    ['metadata.none=null', [4]],
    ['metadata.missing=1', []],
  ])('with %s has exactly those', async (query, places) => {
    expect(await found(query)).toEqual(places);
  });

  it('goes on by cursor to its end, without a gap or a double', async () => {
    for (const query of ['', 'status=completed&status=queued&status=cancelled&status=failed']) {
      const all = await found(query);
      const seen: number[] = [];
      let cursor: string | null = null;
      do {
        const from: string = cursor === null ? '' : `&cursor=${cursor}`;
        const { body } = await api.call(`${JOBS}?limit=2&${query}${from}`);
        for (const job of body.items) seen.push(ids.indexOf(job.job_id));
        expect(body.total).toBe(all.length);
        expect(body.has_more).toBe(body.next_cursor !== null);
        cursor = body.next_cursor;
      } while (cursor !== null);
      expect(seen).toEqual(all);
    }
  });

  it('can begin anywhere', async () => {
    expect(await found('limit=3&offset=2')).toEqual([6, 5, 4]);
    expect(await found('offset=8')).toEqual([0]);
    expect(await found('offset=500')).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=ten',
    'limit=1e1',
    'limit=1&limit=2',
    'limit=',
    'offset=-1',
    'offset=99999999999999999999',
    'status=done',
    'status=',
    'created_after=yesterday',
    'created_after=2026-01-01',
    'cursor=x',
    'cursor=W10',
    'cursor=WyJ4Il0&offset=1',
    'metadata=x',
    'metadata.=x',
    'colour=red',
  ])('is refused with %s', async (query) => {
    const { status, body } = await api.call(`${JOBS}?${query}`);
    expect([status, body.error_code]).toEqual([400, 'validation_failed']);
  });

  it('counts exactly to ten thousand and then estimates', async () => {
    const many = await startOwnApi();
    await addLive(many.pool, { name: 'pattern' });
    await many.pool.query(`
      insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by,
        input, created_at, status, claim_key, wake_at)
      select gen_random_uuid(), plan_hash, owner, kind, 'many', job_type, priority, triggered_by,
        input, created_at, status, claim_key, wake_at
      from run_live, generate_series(1, 12000)`);
    await many.pool.query('analyze run_live');
    const { body } = await many.call(JOBS);
    expect(body.total_is_estimate).toBe(true);
    expect(body.total).toBeGreaterThan(10_000);
    expect(body.total).toBeLessThan(20_000);
    expect((await many.call(`${JOBS}?name=pattern`)).body).toMatchObject({ total: 1 });
  });
});
