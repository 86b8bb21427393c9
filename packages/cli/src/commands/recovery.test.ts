import type { BulkAnswer, Explanation, Intervention, Recovery } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { type Answers, inTurn, ok, page, problem } from '../../test/pretend-api.ts';
import { at, sampleJob } from '../../test/samples.ts';
import { EXIT } from '../exit-code.ts';

afterAll(cleanUp);

const job = (over = {}) => ok(sampleJob(over));
const last = (asked: readonly { body: unknown }[]) => asked.at(-1)?.body;

describe('a job', () => {
  it.each<[string, string[], string, unknown]>([
    ['paused', ['pause', 'j1', '-r', 'freeze'], 'pause', { reason: 'freeze' }],
    ['resumed', ['resume', 'j1'], 'resume', {}],
    ['retried', ['retry', 'j1'], 'retry', { from: 'failed' }],
    ['retried from the start', ['retry', 'j1', '--from', 'start'], 'retry', { from: 'start' }],
    [
      'retried from a node',
      ['retry', 'j1', '--node', 'build', '--reason', 'mended'],
      'retry',
      { from: 'node', node_id: 'build', reason: 'mended' },
    ],
    ['signalled', ['signal', 'j1', 'go'], 'signal', { name: 'go' }],
    [
      'signalled with a payload',
      ['signal', 'j1', 'go', '{"n":1}'],
      'signal',
      { name: 'go', payload: { n: 1 } },
    ],
    ['told a text', ['signal', 'j1', 'go', 'v1.10'], 'signal', { name: 'go', payload: 'v1.10' }],
    [
      'recovered',
      ['recover', 'j1', 'skip_node', '--node', 'b', '-r', 'by hand', '--result', '7'],
      'recover',
      { action: 'skip_node', node_id: 'b', reason: 'by hand', with: { result: 7 } },
    ],
    [
      'rolled back',
      ['recover', 'j1', 'rollback_state', '-r', 'x', '--to', 'start', '--after', 'fail'],
      'recover',
      { action: 'rollback_state', reason: 'x', with: { to: 'start', after: 'fail' } },
    ],
    [
      'put before somebody',
      [
        ...['recover', 'j1', 'escalate_manual', '-r', 'x', '--message', 'Look.'],
        ...['--assignee', 'bob', '--deadline', '8h', '--default', 'skip'],
      ],
      'recover',
      {
        ...{ action: 'escalate_manual', reason: 'x' },
        with: { message: 'Look.', assignee: 'bob', deadline_seconds: 28_800, default: 'skip' },
      },
    ],
  ])('is %s', async (_, args, verb, body) => {
    const { exitCode, out, asked } = await call(['jobs', ...args], {
      [`POST /job/*/${verb}`]: job({ status: 'running' }),
    });
    expect([exitCode, last(asked)]).toEqual([EXIT.ok, body]);
    expect(out).toContain('nightly checks');
  });

  it('is told nothing that was meant as JSON and is none', async () => {
    for (const args of [
      ['signal', 'j1', 'go', '{"n":'],
      ['recover', 'j1', 'skip_node', '--node', 'b', '-r', 'x', '--result', '[1'],
    ]) {
      const { exitCode, err, asked } = await call(['jobs', ...args], {});
      expect([exitCode, asked]).toEqual([EXIT.usage, []]);
      expect(err).toContain('This is no JSON');
    }
    const { asked } = await call(['jobs', 'signal', 'j1', 'go', '"{a"'], {
      'POST /job/*/signal': job({ status: 'running' }),
    });
    expect(last(asked)).toEqual({ name: 'go', payload: '{a' });
  });

  it('whose engine has not acted yet is on its way', async () => {
    const answers: Answers = { 'POST /job/*/pause': job({ status: 'running' }) };
    expect((await call(['jobs', 'pause', 'j1'], answers)).out).toContain('on its way');
    const paused: Answers = { 'POST /job/*/pause': job({ status: 'paused' }) };
    const { out } = await call(['jobs', 'pause', 'j1'], paused);
    expect(out).toContain('‖ paused');
    expect(out).not.toContain('on its way');
  });

  it('gives up the retry of a node', async () => {
    const { asked } = await call(['jobs', 'cancel-retry', 'j1', 'a b'], {
      'POST /job/*/nodes/*/cancel-retry': job(),
    });
    expect(asked[0]?.path).toBe('/job/j1/nodes/a%20b/cancel-retry');
  });

  it.each([
    [['retry', 'j1', '--from', 'noon'], 'A retry is from failed or start.'],
    [['retry', 'j1', '--from', 'start', '--node', 'a'], 'leave --from away'],
    [['recover', 'j1', 'pray', '-r', 'x'], 'An action is one of retry_job'],
    [['recover', 'j1', 'retry_job'], "required option '-r, --reason <reason>'"],
    [['recover', 'j1', 'rollback_state', '-r', 'x', '--after', 'lunch'], '--after is one of'],
    [['recover', 'j1', 'escalate_manual', '-r', 'x', '--deadline', 'soon'], 'written 90s'],
  ])('is not asked for by %j', async (args, said) => {
    const { exitCode, err, asked } = await call(['jobs', ...args]);
    expect([exitCode, asked]).toEqual([EXIT.usage, []]);
    expect(err).toContain(said);
  });

  it('that its state does not allow says so', async () => {
    const { exitCode, err } = await call(['jobs', 'retry', 'j1'], {
      'POST /job/*/retry': problem(
        'invalid_job_state',
        'The job is running and cannot be retried.',
      ),
    });
    expect([exitCode, err]).toEqual([EXIT.conflict, expect.stringContaining('is running')]);
  });
});

describe('an explanation', () => {
  const reason = (over: object) => ({
    ...{ cause: 'retry', detail: 'Attempt 2 of 4 failed.', frees: 'Its time.' },
    ...{ since: null, until: null },
    ...over,
  });
  const answer = {
    ...{ run_id: 'j1', status: 'running', summary: '1 node waits for a retry.', reasons: [] },
    nodes: [{ node_id: 'build', status: 'waiting', reasons: [reason({})] }],
    ...{ nodes_omitted: 3, nodes_unseen: 0, causes: { retry: 1, max_concurrent_nodes: 3 } },
  } as Explanation;

  it('says what each node waits for, and what would free it', async () => {
    const { out } = await call(['explain', 'j1'], { 'GET /api/v1/runs/*/explain': ok(answer) });
    expect(out.split('\n')).toEqual([
      '◐ running  1 node waits for a retry.',
      '',
      'build  ◷ waiting',
      '  Attempt 2 of 4 failed.',
      '  What frees it: Its time.',
      '',
      '… and 3 more nodes: 1 retry, 3 max concurrent nodes',
      '',
    ]);
  });

  it('of a run with one reason says it once, and with more each of them', async () => {
    const queued = reason({ cause: 'queued', detail: 'Seven are before it.', frees: 'Room.' });
    const one = {
      ...answer,
      summary: queued.detail,
      reasons: [queued],
      nodes: [],
      nodes_omitted: 0,
    };
    const alone = await call(['explain', 'j1'], { 'GET /api/v1/runs/*/explain': ok(one) });
    expect(alone.out).toBe('◐ running  Seven are before it.\n  What frees it: Room.\n');
    const told = reason({ cause: 'message', detail: 'It was told something.', frees: null });
    const two = { ...one, reasons: [queued, told] };
    const both = await call(['explain', 'j1'], { 'GET /api/v1/runs/*/explain': ok(two) });
    expect(both.out).toContain('  Seven are before it.\n  What frees it: Room.\n  It was told');
  });

  it('is of one node when one is named', async () => {
    const answers: Answers = { 'GET /api/v1/runs/*/explain': ok(answer) };
    const { asked } = await call(['explain', 'j1', '--node', 'build'], answers);
    expect(asked[0]?.query).toEqual({ node_id: 'build' });
  });
});

const intervention: Intervention = {
  ...{ intervention_id: 'i1', job_id: 'j1', session_id: 's1', node_id: 'publish', state: 'open' },
  ...{ message: 'Refused.', error: null, assignee: null, opened_at: at(0), deadline_at: at(60) },
  ...{ default_resolution: 'abort', resolution: null, result: null, resolved_by: null },
  ...{ resolved_at: null, version: 1 },
};

describe('interventions', () => {
  it('that wait are listed', async () => {
    const { out, asked } = await call(['interventions', 'ls', '--assignee', 'bob'], {
      'GET /interventions': page([intervention]),
    });
    expect(out).toContain('i1            j1   publish  open');
    expect(out).toContain('Refused.');
    expect(asked[0]?.query).toMatchObject({ assignee: 'bob', limit: '20' });
  });

  it.each([
    [[], 'assigned'],
    [['--state', 'expired'], 'expired'],
    [['--all'], undefined],
  ])('with %j are asked for by state: %s', async (args, state) => {
    const answers: Answers = { 'GET /interventions': page([]) };
    const { out, asked } = await call(['interventions', 'ls', ...args], answers);
    expect([out, asked[0]?.query.state]).toEqual(['Nothing found.\n', state]);
  });

  it('are assigned and given back', async () => {
    const answers: Answers = {
      'POST /interventions/*/assign': inTurn(
        ok({ ...intervention, assignee: 'bob', state: 'assigned' }),
      ),
    };
    const { out, asked } = await call(['interventions', 'assign', 'i1', 'bob'], answers);
    expect([out, last(asked)]).toEqual([
      'i1 about "publish" is assigned to bob.\n',
      { assignee: 'bob' },
    ]);
    const back: Answers = { 'POST /interventions/*/assign': ok(intervention) };
    const given = await call(['interventions', 'assign', 'i1', '--nobody'], back);
    expect([given.out, last(given.asked)]).toEqual([
      'i1 about "publish" is open.\n',
      { assignee: null },
    ]);
    expect((await call(['interventions', 'assign', 'i1'])).exitCode).toBe(EXIT.usage);
  });

  it('are resolved', async () => {
    const done = { ...intervention, state: 'resolved', resolution: 'skip', node_id: null };
    const answers: Answers = { 'POST /interventions/*/resolve': ok(done) };
    const args = ['interventions', 'resolve', 'i1', 'skip', '--result', '[1]', '-r', 'seen'];
    const { out, asked } = await call(args, answers);
    expect([out, last(asked)]).toEqual([
      'i1 about the job is resolved: skip.\n',
      { resolution: 'skip', result: [1], reason: 'seen' },
    ]);
    expect((await call(['interventions', 'resolve', 'i1', 'maybe'])).exitCode).toBe(EXIT.usage);
  });
});

describe('recoveries', () => {
  const recovery: Recovery = {
    ...{ session_id: 's1', job_id: 'j1', node_id: null, status: 'running', trigger: 'failure' },
    ...{ classification: 'transient', error_type: 'http_503', action: 'rollback_state' },
    ...{ parameters: { to: 'start' }, actor: 'policy', reason: null, state_before: 'running' },
    ...{ state_after: null, started_at: at(0), completed_at: null },
    progress: { done: 3, left: 5 },
  };

  it('are listed with how far they are', async () => {
    const args = ['recoveries', 'ls', '--job', 'j1', '--status', 'running'];
    const { out, asked } = await call(args, { 'GET /recoveries': page([recovery]) });
    expect(out).toContain('rollback_state  http_503  running 3/8  policy');
    expect(asked[0]?.query).toMatchObject({ job_id: 'j1', status: 'running' });
    expect((await call(['recoveries', 'ls', '--status', 'odd'])).exitCode).toBe(EXIT.usage);
  });

  it('are shown one by one, each with its audit', async () => {
    const audit = {
      ...{ audit_id: 'a1', session_id: 's1', job_id: 'j1', event: 'started', trigger: 'failure' },
      ...{ classification: null, action: 'rollback_state', actor: 'policy', success: null },
      ...{ state_before: 'running', state_after: null, details: { n: 1 }, at: at(0) },
    };
    const { out } = await call(['recoveries', 'show', 's1'], {
      'GET /recoveries/*': ok(recovery),
      'GET /recovery-audits': page([audit]),
    });
    expect(out).toContain('rollback_state is running 3/8');
    expect(out).toContain('  because  failure, http_503');
    expect(out).toContain('  with     {"to":"start"}');
    expect(out).toContain('started  {"n":1}');
  });
});

describe('a bulk change', () => {
  const answer = (over: Partial<BulkAnswer> = {}): BulkAnswer => ({
    ...{ action: 'retry', dry_run: true, matched: 2, next_cursor: null, failures: [] },
    outcomes: { changed: 1, asked: 0, unchanged: 0, refused: 1, failed: 0 },
    items: [
      { run_id: 'r1', name: 'one', status: 'failed', outcome: 'changed', detail: null },
      {
        run_id: 'r2',
        name: 'two',
        status: 'running',
        outcome: 'refused',
        detail: 'It is running.',
      },
    ],
    ...over,
  });
  const answers = (...all: [BulkAnswer, ...BulkAnswer[]]): Answers => {
    const [first, ...rest] = all;
    return { 'POST /api/v1/runs/bulk': inTurn(ok(first), ...rest.map(ok)) };
  };

  it('says what it would do unless it is told to do it', async () => {
    const args = ['bulk', 'retry', '-s', 'failed', '-s', 'timeout', '-m', 'team=blue=green'];
    const { out, asked } = await call(args, answers(answer()));
    expect(out).toContain('2 match; retry would leave: 1 changed, 1 refused');
    expect(out).toContain('r2   two   ◐ running  refused  It is running.');
    expect(out).toContain('Nothing was done. Add --yes to do it.');
    expect(last(asked)).toEqual({
      filter: { status: ['failed', 'timeout'], metadata: { team: 'blue=green' } },
      ...{ action: 'retry', dry_run: true },
    });
  });

  it('of nothing says so', async () => {
    const none = { changed: 0, asked: 0, unchanged: 0, refused: 0, failed: 0 };
    const empty = answer({ matched: 0, outcomes: none, items: [] });
    const { exitCode, out } = await call(['bulk', 'retry', '--tag', 'x'], answers(empty));
    expect([exitCode, out]).toEqual([EXIT.ok, 'Nothing found.\n']);
  });

  it('is done to all, page by page', async () => {
    const first = answer({ dry_run: false, next_cursor: 'c1' });
    const second = answer({ dry_run: false, matched: 1, failures: answer().items.slice(1) });
    const args = ['bulk', 'retry', '--tag', 'x', '--reason', 'mended', '--yes'];
    const { exitCode, out, asked } = await call(args, answers(first, second));
    expect(exitCode).toBe(EXIT.ok);
    expect(asked.map(({ body }) => body)).toMatchObject([
      { dry_run: false, reason: 'mended' },
      { cursor: 'c1' },
    ]);
    expect(out).toContain('3 match; retry: 2 changed, 2 refused');
    expect(out).toContain('r2');
  });

  it('in which some have failed ends so', async () => {
    const outcomes = { changed: 0, asked: 0, unchanged: 0, refused: 0, failed: 2 };
    const args = ['bulk', 'cancel', '--name', 'x*', '-y'];
    const { exitCode } = await call(args, answers(answer({ dry_run: false, outcomes })));
    expect(exitCode).toBe(EXIT.conflict);
  });

  it('of priorities says which', async () => {
    const args = ['bulk', 'reprioritise', '--type', 'etl', '--priority', '1'];
    const { asked } = await call(args, answers(answer()));
    expect(last(asked)).toMatchObject({ priority: 1, filter: { target_type: 'etl' } });
  });

  it.each([
    [['bulk', 'retry']],
    [['bulk', 'delete', '--tag', 'x']],
    [['bulk', 'retry', '-s', 'odd']],
    [['bulk', 'retry', '-m', 'team']],
  ])('by %j is refused before anything is asked', async (args) => {
    const { exitCode, asked } = await call(args);
    expect([exitCode, asked]).toEqual([EXIT.usage, []]);
  });
});
