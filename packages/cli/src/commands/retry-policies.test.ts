import type { StoredRetryPolicy } from '@tenuto/contract';
import { afterAll, describe, expect, it, test } from 'vitest';
import { call, cleanUp, fileOf } from '../../test/call.ts';
import { ok, page, problem } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

function samplePolicy(over: Partial<StoredRetryPolicy> = {}): StoredRetryPolicy {
  return {
    policy_id: ID,
    name: 'patient',
    description: null,
    policy: { strategy: 'linear_backoff', max_attempts: 8 },
    applicable_job_types: ['import'],
    version: 2,
    schema_version: 1,
    owner: 'ana',
    created_at: '2026-01-15T09:30:00.000Z',
    updated_at: '2026-01-16T09:30:00.000Z',
    updated_by: 'ana',
    success_rate: null,
    average_attempts: null,
    counts: { runs: 0, nodes: 0, completed: 0, attempts: 0, retried: 0, recovered: 0 },
    ...over,
  };
}
const used = samplePolicy({
  success_rate: 0.9333,
  average_attempts: 1.5333,
  counts: { runs: 3, nodes: 15, completed: 14, attempts: 23, retried: 6, recovered: 5 },
});

afterAll(cleanUp);

const LIST = 'GET /retry-policies';
const ONE = 'GET /retry-policies/*';

describe('retry policies', () => {
  it('are listed with what came of them', async () => {
    const { out, asked } = await call(
      ['retry-policies', 'ls', '-t', 'import', '-n', 'patient', '--limit', '5'],
      { [LIST]: page([used, samplePolicy({ version: 1 })]) },
    );
    expect(out).toBe(
      [
        'POLICY                                NAME     VERSION  JOB TYPES  NODES  SUCCESS  ATTEMPTS',
        `${ID}  patient  2        import     15     93.3%    1.53`,
        `${ID}  patient  1        import     0`,
        '',
      ].join('\n'),
    );
    expect(asked[0]?.query).toEqual({ job_type: 'import', name: 'patient', limit: '5' });
  });

  it('may be none, and a limit is a number', async () => {
    const none = await call(['retry-policies', 'ls'], { [LIST]: page([]) });
    expect(none.out).toBe('Nothing found.\n');
    const wrong = await call(['retry-policies', 'ls', '-l', 'all']);
    expect([wrong.exitCode, wrong.err]).toEqual([EXIT.usage, expect.stringContaining('"all"')]);
  });

  it('are shown one by one', async () => {
    const { out } = await call(['retry-policies', 'show', ID], {
      [ONE]: ok({ ...used, description: 'for slow services' }),
    });
    expect(out).toContain('patient, version 2\n');
    expect(out).toContain('  about      for slow services\n');
    expect(out).toContain('  used       15 nodes of 3 runs, 1.53 attempts each\n');
    expect(out).toContain('  success    93.3%: 14 of 15 completed\n');
    expect(out).toContain('  retried    5 of 6 nodes of several attempts completed\n');
    expect(out).toContain('"strategy": "linear_backoff"');
  });

  it('are shown without measures before they are used, and as JSON', async () => {
    const fresh = await call(['retry-policies', 'show', ID], { [ONE]: ok(samplePolicy()) });
    expect(fresh.out).not.toMatch(/used|success|about/);
    const json = await call(['retry-policies', 'show', ID, '--json'], { [ONE]: ok(used) });
    expect(JSON.parse(json.out)).toEqual(used);
  });

  it('are found by their name', async () => {
    const { out, asked } = await call(['retry-policies', 'show', 'patient'], {
      [LIST]: page([used]),
    });
    expect(out).toContain('patient, version 2');
    expect(asked[0]?.query).toEqual({ name: 'patient', limit: '2' });
  });

  test.each([
    [[], EXIT.refused, 'There is no retry policy "patient".'],
    [
      [used, samplePolicy({ owner: 'bob' })],
      EXIT.usage,
      'Several owners have a policy "patient"; say its id.',
    ],
  ])('of which there are %# times two by a name are none', async (items, code, said) => {
    const { exitCode, err } = await call(['retry-policies', 'rm', 'patient'], {
      [LIST]: page(items),
    });
    expect([exitCode, err]).toEqual([code, `${said}\n`]);
  });

  it('show their versions, by id even when they are deleted', async () => {
    const versions = {
      'GET /retry-policies/*/versions': page([used, samplePolicy({ version: 1 })]),
    };
    const byId = await call(['retry-policies', 'show', ID, '--versions'], versions);
    expect(byId.out).toContain('patient  2 ');
    expect(byId.asked.map(({ path }) => path)).toEqual([`/retry-policies/${ID}/versions`]);
    const byName = await call(['retry-policies', 'show', 'patient', '--versions'], {
      ...versions,
      [LIST]: page([used]),
    });
    expect(byName.out).toBe(byId.out);
  });

  it('are deleted by id or name', async () => {
    const { out, asked } = await call(['retry-policies', 'rm', 'patient'], {
      [LIST]: page([used]),
      'DELETE /retry-policies/*': ok(used),
    });
    expect(out).toBe('Deleted patient, version 2.\n');
    expect(asked[1]).toMatchObject({ method: 'DELETE', path: `/retry-policies/${ID}` });
  });
});

describe('a policy file', () => {
  const made = { 'POST /retry-policies': { status: 201, body: samplePolicy() } };

  it('is sent as it is, named for its file unless it says a name', async () => {
    const path = fileOf(
      'policy:\n  max_attempts: 8\napplicable_job_types: [import]\n',
      'slow.yaml',
    );
    const { out, asked, exitCode } = await call(['retry-policies', 'create', path], made);
    expect([exitCode, out]).toEqual([EXIT.ok, `${ID}  patient, version 2\n`]);
    expect(asked[0]?.body).toEqual({
      name: 'slow',
      policy: { max_attempts: 8 },
      applicable_job_types: ['import'],
    });
    expect(asked[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('may be JSON on standard input, with a name and a key of the command line', async () => {
    const stdin = '{"name": "a", "policy": {}}';
    const { asked } = await call(
      ['retry-policies', 'create', '-', '--name', 'b', '--idempotency-key', 'k'],
      made,
      { stdin },
    );
    expect(asked[0]).toMatchObject({ body: { name: 'b', policy: {} } });
    expect(asked[0]?.headers['idempotency-key']).toBe('k');
  });

  it('is shown where the server finds something wrong', async () => {
    const path = fileOf('name: x\npolicy:\n  max_attempts: 12\n', 'wrong.yaml');
    const { exitCode, err } = await call(['retry-policies', 'create', path], {
      'POST /retry-policies': problem('validation_failed', 'It is wrong.', [
        { path: '/policy/max_attempts', message: 'must be <= 11', value: 12 },
      ]),
    });
    expect(exitCode).toBe(EXIT.usage);
    expect(err).toMatch(/wrong\.yaml:3:17.*max_attempts must be <= 11/s);
    expect(err).toContain('  max_attempts: 12');
  });

  test.each([
    ['just a text', 'A retry policy is an object'],
    ['- 1\n', 'A retry policy is an object'],
    ['policy: [', ''],
  ])('of %j is none', async (text, said) => {
    const { exitCode, err } = await call(['retry-policies', 'create', fileOf(text, 'none.yaml')]);
    expect(exitCode).toBe(EXIT.usage);
    expect(err).toContain(said);
  });

  it('that cannot be read is told of', async () => {
    const { exitCode, err } = await call(['retry-policies', 'create', '/nowhere/x.yaml']);
    expect([exitCode, err]).toEqual([EXIT.usage, expect.stringContaining('there is no such file')]);
  });
});
