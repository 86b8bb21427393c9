import { testIdOf } from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ANN,
  BOB,
  openTestDesk,
  PAGE,
  reported,
  type TestDesk,
  testNamed,
} from './test-desk.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await openTestDesk();
});
afterAll(() => desk?.close());

const history = async (name: string) => {
  const { testId } = await testNamed(desk, name);
  return (await desk.tests.history(ANN, testId, PAGE)).items;
};

describe('results of tests', () => {
  it('come back as they were stored, with the branch and the commit of their job', async () => {
    const run = await desk.run({ branch: 'main', commit: 'c0ffee' });
    const at = Date.now();
    const failed = { status: 'failed', durationMs: 12.4, message: 'no', file: 'a.ts' } as const;
    await desk.put(run, [reported('first'), reported('second', failed)], { at });
    expect(await history('second')).toEqual([
      {
        ...{ runId: run.text, nodeId: 'unit', attempt: 1, position: 1, at, status: 'failed' },
        ...{ flaky: false, quarantined: false, durationMs: 12, message: 'no' },
        ...{ branch: 'main', commit: 'c0ffee' },
      },
    ]);
    expect(await testNamed(desk, 'second')).toMatchObject({
      ...{ suite: 'unit', classname: 'Cart', file: 'a.ts', lastStatus: 'failed', lastAt: at },
      ...{ lastFailure: { runId: run.text, at, message: 'no' }, lastRunId: run.text },
      ...{ runs: 1, failures: 1, passRate: 0, p50Ms: 12, p95Ms: 12, version: 1 },
    });
  });

  it('change nothing when they are stored again, whole or in parts', async () => {
    const run = await desk.run();
    const results = [reported('again'), reported('broken again', { status: 'failed' })];
    await desk.put(run, results);
    const before = await testNamed(desk, 'again');
    await desk.put(run, results, { at: Date.now() + 5_000 });
    await desk.put(run, results.slice(0, 1));
    expect(await testNamed(desk, 'again')).toEqual(before);
    expect(await testNamed(desk, 'broken again')).toMatchObject({ runs: 1, failures: 1 });
    expect(await history('again')).toHaveLength(1);
  });

  it('are a flaky pass after a failed attempt of the same run, and a clean one elsewhere', async () => {
    const run = await desk.run();
    await desk.put(run, [reported('shaky', { status: 'error' }), reported('firm')]);
    await desk.put(run, [reported('shaky'), reported('firm')], { attempt: 2 });
    expect(await testNamed(desk, 'shaky')).toMatchObject({
      ...{ lastStatus: 'passed', lastFlaky: true, cleanPasses: 0, flakyPasses: 1, errors: 1 },
    });
    expect(await testNamed(desk, 'firm')).toMatchObject({
      ...{ lastFlaky: false, cleanPasses: 2, flakyPasses: 0, flakeScore: 0 },
    });
    await desk.put(await desk.run(), [reported('shaky')]);
    const shaky = await testNamed(desk, 'shaky');
    expect(shaky).toMatchObject({ lastFlaky: false, cleanPasses: 1, flakyPasses: 1 });
    expect(shaky.flakeScore).toBeGreaterThan(0.05);
    expect((await history('shaky')).map(({ status, flaky }) => [status, flaky])).toEqual([
      ['passed', false],
      ['passed', true],
      ['error', false],
    ]);
  });

  it('are a flaky pass when the report itself says so', async () => {
    await desk.put(await desk.run(), [reported('rerun', { flaky: true })]);
    expect(await testNamed(desk, 'rerun')).toMatchObject({ lastFlaky: true, flakyPasses: 1 });
  });

  it('of one name in one report are tests of their own, in the order of the report', async () => {
    const twice = [reported('twin'), reported('twin', { status: 'failed' })];
    await desk.put(await desk.run(), twice);
    const { items } = await desk.tests.list(
      ANN,
      { filter: { name: 'twin' }, order: 'last_failure' },
      PAGE,
    );
    expect(items.map(({ testId, lastStatus }) => [testId, lastStatus])).toEqual([
      [testIdOf('ann', reported('twin'), 2), 'failed'],
      [testIdOf('ann', reported('twin')), 'passed'],
    ]);
  });

  it('that were skipped count, and say nothing of durations or shares', async () => {
    await desk.put(await desk.run(), [reported('left out', { status: 'skipped', durationMs: 0 })]);
    expect(await testNamed(desk, 'left out')).toMatchObject({
      ...{ lastStatus: 'skipped', runs: 1, skips: 1, passRate: null, p50Ms: null, p95Ms: null },
      lastFailure: null,
    });
  });

  it('that come late count, and do not pass for the last ones', async () => {
    const [older, newer] = [await desk.run(), await desk.run()];
    const at = Date.now();
    await desk.put(newer, [reported('late')], { at });
    await desk.put(older, [reported('late', { status: 'failed' })], { at: at - 60_000 });
    expect(await testNamed(desk, 'late')).toMatchObject({
      ...{ lastStatus: 'passed', lastRunId: newer.text, lastAt: at, runs: 2 },
      lastFailure: { runId: older.text, at: at - 60_000 },
    });
  });

  it('are told from those of another owner, whose test is another one', async () => {
    const run = await desk.run();
    await desk.put(run, [reported('shared name')], { owner: 'bob' });
    await desk.put(await desk.run(), [reported('shared name', { status: 'failed' })]);
    const bobs = await testNamed(desk, 'shared name', BOB);
    expect(bobs.lastStatus).toBe('passed');
    expect((await testNamed(desk, 'shared name')).lastStatus).toBe('failed');
    expect(await desk.tests.find(ANN, bobs.testId)).toBeUndefined();
    expect((await desk.tests.history(ANN, bobs.testId, PAGE)).items).toEqual([]);
    expect((await desk.tests.history(ADMIN, bobs.testId, PAGE)).items).toHaveLength(1);
  });

  it('of attempts that end at once are all counted, whatever order they are in', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `crowd ${i}`);
    const runs = [];
    for (let i = 0; i < 8; i += 1) runs.push(await desk.run());
    await Promise.all(
      runs.map((run, i) => {
        const order = i % 2 === 0 ? names : names.toReversed();
        return desk.put(
          run,
          order.map((name) => reported(name)),
        );
      }),
    );
    for (const name of names) {
      expect(await testNamed(desk, name)).toMatchObject({ runs: 8, cleanPasses: 8 });
    }
  });

  it('are as many as a report may have, and their durations fit', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) =>
      reported(`case ${i}`, { suite: 'large', durationMs: 1e12 }),
    );
    await desk.put(await desk.run(), many);
    const { items, total } = await desk.tests.list(
      ANN,
      { filter: { suite: 'large' }, order: 'duration' },
      PAGE,
    );
    expect(total).toBe(2_000);
    expect(items[0]?.p95Ms).toBe(2_147_483_647);
  });
});

describe('the history of a test', () => {
  it('goes from the newest run to the oldest, page by page', async () => {
    const hour = 3_600_000;
    const runs = [];
    for (let i = 0; i < 5; i += 1) runs.push(await desk.run({}, Date.now() - (5 - i) * hour));
    for (const run of runs.toReversed()) await desk.put(run, [reported('paged')]);
    const { testId } = await testNamed(desk, 'paged');
    const seen: string[] = [];
    let after: Awaited<ReturnType<typeof desk.tests.history>>['items'][number] | undefined;
    for (;;) {
      const page = await desk.tests.history(ANN, testId, {
        limit: 2,
        offset: 0,
        ...(after && { after }),
      });
      seen.push(...page.items.map(({ runId }) => runId));
      expect(page.total).toBe(5);
      after = page.items.at(-1);
      if (!page.hasMore) break;
    }
    expect(seen).toEqual(runs.map(({ text }) => text).toReversed());
  });

  it('is read by an index, partition by partition', async () => {
    const plan = await desk.ask<{ 'QUERY PLAN': string }>(
      `explain select * from test_results r where r.test_id = $1
       order by r.run_id desc, r.attempt desc, r.node_id desc, r.position desc limit 20`,
      ['6f3a1b2c-7c3d-8e4f-8a5b-6c7d8e9f0a1b'],
    );
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toMatch(/Index Scan Backward using test_results_\d+_test_id_run_id_idx/);
    expect(text).not.toMatch(/Seq Scan/);
  });
});

describe('the tests of a run', () => {
  it('are told once each by their last result, what failed first', async () => {
    const run = await desk.run();
    await desk.put(run, [
      reported('good'),
      reported('mended', { status: 'failed' }),
      reported('bad', { status: 'failed', message: 'no' }),
      reported('left out', { status: 'skipped' }),
    ]);
    await desk.put(
      run,
      [reported('mended'), reported('bad', { status: 'error', message: 'worse' })],
      {
        attempt: 2,
      },
    );
    const of = (filter: object) => desk.tests.ofRun({ runId: run.text, filter }, PAGE);
    const { items, counts } = await of({});
    expect(items.map(({ name, status, attempt, flaky }) => [name, status, attempt, flaky])).toEqual(
      [
        ['bad', 'error', 2, false],
        ['mended', 'passed', 2, true],
        ['good', 'passed', 1, false],
        ['left out', 'skipped', 1, false],
      ],
    );
    expect(counts).toMatchObject({
      total: 4,
      passed: 2,
      failed: 0,
      error: 1,
      skipped: 1,
      flaky: 1,
    });
    expect((await of({ statuses: ['error'] })).items.map(({ message }) => message)).toEqual([
      'worse',
    ]);
    expect((await of({ flaky: false, nodeId: 'unit' })).total).toBe(3);
    const [first] = items;
    if (first === undefined) throw new Error('There is no first one.');
    const next = await desk.tests.ofRun(
      { runId: run.text, filter: {} },
      { ...PAGE, limit: 2, after: first },
    );
    expect([next.items.map(({ name }) => name), next.hasMore]).toEqual([['mended', 'good'], true]);
  });
});
