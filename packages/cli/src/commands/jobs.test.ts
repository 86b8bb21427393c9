import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { type Answers, ok, page } from '../../test/pretend-api.ts';
import { at, sampleJob, sampleNode } from '../../test/samples.ts';

const job = sampleJob({ job_name: 'nightly', status: 'queued' });

afterAll(cleanUp);

describe('jobs', () => {
  it('are listed with their filters', async () => {
    const ended = sampleJob({ status: 'completed', completed_at: at(65), node_count: 7 });
    const { out, asked } = await call(
      ['jobs', 'ls', '-s', 'completed', '-s', 'failed', '-t', 'nightly', '--limit', '5'],
      { 'GET /jobs': page([ended]) },
    );
    expect(out).toBe(
      [
        'JOB                                   NAME            STATUS       NODES  STARTED                   TIME',
        `${ended.job_id}  nightly checks  ✓ completed  7      2026-01-15T09:30:00.000Z  1 min 05 s`,
        '',
      ].join('\n'),
    );
    expect(asked[0]?.query).toEqual({ status: 'failed', tag: 'nightly', limit: '5' });
  });

  it('are listed up to the limit, over as many pages as it takes', async () => {
    const hundred = Array.from({ length: 100 }, () => job);
    const { out, asked } = await call(['jobs', 'ls', '--limit', '150', '--json'], {
      'GET /jobs': ({ query }) =>
        page(hundred, query.cursor ? {} : { has_more: true, next_cursor: 'c1' }),
    });
    expect(JSON.parse(out).items).toHaveLength(150);
    expect(asked).toHaveLength(2);
  });

  it('may be none', async () => {
    const { out } = await call(['jobs', 'ls'], { 'GET /jobs': page([]) });
    expect(out).toBe('Nothing found.\n');
  });

  it('are shown one by one', async () => {
    const counts = { pending: 1, running: 1, completed: 2, failed: 0, skipped: 0 };
    const running = sampleJob({
      counts,
      node_count: 4,
      current_node_ids: ['build'],
      tags: ['a', 'b'],
    });
    const { out } = await call(['jobs', 'get', running.job_id], { 'GET /job/*': ok(running) });
    expect(out).toContain('◐ running  nightly checks');
    expect(out).toContain('  progress   50% of 4 nodes\n');
    expect(out).toContain('  now        build\n');
    expect(out).toContain('  tags       a, b\n');
    expect(out).not.toContain('completed  \n');
  });

  it('show their nodes', async () => {
    const failed = sampleNode('build', 'failed', {
      error: { type: 'exit_code', message: 'exit code 1' },
    });
    const { out } = await call(['jobs', 'nodes', 'j1'], {
      'GET /job/*/nodes': page([sampleNode('checkout', 'completed'), failed]),
    });
    expect(out).toBe(
      [
        'NODE      STATUS       ATTEMPTS  USES',
        'checkout  ✓ completed  1         transform.cel  2.5 s',
        'build     ✗ failed     1         transform.cel  2.5 s, exit code 1',
        '',
      ].join('\n'),
    );
  });

  it('show their attempts, of one node or of all', async () => {
    const attempt = {
      ...{ node_id: 'seat', attempt: 1, generation: 0, kind: 'work', status: 'completed' },
      ...{ started_at: at(1), completed_at: at(2), duration_ms: 1_000, retry_at: null },
      ...{ output: '12A', error: null },
    };
    const undo = {
      ...{ ...attempt, attempt: 2, kind: 'rollback', status: 'failed', started_at: null },
      ...{ duration_ms: null, error: { type: 'exit_code', message: 'exit code 1' } },
    };
    const answers: Answers = {
      'GET /job/*/attempts': page([attempt, undo]),
      'GET /job/*/nodes/seat/attempts': page([attempt]),
    };
    const { out } = await call(['jobs', 'attempts', 'j1'], answers);
    expect(out.split('\n').slice(1)).toEqual([
      'seat  1        work      completed  2026-01-15T09:30:01.000Z  1.0 s',
      'seat  2        rollback  failed                                      exit code 1',
      '',
    ]);
    const { asked } = await call(['jobs', 'attempts', 'j1', 'seat'], answers);
    expect(asked[0]?.path).toBe('/job/j1/nodes/seat/attempts');
  });

  it('name the node that an error is of', async () => {
    const error = { type: 'exit_code', message: 'exit code 1', node_id: 'build' };
    const failed = sampleJob({ status: 'failed', node_count: 1, error_details: error });
    const { out } = await call(['jobs', 'get', failed.job_id], { 'GET /job/*': ok(failed) });
    expect(out).toContain('  progress   50% of 1 node\n');
    expect(out).toContain('  error      build: exit code 1\n');
  });

  it('show their history', async () => {
    const { out } = await call(['jobs', 'history', 'j1'], {
      'GET /job/*/history': page([
        { at: at(0), from: null, to: 'pending', reason: null, actor: 'admin' },
        { at: at(1), from: 'pending', to: 'cancelled', reason: 'not needed', actor: 'admin' },
      ]),
    });
    expect(out.split('\n')[2]).toBe(
      '2026-01-15T09:30:01.000Z  pending → cancelled  admin  not needed',
    );
  });

  it('are cancelled gracefully unless told otherwise', async () => {
    const answers = { 'DELETE /job/*': ok(sampleJob({ status: 'cancelled' })) };
    const graceful = await call(['jobs', 'cancel', 'j1'], answers);
    const immediate = await call(['jobs', 'cancel', 'j1', '--immediate'], answers);
    expect(graceful.asked[0]?.query).toEqual({ mode: 'graceful' });
    expect(immediate.asked[0]?.query).toEqual({ mode: 'immediate' });
    expect(graceful.out).toContain('■ cancelled');
  });

  it('are cancelled for a reason', async () => {
    const answers = { 'DELETE /job/*': ok(sampleJob({ status: 'cancelled' })) };
    const { asked } = await call(['jobs', 'cancel', 'j1', '-r', 'not needed'], answers);
    expect(asked[0]?.query).toEqual({ mode: 'graceful', reason: 'not needed' });
  });
});

describe('logs', () => {
  const line = (text: string, seq = 1) => ({ attempt: 1, seq, at: at(1), stream: 'stdout', text });
  const answers: Answers = {
    'GET /job/*/nodes': page([
      sampleNode('a', 'completed'),
      sampleNode('b', 'completed'),
      sampleNode('c'),
    ]),
    'GET /job/*/nodes/a/logs': page([line('one\ntwo\n'), line('\u001b[31mred\u001b[0m\n', 2)]),
    'GET /job/*/nodes/b/logs': page([line('three')]),
  };

  it('of one node are its text, and nothing that could play with the terminal', async () => {
    const { out } = await call(['jobs', 'logs', 'j1', 'a'], answers);
    expect(out).toBe('one\ntwo\nred\n');
  });

  it('of a job are those of each node that was tried', async () => {
    const { out, asked } = await call(['jobs', 'logs', 'j1', '--times'], answers);
    expect(out.split('\n')).toEqual([
      `a | ${at(1)} one`,
      `a | ${at(1)} two`,
      `a | ${at(1)} red`,
      `b | ${at(1)} three`,
      '',
    ]);
    expect(asked.map(({ path }) => path)).not.toContain('/job/j1/nodes/c/logs');
  });

  it('are one document a line with --json', async () => {
    const { out } = await call(['jobs', 'logs', 'j1', 'b', '--json'], answers);
    expect(JSON.parse(out)).toEqual({ node_id: 'b', ...line('three') });
  });
});
