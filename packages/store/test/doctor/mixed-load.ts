/** Runs of every kind, and all that can be done to them, for engines that may die meanwhile. */
import type { JobStore } from '@tenuto/engine';
import { failed, type TestEngine, type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { type Engines, eventually, submitted } from '../engines.ts';
import { breaks, once, policy } from '../recoveries.ts';

export const LOAD_ACTIONS: NonNullable<TestEngineOptions['actions']> = {
  /** Fails each second time. */
  flaky: ({ attempt }) =>
    attempt % 2 === 1 ? failed('transient', 'again') : { status: 'completed', output: attempt },
  soon: async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { status: 'completed', output: null };
  },
  large: () => ({ status: 'completed', output: 'x'.repeat(50_000) }),
  signal: () => ({ status: 'waiting', wait: { kind: 'signal', name: 'go' } }),
};

const retry = { max_attempts: 4, base_delay_ms: 1, jitter: 'none' as const };
const tidy = { id: 'tidy', type: 'cleanup' as const, uses: 'soon' };
const step = (i: number, uses: string) => ({
  id: `s${i}`,
  uses,
  retry: once,
  rollback: { uses: 'soon' },
  ...(i > 1 && { needs: [`s${i - 1}`] }),
});

const PLAIN: readonly (() => ReturnType<typeof testSubmission>)[] = [
  () => testSubmission([{ id: 'a', uses: 'noop' }]),
  () =>
    testSubmission([
      { id: 'a', uses: 'soon' },
      { id: 'b', uses: 'flaky', needs: ['a'], retry },
      { id: 'c', uses: 'large', needs: ['b'] },
      { id: 'd', uses: 'echo', with: { size: '${size(steps.c)}' }, needs: ['c'] },
    ]),
  () => {
    const children = [{ id: 'x', uses: 'soon' }];
    return testSubmission([
      { id: 'g', type: 'parallel_group', for_each: '[1, 2, 3, 4, 5]', children },
      { id: 'after', uses: 'noop', needs: ['g'] },
    ]);
  },
  () =>
    testSubmission([
      { id: 'bad', uses: 'fail', retry: { max_attempts: 2, base_delay_ms: 1 } },
      { id: 'never', uses: 'noop', needs: ['bad'] },
      tidy,
    ]),
  () =>
    testSubmission(
      [breaks('bad'), { id: 'other', uses: 'sleep.for', with: { ms: 60_000 } }, tidy],
      {
        input: { failFast: true },
      },
    ),
  () =>
    testSubmission([
      { id: 'nap', uses: 'sleep.for', with: { ms: 30 } },
      { id: 'after', uses: 'soon', needs: ['nap'] },
    ]),
];

const RECOVERING: typeof PLAIN = [
  () =>
    testSubmission([breaks('a'), tidy], policy({ action: 'retry_job', with: { max_times: 2 } })),
  () => testSubmission([breaks('a', { fallback: { uses: 'soon' } }), tidy]),
  () =>
    testSubmission(
      [step(1, 'soon'), step(2, 'noop'), step(3, 'fail')],
      policy({ action: 'rollback_state', with: { after: 'fail' } }),
    ),
  () =>
    testSubmission(
      [
        { id: 's0', uses: 'noop' },
        { id: 'here', type: 'checkpoint', needs: ['s0'] },
        { ...step(1, 'soon'), needs: ['here'] },
        step(2, 'fail'),
      ],
      policy({ action: 'rollback_state' }, { action: 'skip_node' }),
    ),
  () => testSubmission([breaks('a'), tidy], policy({ action: 'abort_execution' })),
  () =>
    testSubmission(
      [breaks('a'), { id: 'b', uses: 'noop', needs: ['a'] }],
      policy({ action: 'escalate_manual', with: { deadline_seconds: 1, default: 'skip' } }),
    ),
  () => testSubmission([breaks('a')], policy({ action: 'requeue_job', with: { delay_ms: 5 } })),
];

/** These end only because of what is done to them. */
const ENDLESS: typeof PLAIN = [
  () => testSubmission([{ id: 'slow', uses: 'sleep.for', with: { ms: 600_000 } }, tidy]),
  () => testSubmission([{ id: 'ear', uses: 'signal' }, tidy]),
];
const SHAPES = [...PLAIN, ...RECOVERING, ...ENDLESS];

export interface LoadTarget {
  readonly engines: Engines;
  readonly jobs: JobStore;
  /** Who gets the next run. */
  next(): TestEngine;
}

const ANN = { owner: 'ann', all: true };
const said = (runId: string, action: string) => ({
  actor: 'ann',
  action,
  subject: runId,
  details: {},
});

/** Submits runs of all shapes and does something to some; who is killed meanwhile never answers. */
export async function submitLoad(target: LoadTarget, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const shape = SHAPES[i % SHAPES.length];
    if (shape === undefined) throw new Error('no shape');
    submitted(target.next(), shape())
      .then((runId) => meddle(target, runId, i))
      .catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Pauses and resumes, cancels, or takes up again, one run in a few each. */
async function meddle({ jobs }: LoadTarget, runId: string, i: number): Promise<void> {
  const body = { actor: 'ann' };
  if (i % 5 === 0) {
    await jobs.tell(ANN, { runId, type: 'pause', body, audit: said(runId, 'job.paused') });
    await jobs.tell(ANN, { runId, type: 'resume', body, audit: said(runId, 'job.resumed') });
  }
  if (i % 7 === 0) {
    const mode = i % 2 === 0 ? 'graceful' : 'immediate';
    await jobs.cancel(ANN, { runId, mode, audit: said(runId, 'job.cancelled') });
  }
  if (i % 3 === 0) await takeUpAgain(jobs, runId);
}

async function takeUpAgain(jobs: JobStore, runId: string): Promise<void> {
  const run = await eventually(async () => {
    const found = await jobs.find(ANN, runId);
    return found?.over === true || found?.status === 'running' ? found : undefined;
  });
  if (run.status !== 'failed') return;
  const session = crypto.randomUUID();
  await jobs.reopen(ANN, {
    ...{ runId, type: 'retry', status: 'retrying' },
    body: { actor: 'ann', session, from: 'failed' },
    audit: said(runId, 'job.retried'),
  });
}

/** Cancels what ends only so, each run once, and waits until every run is over. */
export async function loadOver({ engines, jobs }: LoadTarget): Promise<void> {
  const cancelled = new Set<string>();
  await eventually(async () => {
    const left = await engines.ask<{ run_id: string; late: boolean }>(
      `select run_id, created_at < now() - interval '5 s' as late from run_live`,
    );
    for (const { run_id: runId, late } of left) {
      if (!late || cancelled.has(runId)) continue;
      cancelled.add(runId);
      await jobs.cancel(ANN, { runId, mode: 'graceful', audit: said(runId, 'job.cancelled') });
    }
    return left.length === 0;
  });
}
