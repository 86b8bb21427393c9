import type { Job, JobNode } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf } from '../../test/call.ts';
import { captureIo } from '../../test/captured-io.ts';
import {
  type Answer,
  type Answers,
  inTurn,
  ok,
  page,
  problem,
  startPretendApi,
} from '../../test/pretend-api.ts';
import { at, sampleNode, sampleSnapshot } from '../../test/samples.ts';
import { EXIT, runCli } from '../index.ts';

afterAll(cleanUp);

const file = () => fileOf('nodes:\n  - {id: build}\n  - {id: deploy, needs: [build]}\n');

/** A server whose job passes through these stages, one a poll. */
function stages(...all: readonly (readonly [Partial<Job>, readonly JobNode[]])[]): Answers {
  let now = 0;
  const shots = all.map(([over, nodes]) => sampleSnapshot(nodes, over));
  const shot = () => shots[Math.min(now, shots.length - 1)] ?? sampleSnapshot([]);
  return {
    'POST /job': { status: 202, body: sampleSnapshot([], { status: 'queued' }).job },
    'GET /job/*': () => ok(shot().job),
    'GET /job/*/nodes': () => {
      const answer = page(shot().nodes);
      now += 1;
      return answer;
    },
    'GET /job/*/nodes/*/logs': page([
      { attempt: 1, seq: 1, at: at(2), stream: 'stderr', text: 'compiling\nline 3: oops\n' },
    ]),
  };
}

const build = (status: JobNode['status'], over: Partial<JobNode> = {}) =>
  sampleNode('build', status, over);
const ended = { completed_at: at(5) } as const;
const completing = () =>
  stages(
    [{}, [build('running'), sampleNode('deploy')]],
    [{}, [build('completed'), sampleNode('deploy', 'running')]],
    [{ status: 'completed', ...ended }, [build('completed'), sampleNode('deploy', 'completed')]],
  );
const exitOne = { type: 'exit_code', message: 'exit code 1' };
const failing = () =>
  stages([
    { status: 'failed', ...ended },
    [
      build('failed', { error: exitOne, attempts: 4 }),
      sampleNode('deploy', 'failed', {
        attempts: 0,
        error: { type: 'upstream_failed', message: 'build failed' },
      }),
    ],
  ]);

describe('watching', () => {
  it('says each change on a line of its own where nothing can be rewritten', async () => {
    const { out, err, exitCode } = await call(['run', file(), '--watch'], completing());
    expect(exitCode).toBe(EXIT.ok);
    expect(err).toBe('');
    expect(out.split('\n')).toEqual([
      '○ queued  nightly checks  0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
      '◐ running (the job)',
      '◐ running  build',
      '✓ completed  build  2.5 s',
      '◐ running  deploy',
      '✓ completed  deploy  2.5 s',
      '✓ completed (the job)',
      '',
      'NODE    STATUS       ATTEMPTS  TIME',
      'build   ✓ completed  1         2.5 s',
      'deploy  ✓ completed  1         2.5 s',
      '',
      '✓ completed  nightly checks  0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b  5.0 s',
      '',
    ]);
  });

  it('ends a failed job with what failed, its reason and the end of its log', async () => {
    const { out, exitCode } = await call(['jobs', 'watch', 'j1'], failing());
    expect(exitCode).toBe(EXIT.jobFailed);
    const summary = out.slice(out.indexOf('NODE')).split('\n');
    expect(summary).toEqual([
      'NODE    STATUS    ATTEMPTS  TIME',
      'build   ✗ failed  4         2.5 s',
      'deploy  ✗ failed  0         2.5 s',
      '',
      '✗ failed  build',
      '  exit code 1 (exit_code)',
      '  │ compiling',
      '  │ line 3: oops',
      '',
      '✗ failed  nightly checks  0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b  5.0 s',
      '',
    ]);
  });

  it('still tells the outcome when the log cannot be had', async () => {
    const answers = { ...failing(), 'GET /job/*/nodes/*/logs': problem('not_found', 'Pruned.') };
    const { out, exitCode } = await call(['jobs', 'watch', 'j1'], answers);
    expect(exitCode).toBe(EXIT.jobFailed);
    expect(out).toContain('exit code 1 (exit_code)');
  });

  it('shows the tests of a test run and the cases that failed', async () => {
    const output = {
      counts: { total: 3, passed: 2, failed: 1, errors: 0, skipped: 0 },
      cases: [
        { classname: 'cart', name: 'adds', status: 'passed' },
        { classname: 'cart', name: 'sums', status: 'failed', message: 'expected 3\nwas 4' },
      ],
    };
    const unit = build('failed', { error: exitOne, output });
    const { out } = await call(
      ['jobs', 'watch', 'j1'],
      stages([{ status: 'failed', ...ended }, [unit]]),
    );
    expect(out).toContain('build  ✗ failed  1         2.5 s  2 passed, 1 failed');
    expect(out).toContain('  ✗ cart::sums: expected 3\ufffdwas 4\n');
    expect(out).not.toContain('cart::adds');
  });

  it.each([
    ['completed', EXIT.ok],
    ['failed', EXIT.jobFailed],
    ['aborted', EXIT.jobFailed],
    ['cancelled', EXIT.jobStopped],
    ['timeout', EXIT.jobStopped],
  ] as const)('ends as a job that is %s does', async (status, exitCode) => {
    const answers = stages([{ status, ...ended }, []]);
    expect((await call(['jobs', 'watch', 'j1'], answers)).exitCode).toBe(exitCode);
  });

  it('waits for the cleanup of a cancelled job', async () => {
    const { out } = await call(
      ['jobs', 'watch', 'j1'],
      stages(
        [{ status: 'cancelled' }, [sampleNode('tidy', 'running')]],
        [{ status: 'cancelled', ...ended }, [sampleNode('tidy', 'completed')]],
      ),
    );
    expect(out).toContain('✓ completed  tidy');
  });

  it('is a stream of documents with --json', async () => {
    const { out } = await call(['run', file(), '--watch', '--json'], completing());
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type, status, node }) => [type, status ?? node?.node_id])).toEqual([
      ['submitted', undefined],
      ['job', 'running'],
      ['node', 'build'],
      ['node', 'build'],
      ['node', 'deploy'],
      ['node', 'deploy'],
      ['job', 'completed'],
      ['end', undefined],
    ]);
    expect(events.at(-1).job.status).toBe('completed');
  });

  it('stands still through a server that restarts', async () => {
    const answers = completing();
    const flaky = inTurn('hang up', 'hang up', 'hang up', 'hang up', ok(null));
    const get = answers['GET /job/*'];
    let polls = 0;
    const { exitCode, err } = await call(['run', file(), '--watch'], {
      ...answers,
      'GET /job/*': (asked) => {
        polls += 1;
        const answer = polls > 1 ? flaky() : ok(null);
        return answer === 'hang up' || typeof get !== 'function' ? 'hang up' : get(asked);
      },
    });
    expect(exitCode).toBe(EXIT.ok);
    expect(err).toMatch(/^No answer from .*; trying again\n$/);
  });

  it('gives up on a job that is gone', async () => {
    const { exitCode, err } = await call(['jobs', 'watch', 'j1'], {});
    expect(exitCode).toBe(EXIT.refused);
    expect(err).toContain('There is no such job.');
  });

  it('leaves the job alone on Ctrl-C, and says how to go on', async () => {
    const api = await startPretendApi({
      ...completing(),
      'DELETE /job/*': problem('conflict', 'Not asked for.'),
      'GET /job/*': (): Answer => {
        io.interrupt();
        return ok(sampleSnapshot([build('running')]).job);
      },
    });
    const io = captureIo({ env: { TENUTO_URL: api.url } });
    expect(await runCli(['run', file(), '--watch'], io)).toBe(EXIT.interrupted);
    expect(io.err()).toContain('Stopped watching; the job goes on.');
    expect(io.err()).toContain('tenuto jobs cancel 0199a1b2');
    expect(api.asked.map(({ method }) => method)).not.toContain('DELETE');
    await api.close();
  });

  it('asks for what runs and what failed of a job with very many nodes', async () => {
    const { asked, out } = await call(
      ['jobs', 'watch', 'j1'],
      stages([
        { status: 'failed', node_count: 50_000, ...ended },
        [build('failed', { error: exitOne })],
      ]),
    );
    expect(asked.find(({ path }) => path.endsWith('/nodes'))?.query.status).toBe('timeout');
    expect(out).toContain('50000 nodes: 0 completed, 1 failed, 0 skipped');
  });
});

describe('watching on a terminal', () => {
  const terminal = { isTerminal: true, env: { TERM: 'xterm' } };

  it('rewrites one picture in place and gives the cursor back', async () => {
    const { out } = await call(['run', file(), '--watch', '--no-color'], completing(), terminal);
    expect(out).toContain('\u001b[?25l');
    expect(out).toContain('\u001b[4A\r\u001b[0J');
    expect(out).toContain('◓ build   running    0 ms');
    expect(out.lastIndexOf('\u001b[?25h')).toBeGreaterThan(out.lastIndexOf('\u001b[?25l'));
    expect(out.slice(out.lastIndexOf('\u001b[?25h'))).toContain('deploy  ✓ completed');
  });

  it('gives the cursor back when something goes wrong', async () => {
    const answers = {
      ...completing(),
      'GET /job/*/nodes': inTurn(page([]), problem('internal_error', 'Oops.')),
    };
    const moving: Answers = {
      ...answers,
      'GET /job/*': inTurn(
        ok(sampleSnapshot([], { version: 1 }).job),
        ok(sampleSnapshot([], { version: 2 }).job),
      ),
    };
    const { out, exitCode } = await call(['jobs', 'watch', 'j1'], moving, terminal);
    expect(exitCode).toBe(EXIT.internal);
    expect(out.endsWith('\u001b[?25h')).toBe(true);
  });

  it.each([
    { CI: 'true' },
    { NO_COLOR: '1' },
    { TERM: 'dumb' },
  ])('is plain lines when the environment says %j', async (env) => {
    const { out } = await call(['run', file(), '-w'], completing(), { ...terminal, env });
    expect(out).not.toContain('\u001b[?25l');
    expect(out).toContain('completed');
  });
});
