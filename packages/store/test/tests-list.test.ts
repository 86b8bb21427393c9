import type { TestFilter, TestKey, TestOrder, TestRecord } from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_COLUMNS, TEST_FROM } from '../src/queries/test-row.ts';
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

const AUDIT = { actor: 'ann', action: 'test.edited', subject: 't', details: {} };
const HOUR_MS = 3_600_000;

let desk: TestDesk;
beforeAll(async () => {
  desk = await openTestDesk();
  const now = Date.now();
  const put = async (hoursAgo: number, tests: Parameters<TestDesk['put']>[1], owner = 'ann') =>
    desk.put(await desk.run(), tests, { at: now - hoursAgo * HOUR_MS, owner });
  await put(4, [
    reported('slow', { durationMs: 900 }),
    reported('quick', { durationMs: 3 }),
    reported('broken', { status: 'failed', durationMs: 50 }),
    reported('broken long ago', { status: 'error', durationMs: 60 }),
    reported('100% done_', { suite: 'other' }),
    reported('100 others', { suite: 'other' }),
    reported('not run', { suite: 'other', status: 'skipped' }),
  ]);
  await put(3, [reported('broken', { status: 'failed', durationMs: 50 })]);
  await put(3, [reported('broken long ago', { durationMs: 60 })]);
  await put(2, [reported('flips', { flaky: true, durationMs: 20 })]);
  await put(2, [reported('of bob', { durationMs: 400 })], 'bob');
});
afterAll(() => desk?.close());

async function names(filter: TestFilter = {}, order: TestOrder = 'flake_score') {
  const { items } = await desk.tests.list(ANN, { filter, order }, PAGE);
  return items.map(({ name }) => name);
}

describe('a list of tests', () => {
  it('has the flakiest first, the slowest first, or what failed last first', async () => {
    expect((await names())[0]).toBe('flips');
    expect((await names({}, 'duration')).slice(0, 3)).toEqual([
      'slow',
      'broken long ago',
      'broken',
    ]);
    expect((await names({}, 'last_failure')).slice(0, 2)).toEqual(['broken', 'broken long ago']);
  });

  it('has the last results of each that ran, newest first', async () => {
    expect((await testNamed(desk, 'broken long ago')).recent).toMatchObject([
      { status: 'passed', flaky: false, durationMs: 60 },
      { status: 'error', flaky: false, durationMs: 60 },
    ]);
    expect((await testNamed(desk, 'not run')).recent).toEqual([]);
  });

  it('shows those of its caller, and all of them to an administrator', async () => {
    expect(await names()).toHaveLength(8);
    const bobs = await desk.tests.list(BOB, { filter: {}, order: 'duration' }, PAGE);
    expect(bobs.items.map(({ name }) => name)).toEqual(['of bob']);
    const all = await desk.tests.list(ADMIN, { filter: {}, order: 'duration' }, PAGE);
    expect(all.total).toBe(9);
  });

  it.each<[string, TestFilter, string[]]>([
    ['suite', { suite: 'other' }, ['100 others', '100% done_', 'not run']],
    ['name', { name: 'slow' }, ['slow']],
    ['beginning of a name', { namePrefix: '100% done_' }, ['100% done_']],
    ['last status', { statuses: ['failed', 'skipped'] }, ['broken', 'not run']],
    ['flakiness', { flaky: true }, ['flips']],
    ['two of them', { suite: 'unit', statuses: ['failed'], flaky: false }, ['broken']],
    ['quarantine', { quarantined: true }, []],
    ['who is in charge', { inCharge: 'nobody' }, []],
  ])('is narrowed by %s', async (_, filter, wanted) => {
    expect((await names(filter)).toSorted()).toEqual(wanted);
  });

  it.each<TestOrder>([
    'flake_score',
    'duration',
    'last_failure',
  ])('goes on behind the last test of a page, by %s', async (order) => {
    const key = (test: TestRecord): TestKey => ({
      testId: test.testId,
      value: {
        flake_score: test.flakeScore,
        duration: test.p95Ms ?? 0,
        last_failure: test.lastFailure?.at ?? 0,
      }[order],
    });
    const seen: string[] = [];
    let after: TestKey | undefined;
    for (let more = true; more; ) {
      const page = { limit: 3, offset: 0, ...(after && { after }) };
      const { items, hasMore } = await desk.tests.list(ANN, { filter: {}, order }, page);
      seen.push(...items.map(({ name }) => name));
      const last = items.at(-1);
      after = last && key(last);
      more = hasMore;
    }
    expect(seen).toEqual(await names({}, order));
    expect(new Set(seen).size).toBe(8);
  });
});

describe('a change of a test', () => {
  it('names who is in charge, and takes that back', async () => {
    const { testId, version } = await testNamed(desk, 'quick');
    const edit = { testId, audit: AUDIT };
    expect(await desk.tests.edit(ANN, { ...edit, version, inCharge: 'team-a' })).toBe('edited');
    expect(await desk.tests.edit(ANN, { ...edit, version, inCharge: 'team-b' })).toBe('stale');
    const after = await testNamed(desk, 'quick');
    expect(after).toMatchObject({ inCharge: 'team-a', version: version + 1 });
    expect(await names({ inCharge: 'team-a' })).toEqual(['quick']);
    expect(await desk.tests.edit(ANN, { ...edit, inCharge: null })).toBe('edited');
    expect(await testNamed(desk, 'quick')).toMatchObject({ inCharge: null });
  });

  it('puts it into quarantine, for good or until a time', async () => {
    const { testId } = await testNamed(desk, 'flips');
    const until = Date.now() + HOUR_MS;
    const set = (quarantine: { reason: string; until: number | null; by: string } | null) =>
      desk.tests.edit(ANN, { testId, quarantine, audit: AUDIT });
    await set({ reason: 'a port', until, by: 'ann' });
    const { quarantine } = await testNamed(desk, 'flips');
    expect(quarantine).toMatchObject({ reason: 'a port', until, by: 'ann' });
    expect(quarantine?.at).toBeGreaterThan(until - 2 * HOUR_MS);
    await set({ reason: 'for good', until: null, by: 'ann' });
    expect((await testNamed(desk, 'flips')).quarantine).toMatchObject({ until: null });
    expect(await names({ quarantined: true })).toEqual(['flips']);
    expect(await names({ quarantined: false })).toHaveLength(7);
    expect([...(await desk.tests.memory.quarantined('ann'))]).toEqual([testId]);
    expect((await desk.tests.memory.quarantined('bob')).size).toBe(0);
    await set(null);
    expect((await testNamed(desk, 'flips')).quarantine).toBeNull();
  });

  it('leaves nothing of a quarantine that is over', async () => {
    const { testId } = await testNamed(desk, 'slow');
    const quarantine = { reason: 'over', until: Date.now() - 1, by: 'ann' };
    await desk.tests.edit(ANN, { testId, quarantine, audit: AUDIT });
    expect((await testNamed(desk, 'slow')).quarantine).toBeNull();
    expect(await names({ quarantined: true })).toEqual([]);
    expect((await desk.tests.memory.quarantined('ann')).size).toBe(0);
  });

  it('is not for somebody else, and writes its audit row only when it is made', async () => {
    const { testId } = await testNamed(desk, 'broken');
    const audit = { ...AUDIT, subject: testId };
    expect(await desk.tests.edit(BOB, { testId, inCharge: 'b', audit })).toBe('missing');
    expect(await desk.tests.edit(ANN, { testId, version: 99, inCharge: 'b', audit })).toBe('stale');
    const count = async () =>
      (await desk.ask('select 1 from audit where subject = $1', [testId])).length;
    expect(await count()).toBe(0);
    expect(await desk.tests.edit(ADMIN, { testId, inCharge: 'b', audit })).toBe('edited');
    expect(await count()).toBe(1);
  });

  it('stays when results come in', async () => {
    const { testId } = await testNamed(desk, 'quick');
    await desk.tests.edit(ANN, { testId, inCharge: 'team-a', audit: AUDIT });
    const { version } = await testNamed(desk, 'quick');
    await desk.put(await desk.run(), [reported('quick')]);
    expect(await testNamed(desk, 'quick')).toMatchObject({ inCharge: 'team-a', version, runs: 2 });
  });
});

describe('what actions ask', () => {
  it('which tests a suite has had lately, and what they take', async () => {
    const known = await desk.tests.memory.known('ann', 'other');
    expect(known.map(({ name, durationMs }) => [name, durationMs]).toSorted()).toEqual([
      ['100 others', 10],
      ['100% done_', 10],
      ['not run', null],
    ]);
    const old = Date.now() - 30 * 24 * HOUR_MS;
    await desk.put(await desk.run(), [reported('gone', { suite: 'other' })], { at: old });
    expect(await desk.tests.memory.known('ann', 'other')).toHaveLength(3);
    expect(await desk.tests.memory.known('bob', 'other')).toEqual([]);
  });

  it('what the tests of a node came to in its earlier attempts, each the last time', async () => {
    const run = await desk.run();
    await desk.put(run, [reported('one', { status: 'failed' }), reported('two', { file: 'b' })]);
    await desk.put(run, [reported('one')], { attempt: 2 });
    await desk.put(run, [reported('elsewhere')], { nodeId: 'another' });
    // An engine that died in the middle of storing what an attempt came to.
    await desk.put(run, [reported('two', { status: 'failed' })], { attempt: 3, total: 2 });
    const of = { owner: 'ann', runId: run.text, nodeId: 'unit', fromAttempt: 1 };
    const earlier = await desk.tests.memory.earlier(of);
    expect(earlier).toMatchObject([
      { name: 'one', status: 'passed', durationMs: 10, file: null },
      { name: 'two', status: 'passed', file: 'b' },
    ]);
    expect(await desk.tests.memory.earlier({ ...of, owner: 'bob' })).toEqual([]);
    // What came before the node was begun anew is of no use.
    const anew = await desk.tests.memory.earlier({ ...of, fromAttempt: 2 });
    expect(anew.map(({ name }) => name)).toEqual(['one']);
  });

  it('which tests of a run failed for good, those in quarantine left out', async () => {
    const run = await desk.run();
    await desk.put(run, [
      reported('mended', { status: 'failed' }),
      reported('broken for good', { status: 'error', file: 'x.ts' }),
      reported('known to be bad', { status: 'failed', quarantined: true }),
      reported('fine'),
    ]);
    await desk.put(run, [reported('mended')], { attempt: 2 });
    const of = { runId: run.text, limit: 10 };
    const wanted = { nodeId: 'unit', suite: 'unit', classname: 'Cart', name: 'broken for good' };
    expect(await desk.tests.failed(ANN, of)).toEqual([{ ...wanted, file: 'x.ts' }]);
    expect(await desk.tests.failed(BOB, of)).toEqual([]);
    expect(await desk.tests.failed(ADMIN, { ...of, limit: 0 })).toEqual([]);
  });
});

describe('a list among many tests', () => {
  it('is read by an index, whatever it is ordered by', async () => {
    await desk.ask(
      `insert into tests (test_id, owner, suite, report_suite, classname, name, occurrence, last_at,
         last_run, flake_score, p95_ms, p50_ms, last_failed_at)
       select uuid_v7(), 'owner ' || i % 4, 'suite ' || i % 50, '', '', 'test ' || i, 1, now(),
         uuid_v7(), random(), i, i, now() - i * interval '1 second'
       from generate_series(1, 20000) i`,
    );
    await desk.ask('analyze tests');
    for (const column of ['flake_score', 'p95_ms', 'last_failed_at']) {
      for (const owner of ["t.owner = 'owner 1'", 'true']) {
        const plan = await desk.ask<{ 'QUERY PLAN': string }>(
          `explain select ${TEST_COLUMNS} from ${TEST_FROM} where ${owner}
           order by t.${column} desc, t.test_id desc limit 20`,
        );
        const text = plan.map((row) => row['QUERY PLAN']).join('\n');
        expect(text).toMatch(/Index Scan Backward using tests_/);
        expect(text).not.toMatch(/Sort/);
      }
    }
  });
});
