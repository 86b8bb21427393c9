import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf } from '../../test/call.ts';
import { type Answers, ok, problem } from '../../test/pretend-api.ts';
import { sampleJob } from '../../test/samples.ts';
import { EXIT } from '../exit-code.ts';

const job = sampleJob({ job_name: 'nightly', status: 'queued' });
const hello = 'nodes:\n  - id: hello\n    uses: transform.cel\n';

afterAll(cleanUp);

describe('run', () => {
  const taken: Answers = { 'POST /job': { status: 202, body: job } };

  it('submits a file under a key of its own', async () => {
    const { exitCode, out, asked } = await call(['run', fileOf(hello)], taken);
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toBe(
      `○ queued  nightly  ${job.job_id}\nWatch it: tenuto jobs watch ${job.job_id}\n`,
    );
    expect(asked[0]?.body).toEqual({
      job_name: 'job',
      dag_definition: { nodes: [{ id: 'hello', uses: 'transform.cel' }] },
    });
    expect(asked[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers with the job as a document', async () => {
    const { out } = await call(['run', fileOf(hello), '--json'], taken);
    expect(JSON.parse(out)).toEqual(job);
  });

  it('reads standard input', async () => {
    const { asked } = await call(['run', '-'], taken, { stdin: '{"nodes": [{"id": "a"}]}' });
    expect(asked[0]?.body).toEqual({ job_name: 'stdin', dag_definition: { nodes: [{ id: 'a' }] } });
  });

  it('takes the name, the key and parameters from the command line', async () => {
    const path = fileOf(`name: old\nexecution_context: {kept: 1, n: 1}\n${hello}`);
    const params = [
      'n=2',
      'flag=true',
      'version=1.10',
      'zip=007',
      'list=[1, "b"]',
      'text=a=b',
      'no=',
    ];
    const args = ['run', path, '-n', 'new', '--idempotency-key', 'k1'];
    const { asked } = await call([...args, ...params.flatMap((one) => ['-p', one])], taken);
    expect(asked[0]?.headers['idempotency-key']).toBe('k1');
    expect(asked[0]?.body).toMatchObject({
      job_name: 'new',
      execution_context: {
        kept: 1,
        n: 2,
        flag: true,
        version: '1.10',
        zip: '007',
        list: [1, 'b'],
        text: 'a=b',
        no: '',
      },
    });
    expect(asked[0]?.body).not.toHaveProperty('name');
  });

  it('refuses a parameter without a value', async () => {
    const { err, exitCode } = await call(['run', fileOf(hello), '-p', 'n'], taken);
    expect([exitCode, err]).toEqual([
      EXIT.usage,
      'A parameter is written key=value; "n" is not.\n',
    ]);
  });

  it('shows a mistake in the file at its line', async () => {
    const path = fileOf('nodes:\n  - id: a\n    id: b\n');
    const { exitCode, err } = await call(['run', path], taken);
    expect(exitCode).toBe(EXIT.usage);
    expect(err).toBe(
      `${path}:3:5: The key "id" stands here a second time.\n 3 |     id: b\n   |     ^\n`,
    );
  });

  it('shows what the server finds wrong at its line, and tells it as data', async () => {
    const path = fileOf('nodes:\n  - id: a\n    needs: [b]\n');
    const answers = {
      'POST /job': problem('invalid_plan', 'Node "a" needs "b", which is not there.', [
        { path: '/dag_definition/nodes/0/needs/0', message: 'there is no node "b"' },
      ]),
    };
    const { exitCode, err } = await call(['run', path], answers);
    expect(exitCode).toBe(EXIT.usage);
    expect(err.split('\n').slice(0, 3)).toEqual([
      `${path}:3:13: there is no node "b"`,
      ' 3 |     needs: [b]',
      '   |             ^',
    ]);
    const { out } = await call(['run', path, '--json'], answers);
    expect(JSON.parse(out)).toMatchObject({
      error: {
        error_code: 'invalid_plan',
        file: path,
        findings: [{ message: 'there is no node "b"', line: 3, column: 13 }],
      },
    });
  });

  it('shows ten mistakes and counts the others', async () => {
    const wrong = Array.from({ length: 14 }, (_, i) => ({ path: `/x${i}`, message: 'no' }));
    const { err } = await call(['run', fileOf(hello)], {
      'POST /job': problem('validation_failed', 'Wrong.', wrong),
    });
    expect(err).toContain('… and 4 more');
  });

  it('tells how to find out whether a job was taken when no answer comes', async () => {
    const { exitCode, err } = await call(['run', fileOf(hello), '--idempotency-key', 'k9'], {
      'POST /job': 'hang up',
    });
    expect(exitCode).toBe(EXIT.unreachable);
    expect(err).toContain('--idempotency-key k9 will find it again');
  });
});

describe('validate', () => {
  const answer = {
    valid: true,
    plan_hash: 'e3b0',
    node_count: 32,
    edge_count: 60,
    levels: [
      { level: 0, nodes: 1 },
      { level: 1, nodes: 30 },
      { level: 2, nodes: 1 },
    ],
    critical_path: ['checkout', 'build', 'deploy'],
    critical_path_length: 3,
    widest_level: { level: 1, nodes: 30 },
    warnings: ['Node "x" has no timeout.'],
  };

  it('draws the graph by levels and stores nothing', async () => {
    const path = fileOf(hello);
    const { out, asked, exitCode } = await call(['validate', path], { 'POST /job': ok(answer) });
    expect(exitCode).toBe(EXIT.ok);
    expect(asked[0]?.query).toEqual({ dry_run: 'true' });
    expect(out).toBe(
      [
        `✓ ${path} is valid: 32 nodes, 60 edges, 3 levels, at most 30 side by side`,
        '',
        '  0  ●',
        '  1  ●●●●●●●●●●●●●●●●●●●●●●●… 30',
        '  2  ●',
        '',
        'Critical path: checkout → build → deploy',
        '! Node "x" has no timeout.',
        '',
      ].join('\n'),
    );
  });

  it('answers with what the server said as a document', async () => {
    const { out } = await call(['validate', fileOf(hello), '--json'], { 'POST /job': ok(answer) });
    expect(JSON.parse(out)).toEqual(answer);
  });
});
