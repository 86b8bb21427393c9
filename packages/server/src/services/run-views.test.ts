import { compilePlan, type JobStore, type RunJournal, type RunRecord } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { createRunViews } from './run-views.ts';

const plan = compilePlan({
  nodes: Array.from({ length: 10 }, (_, i) => ({ id: `n${i}`, uses: 'sleep.for' })),
});
const access = { owner: 'ann', all: false };
const input = { params: {}, maxConcurrentNodes: 10, failFast: false, timeoutMs: 60_000 };

function runOf(runId: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    runId,
    planHash: plan.hash,
    kind: 'job',
    taskId: null,
    owner: 'ann',
    name: 'a run',
    jobType: 'dag',
    description: null,
    priority: 5,
    triggeredBy: 'ann',
    tags: [],
    metadata: {},
    input,
    nodeCount: plan.nodeCount,
    createdAt: 0,
    scheduledAt: null,
    startedAt: 1,
    completedAt: 2,
    status: 'completed',
    progress: null,
    cancelling: false,
    version: 3,
    over: true,
    ...changes,
  };
}

function journalOf(runId: string): RunJournal {
  const facts = { name: 'a run', owner: 'ann', createdAt: 0 };
  const ended = { type: 'ended', at: 2, attempt: 1, startedAt: 1, status: 'completed' } as const;
  const entries = plan.ids.map((_, node) => ({ seq: node + 1, event: { ...ended, node } }));
  return { runId, facts, input, startedAt: 1, entries, started: [] };
}

/** Views over journals that can be counted, on a clock that stands still until it is moved. */
function stage({ nodesKept = 1_000 } = {}) {
  const read: string[] = [];
  const time = { now: 0 };
  let fault: Error | undefined;
  const jobs: Pick<JobStore, 'journal'> = {
    async journal(_access, runId) {
      read.push(runId);
      if (fault !== undefined) throw fault;
      return runId === 'gone' ? undefined : journalOf(runId);
    },
  };
  const views = createRunViews({ jobs, clock: { mono: () => time.now }, nodesKept });
  return {
    read,
    time,
    fail(error: Error | undefined) {
      fault = error;
    },
    look: (run: RunRecord) => views(access, run, plan),
  };
}

const live = { over: false, status: 'running', completedAt: null } as const;

describe('a run that is over', () => {
  it('is replayed once, however often it is looked at', async () => {
    const { read, look, time } = stage();
    const first = await look(runOf('a'));
    expect([first.nodeCount(), first.node(9).status]).toEqual([10, 'completed']);
    time.now = 1e9;
    expect(await look(runOf('a'))).toBe(first);
    expect(read).toEqual(['a']);
  });

  it('is replayed once for many who ask at the same time', async () => {
    const { read, look } = stage();
    const all = await Promise.all(Array.from({ length: 20 }, () => look(runOf('a'))));
    expect(new Set(all).size).toBe(1);
    expect(read).toEqual(['a']);
  });

  it('is replayed anew when its version is another one', async () => {
    const { read, look } = stage();
    await look(runOf('a'));
    await look(runOf('a', { version: 4, status: 'aborted' }));
    await look(runOf('a', { version: 4, status: 'aborted' }));
    expect(read).toEqual(['a', 'a']);
  });

  it('makes room for others when it was looked at longest ago', async () => {
    const { read, look } = stage({ nodesKept: 25 });
    for (const id of ['a', 'b', 'a', 'c', 'a']) await look(runOf(id));
    expect(read).toEqual(['a', 'b', 'c']);
    await look(runOf('b'));
    expect(read).toEqual(['a', 'b', 'c', 'b']);
  });

  it('stays even when it alone is larger than the room', async () => {
    const { read, look } = stage({ nodesKept: 5 });
    for (const id of ['a', 'a', 'b', 'b', 'a']) await look(runOf(id));
    expect(read).toEqual(['a', 'b', 'a']);
  });
});

describe('a run that goes on elsewhere', () => {
  it('is replayed at most once a second', async () => {
    const { read, look, time } = stage();
    for (const now of [0, 10, 999]) {
      time.now = now;
      await look(runOf('a', { ...live, version: now + 1 }));
    }
    expect(read).toHaveLength(1);
    time.now = 1_000;
    await look(runOf('a', live));
    expect(read).toHaveLength(2);
  });

  it('is looked at anew as soon as it is over', async () => {
    const { read, look } = stage();
    await look(runOf('a', live));
    await look(runOf('a'));
    await look(runOf('a'));
    expect(read).toEqual(['a', 'a']);
  });
});

it('a run that is taken up again is looked at anew, and so is its next end', async () => {
  const { read, look } = stage();
  await look(runOf('a'));
  await look(runOf('a', { ...live, version: 3 }));
  await look(runOf('a', { version: 4 }));
  await look(runOf('a', { version: 4 }));
  expect(read).toEqual(['a', 'a', 'a']);
});

it('a replay that failed is tried again by the next who asks', async () => {
  const { read, look, fail } = stage();
  fail(new Error('the database is away'));
  await expect(Promise.all([look(runOf('a')), look(runOf('a'))])).rejects.toThrow('away');
  fail(undefined);
  expect((await look(runOf('a'))).nodeCount()).toBe(10);
  expect(read).toHaveLength(2);
  await expect(look(runOf('gone'))).rejects.toThrow('is gone');
});
