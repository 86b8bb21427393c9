import { type Test, TestEntrySchema, TestResultSchema, TestSchema } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf } from '../../test/call.ts';
import { type Answers, ok, page, problem } from '../../test/pretend-api.ts';
import { at, sampleJob } from '../../test/samples.ts';
import { EXIT } from '../exit-code.ts';

afterAll(cleanUp);

/** The example that a schema of the contract carries. */
function exampleOf(schema: object): Record<string, unknown> {
  const examples: unknown = Reflect.get(schema, 'examples');
  return { ...Object(Array.isArray(examples) ? examples[0] : undefined) };
}

const test = (over: Partial<Test> = {}) => ({ ...exampleOf(TestSchema), ...over });
const ROOT = '/api/v1/tests';
const ID = '6f3a1b2c-7c3d-8e4f-8a5b-6c7d8e9f0a1b';

describe('tests', () => {
  it('are listed with what they last came to, and marked when they are not to be trusted', async () => {
    const steady = test({
      ...{ name: 'steady', suite: 's', classname: 's', quarantine: null, owner: null },
      ...{ last_status: 'failed', last_flaky: false, flake_score: 0, flaky: false },
      ...{ pass_rate: null, duration_p95_ms: null },
    });
    const { out, asked } = await call(
      ['tests', 'ls', '--suite', 'shop-unit', '-s', 'failed', '--flaky', '--sort', 'duration'],
      { [`GET ${ROOT}`]: page([test(), steady]) },
    );
    const [head, first, second] = out.split('\n');
    expect(head).toMatch(/^TEST +NAME +LAST +FLAKES +PASSES +P95 +OWNER/);
    expect(first).toMatch(/shop-unit::src\/cart\.test\.ts::a cart costs what its items cost/);
    expect(first).toMatch(/~ flaky pass +0\.25 +96% +40 ms +team-shop +quarantined$/);
    expect(second).toMatch(/s::steady +✗ failed +0\.00$/);
    expect(asked[0]?.query).toEqual({
      ...{ suite: 'shop-unit', status: 'failed', flaky: 'true', sort: 'duration', limit: '20' },
    });
  });

  it.each([
    [['ls', '--sort', 'name'], 'Tests are sorted by flake_score, duration, last_failure'],
    [['ls', '--limit', 'all'], 'A limit is a number'],
    [['quarantine', ID], 'A quarantine has a --reason'],
    [['quarantine', ID, '--reason', 'x', '--end'], '--end takes a test out of it'],
    [['catalogue', 'ls', '--kind', 'test'], 'An entry is a suite or a case'],
    [['catalogue', 'put', '/nope.yaml'], 'there is no such file'],
    [['catalogue', 'nothing'], "unknown command 'nothing'"],
  ])('refuse %j', async (args, said) => {
    const { exitCode, err, asked } = await call(['tests', ...args]);
    expect([exitCode, asked]).toEqual([EXIT.usage, []]);
    expect(err).toContain(said);
  });

  it('have a history', async () => {
    const result = { ...exampleOf(TestResultSchema), message: 'expected\n600' };
    const { out } = await call(['tests', 'history', ID], {
      [`GET ${ROOT}/*/history`]: page([result]),
    });
    expect(out).toMatch(/2026-01-15T09:30:00\.120Z +~ flaky pass +12 ms +0199a1b2/);
    expect(out).toMatch(/shop-unit #2 +main 3f0c2d1e +expected.600/);
  });

  it('are found by the name that lists and messages print', async () => {
    const named = test({ test_id: ID, suite: 's', classname: 'c', name: 'adds::twice' });
    const other = test({ suite: 's', classname: 'other', name: 'adds::twice' });
    const answers: Answers = {
      [`GET ${ROOT}`]: ({ query }) => page(query.name === 'adds::twice' ? [named, other] : []),
      [`GET ${ROOT}/*/history`]: page([]),
      [`PATCH ${ROOT}/*`]: ok(named),
    };
    const { asked } = await call(['tests', 'history', 's::c::adds::twice'], answers);
    expect(asked.at(-1)?.path).toBe(`${ROOT}/${ID}/history`);
    const put = await call(['tests', 'quarantine', 's::c::adds::twice', '-r', 'x'], answers);
    expect(put.asked.at(-1)?.path).toBe(`${ROOT}/${ID}`);
  });

  it('are not guessed where no test has the name, or several have it', async () => {
    const twin = test({ test_id: ID, name: 'a', suite: 's', classname: 's' });
    const answers: Answers = {
      [`GET ${ROOT}`]: ({ query }) => page(query.name === 'a' ? [twin, twin] : []),
    };
    const none = await call(['tests', 'history', 's::b'], answers);
    expect([none.exitCode, none.err]).toEqual([
      EXIT.refused,
      expect.stringContaining('There is no test "s::b".'),
    ]);
    const several = await call(['tests', 'history', 's::a'], answers);
    expect(several.exitCode).toBe(EXIT.usage);
    expect(several.err).toContain(`say the id: ${ID}`);
  });

  it('go into quarantine and out of it', async () => {
    const answers: Answers = { [`PATCH ${ROOT}/*`]: ok(test()) };
    const now = () => Date.parse('2026-01-18T00:00:00.000Z');
    const days = ['tests', 'quarantine', ID, '--reason', 'a port', '--until', '14d'];
    const { out, asked } = await call(days, answers, { now });
    expect(out).toContain('is in quarantine until 2026-02-01T00:00:00.000Z: waits for a port');
    expect(asked[0]?.body).toEqual({
      quarantine: { reason: 'a port', until: '2026-02-01T00:00:00.000Z' },
    });
    const good = await call(['tests', 'quarantine', ID, '--reason', 'a port'], {
      [`PATCH ${ROOT}/*`]: ok(
        test({ quarantine: { reason: 'r', until: null, by: 'a', at: '2026-01-15T09:30:00.000Z' } }),
      ),
    });
    expect(good.out).toContain('in quarantine for good: r');
    const end = await call(['tests', 'quarantine', ID, '--end'], {
      [`PATCH ${ROOT}/*`]: ok(test({ quarantine: null })),
    });
    expect(end.out).toContain('counts again.');
    expect(end.asked[0]?.body).toEqual({ quarantine: null });
  });

  it('that failed make a job', async () => {
    const job = sampleJob({ job_name: 'nightly (failed tests)', status: 'queued' });
    const answers: Answers = { 'POST /job/*/rerun-failed-tests': { status: 202, body: job } };
    const { out, asked } = await call(['tests', 'rerun', 'j1', '--idempotency-key', 'k'], answers);
    expect(out).toContain('nightly (failed tests)');
    expect(out).toContain(`Watch it: tenuto jobs watch ${job.job_id}`);
    expect(asked[0]?.headers['idempotency-key']).toBe('k');
    const none = await call(['tests', 'rerun', 'j1'], {
      'POST /job/*/rerun-failed-tests': problem('unprocessable', 'No test of this job failed.'),
    });
    expect([none.exitCode, none.err]).toEqual([
      EXIT.usage,
      expect.stringContaining('No test of this job failed.'),
    ]);
  });

  it('that failed may be watched while they run again', async () => {
    const done = sampleJob({ status: 'completed', completed_at: at(1), node_count: 0 });
    const { exitCode, asked } = await call(['tests', 'rerun', 'j1', '--watch'], {
      'POST /job/*/rerun-failed-tests': { status: 202, body: done },
      'GET /job/*': ok({ ...done, plan: { nodes: [] } }),
      'GET /job/*/nodes': page([]),
    });
    expect(exitCode).toBe(EXIT.ok);
    expect(asked[1]?.query).toEqual({ include: 'plan' });
  });
});

describe('the catalogue', () => {
  const entry = exampleOf(TestEntrySchema);

  it('is listed', async () => {
    const { out, asked } = await call(
      ['tests', 'catalogue', 'ls', '--kind', 'suite', '--suite', 's', '--owner', 'team-shop'],
      { [`GET ${ROOT}/catalogue`]: page([entry]) },
    );
    expect(out).toMatch(/shop-unit +suite +team-shop +npx vitest run/);
    expect(asked[0]?.query).toEqual({
      ...{ kind: 'suite', suite_id: 's', owner: 'team-shop', limit: '100' },
    });
  });

  it('shows an entry, and deletes it', async () => {
    const shown = await call(['tests', 'catalogue', 'get', 'shop-unit'], {
      [`GET ${ROOT}/catalogue/*`]: ok(entry),
    });
    expect(JSON.parse(shown.out)).toMatchObject({ id: 'shop-unit', shards: 4 });
    expect(shown.out).not.toContain('null');
    const gone = await call(['tests', 'catalogue', 'rm', 'shop-unit'], {
      [`DELETE ${ROOT}/catalogue/*`]: ok(entry),
    });
    expect(gone.out).toBe('suite shop-unit is deleted\n');
  });

  it('is filled from a file, entry by entry in its order', async () => {
    const file = fileOf(
      '- id: unit\n  kind: suite\n  command: [npm, test]\n- id: login\n  kind: case\n  suite_id: unit\n',
      'catalogue.yaml',
    );
    let version = 0;
    const { out, asked } = await call(['tests', 'catalogue', 'put', file], {
      [`PUT ${ROOT}/catalogue/*`]: ({ path }) => {
        version += 1;
        return ok({ ...entry, id: path.split('/').at(-1), version });
      },
    });
    expect(asked.map(({ path, body }) => [path, body])).toEqual([
      [`${ROOT}/catalogue/unit`, { kind: 'suite', command: ['npm', 'test'] }],
      [`${ROOT}/catalogue/login`, { kind: 'case', suite_id: 'unit' }],
    ]);
    expect(out).toBe('suite unit is registered\nsuite login is at version 2\n');
    const one = fileOf('{"id": "a", "kind": "suite"}', 'one.json');
    const single = await call(['tests', 'catalogue', 'put', one, '--json'], {
      [`PUT ${ROOT}/catalogue/*`]: ok(entry),
    });
    expect(JSON.parse(single.out).items).toHaveLength(1);
  });

  it('is not filled from a file that has no ids', async () => {
    for (const text of ['- kind: suite\n', '- id: a\n- nonsense\n', 'id: 7\n']) {
      const { exitCode, err, asked } = await call([
        ...['tests', 'catalogue', 'put', fileOf(text, 'bad.yaml')],
      ]);
      expect([exitCode, asked]).toEqual([EXIT.usage, []]);
      expect(err).toMatch(/bad\.yaml:\d+:\d+: An entry of the catalogue is an object with an "id"/);
    }
  });
});
