import type { RunFeedEntry, RunProgressView } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { EXIT } from '../index.ts';

afterAll(cleanUp);

const at = '2026-01-15T09:30:00.000Z';
/** An entry without its number and its time. */
type Told = { readonly type: RunFeedEntry['type'] } & Readonly<Record<string, unknown>>;

/** Entries as a server sends them, numbered from a number on. */
function stream(entries: readonly object[], from = 1): string {
  return entries
    .map((entry, i) => `data: ${JSON.stringify({ seq: from + i, at, ...entry })}\n\n`)
    .join('');
}

const counts = { pending: 0, running: 0, completed: 1, failed: 1, skipped: 0 };
const ENTRIES: readonly Told[] = [
  { type: 'run', from: null, to: 'pending', reason: null, actor: null },
  { type: 'run', from: 'running', to: 'paused', reason: 'lunch', actor: 'ada' },
  {
    type: 'node',
    node_id: 'build',
    status: 'failed',
    attempt: 2,
    duration_ms: 1_500,
    error: { type: 'exit', message: 'It broke.' },
    retry_at: at,
  },
  {
    type: 'log',
    node_id: 'build',
    attempt: 1,
    line: 1,
    stream: 'stdout',
    text: 'one\u001b[2J\ntwo\n',
    cut: 9_000,
  },
  {
    type: 'artifact',
    node_id: 'build',
    attempt: 1,
    artifact_id: 'x',
    phase: null,
    path: 'nodes/build/a.txt',
    artifact_type: 'other',
    media_type: 'text/plain',
    size_bytes: 3,
    sha256: null,
    gone: false,
  },
  {
    type: 'cost',
    node_id: 'build',
    attempt: 1,
    phase: null,
    agent: 'a',
    model: 'openai/x',
    input_tokens: 10,
    output_tokens: 2,
    cached_tokens: 0,
    cost_usd: 0.25,
  },
  {
    type: 'intervention',
    intervention_id: 'i',
    node_id: 'build',
    state: 'open',
    message: 'What now?',
    assignee: null,
    deadline_at: null,
    resolution: null,
    resolved_by: null,
  },
  {
    type: 'approval',
    approval_id: 'p',
    node_id: 'ship',
    what: 'vote',
    state: 'open',
    title: 'Ship it?',
    phase: null,
    required: 1,
    by: 'bob',
    decision: 'approve',
    comment: null,
    deadline_at: null,
  },
  {
    type: 'recovery',
    session_id: 's',
    action: 'retry_job',
    trigger: 'manual',
    node_id: null,
    actor: 'ada',
    reason: 'again',
  },
  { type: 'note', what: 'signal', node_id: null, name: 'go', reason: null, actor: 'ada' },
  {
    type: 'end',
    status: 'failed',
    counts,
    duration_ms: 2_000,
    error: { type: 'exit', message: 'It broke.' },
  },
];
const CLOSE = `event: close\ndata: {"type":"close","reason":"ended","reconnect":false}\n\n`;
const progress: RunProgressView = {
  ...{ type: 'progress', at, status: 'running', progress_percentage: 50, counts },
  current_node_ids: ['build'],
};
const PROGRESS = `event: progress\ndata: ${JSON.stringify(progress)}\n\n`;

/** A server whose streams are these texts, one after another. */
function streams(...texts: readonly (string | undefined)[]) {
  const asked: (string | null)[] = [];
  const fetch = async (_url: unknown, init?: RequestInit) => {
    asked.push(new Headers(init?.headers).get('last-event-id'));
    const text = texts[asked.length - 1];
    if (text === undefined) throw new Error('connection refused');
    return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  };
  return { asked, fetch };
}

describe('run follow', () => {
  it('says in a line what each entry tells, and ends as the run does', async () => {
    const { fetch } = streams(PROGRESS + stream(ENTRIES) + CLOSE);
    const { exitCode, out } = await call(['run', 'follow', 'r'], {}, { fetch });
    expect(out.trimEnd().split('\n')).toEqual([
      '○ pending (the run)',
      '‖ paused (the run)  by ada  lunch',
      '✗ failed  build  attempt 2  1.5 s  It broke.  again at 2026-01-15T09:30:00.000Z',
      'build | one',
      'build | two',
      'build | … (9000 bytes)',
      '+ artifact  build  nodes/build/a.txt  3 bytes',
      '$ cost  build  $0.2500  openai/x  10 in, 2 out',
      '? open  build  What now?',
      '? approve  ship  Ship it?  by bob',
      '↻ recovery  retry_job  again',
      '· signal  go',
      '✗ failed  2.0 s  1 completed, 1 failed, 0 skipped  It broke.',
    ]);
    expect(exitCode).toBe(EXIT.jobFailed);
  });

  it('goes on where it was when the server is back, and leaves lines out when asked to', async () => {
    const { fetch, asked } = streams(
      stream(ENTRIES.slice(0, 4)),
      undefined,
      stream(ENTRIES.slice(4), 5) + CLOSE,
    );
    const args = ['run', 'follow', 'r', '--no-logs'];
    const { out, err } = await call(args, {}, { fetch });
    expect(asked).toEqual([null, '4', '4']);
    expect(out).not.toContain('build | one');
    expect(out).toContain('+ artifact');
    expect(err).toContain('trying again');
  });

  it('writes messages as they came, one a line, for machines', async () => {
    const { fetch, asked } = streams(PROGRESS + stream(ENTRIES.slice(-1), 8) + CLOSE);
    const { out } = await call(['--json', 'run', 'follow', 'r', '--after', '7'], {}, { fetch });
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([progress, { seq: 8, at, ...ENTRIES.at(-1) }]);
    expect(asked).toEqual(['7']);
  });

  it('draws a bar below the lines of a terminal, and takes it away', async () => {
    const { fetch } = streams(PROGRESS + stream(ENTRIES.slice(-1)) + CLOSE);
    const { out } = await call(['run', 'follow', 'r'], {}, { fetch, isTerminal: true });
    expect(out).toContain('████████████░░░░░░░░░░░░ 50%  1 completed, 1 failed  build');
    expect(out.slice(out.lastIndexOf('1 skipped'))).not.toContain('██');
  });

  it('refuses a number that is none', async () => {
    const { exitCode, err } = await call(['run', 'follow', 'r', '--after', 'x']);
    expect([exitCode, err]).toEqual([EXIT.usage, expect.stringContaining('"x"')]);
  });
});
