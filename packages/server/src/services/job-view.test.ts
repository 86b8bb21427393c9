import type { RunStatus } from '@tenuto/contract';
import type { LiveRun, RunRecord } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { jobView } from './job-view.ts';

const RUN: RunRecord = {
  runId: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  planHash: 'aa',
  kind: 'job',
  taskId: null,
  owner: 'ann',
  name: 'a job',
  jobType: 'dag',
  description: null,
  priority: 5,
  triggeredBy: 'ann',
  tags: [],
  metadata: {},
  input: { params: {}, maxConcurrentNodes: 10, failFast: false, timeoutMs: 60_000 },
  nodeCount: 4,
  createdAt: 0,
  scheduledAt: null,
  startedAt: 1_000,
  completedAt: null,
  status: 'running',
  progress: null,
  cancelling: false,
  version: 1,
  over: false,
};

function owner(status: RunStatus, retries = 0): LiveRun {
  return {
    runId: RUN.runId,
    status,
    retries,
    paused: false,
    idOf: () => '',
    states: () => ({ states: new Uint8Array(0), attempts: new Uint16Array(0) }),
    patternOf: (index) => index,
    waitOf: () => undefined,
    counts: { pending: 1, running: 1, completed: 2, failed: 0, skipped: 0 },
    currentNodes: ['b'],
    nodeCount: () => 4,
    node: () => {
      throw new Error('nobody asks for nodes');
    },
  };
}

describe('the status of a job', () => {
  it.each<[row: RunStatus, over: boolean, memory: RunStatus | undefined, shown: RunStatus]>([
    ['queued', false, undefined, 'queued'],
    ['queued', false, 'running', 'running'],
    ['running', false, 'cancelled', 'cancelled'],
    ['cancelled', false, 'running', 'cancelled'],
    ['completed', true, 'running', 'completed'],
    ['failed', true, undefined, 'failed'],
  ])('whose row says %s (over: %s) and whose owner says %s is %s', (status, over, memory, shown) => {
    const view = jobView({ ...RUN, status, over }, memory && owner(memory), 2_000);
    expect(view.status).toBe(shown);
  });
});

describe('the retries of a job', () => {
  it('are what its owner knows, else what was written down', () => {
    const progress = { retries: 5 };
    expect(jobView({ ...RUN, progress }, owner('running', 7), 0).retry_count).toBe(7);
    expect(jobView({ ...RUN, progress }, undefined, 0).retry_count).toBe(5);
    const over: RunRecord = { ...RUN, progress, over: true, status: 'failed', completedAt: 2 };
    expect(jobView(over, owner('running', 7), 0).retry_count).toBe(5);
    expect(jobView(RUN, undefined, 0).retry_count).toBe(0);
  });
});

describe('the estimate of a job', () => {
  it('goes on at the pace so far, while it runs', () => {
    expect(jobView(RUN, owner('running'), 3_000)).toMatchObject({
      progress_percentage: 50,
      estimated_completion_at: '1970-01-01T00:00:05.000Z',
    });
    expect(jobView(RUN, undefined, 3_000).estimated_completion_at).toBeNull();
    expect(jobView(RUN, owner('cancelled'), 3_000).estimated_completion_at).toBeNull();
  });
});
