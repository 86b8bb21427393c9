/** A saga of 12 steps of which the ninth fails: eight are compensated, in order, and once. */
import { failed, startTestEngine } from '@tenuto/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { once, RECOVERIES, type RealApi, startRealApi } from './real-api.ts';

let api: RealApi;
afterEach(() => api[Symbol.asyncDispose]());

const STEPS = Array.from({ length: 12 }, (_, i) => `s${i + 1}`);
const saga = STEPS.map((id, i) => ({
  ...{ id, uses: i === 8 ? 'breaks' : 'noop', retry: once },
  parent_nodes: i === 0 ? [] : [`s${i}`],
  rollback: { uses: 'undo' },
}));
const policy = (after: string) => ({
  recovery_policy: [{ action: 'rollback_state', with: { to: 'start', after } }],
});
const EIGHT = STEPS.slice(0, 8).reverse();

describe('a saga', () => {
  it('that fails at step nine is undone, newest first, and ends failed', async () => {
    const undone: string[] = [];
    api = await startRealApi({
      actions: {
        breaks: () => failed('permanent', 'no'),
        undo: ({ nodeId }) => {
          undone.push(nodeId);
          return { status: 'completed', output: null };
        },
      },
    });
    const jobId = await api.submit(saga, policy('fail'));
    await api.reaches(jobId, 'failed');
    await api.ends(jobId);
    expect(undone).toEqual(EIGHT);
    expect(await api.sessions(jobId)).toMatchObject([
      {
        ...{ action: 'rollback_state', status: 'completed', actor: 'policy' },
        audits: [
          ['started', null],
          ['completed', true],
        ],
      },
    ]);
    const { body } = await api.call(`/api/v1/orchestration/job/${jobId}/attempts?limit=100`);
    const kinds = body.items.map((item: { kind: string }) => item.kind);
    expect(kinds.filter((kind: string) => kind === 'rollback')).toHaveLength(8);
    expect((await api.changes(jobId)).slice(-2)).toEqual([
      'running recovering',
      'recovering failed',
    ]);
  });

  it('says which steps remain when one cannot be undone, and goes on with those', async () => {
    const undone: string[] = [];
    let stuck = true;
    api = await startRealApi({
      actions: {
        breaks: () => failed('permanent', 'no'),
        undo: ({ nodeId }) => {
          if (nodeId === 's5' && stuck) return failed('permanent', 'stuck');
          undone.push(nodeId);
          return { status: 'completed', output: null };
        },
      },
    });
    const jobId = await api.submit(saga, policy('fail'));
    const job = await api.reaches(jobId, 'failed');
    await api.ends(jobId);
    expect((await api.job(jobId)).error_details).toMatchObject({
      ...{ type: 'compensation_failed', node_id: 's5' },
    });
    expect(job.job_id).toBe(jobId);
    const audits = await api.call(
      `/api/v1/orchestration/recovery-audits?job_id=${jobId}&status=failed`,
    );
    expect(audits.body.items[0]).toMatchObject({
      ...{ event: 'failed', success: false },
      details: { remaining: ['s5', 's4', 's3', 's2', 's1'] },
    });
    expect(undone).toEqual(['s8', 's7', 's6']);
    stuck = false;
    const again = await api.ask(jobId, 'recover', {
      ...{ action: 'rollback_state', reason: 'mended' },
      with: { to: 'start', after: 'abort' },
    });
    expect(again.status).toBe(200);
    await api.reaches(jobId, 'aborted');
    expect(undone).toEqual(EIGHT);
  });

  it('that loses its engine in the middle of compensating goes on in another one', async () => {
    const undone: string[] = [];
    let hung = false;
    const actions = (hangs: boolean) => ({
      breaks: () => failed('permanent', 'no'),
      undo: ({ nodeId }: { nodeId: string }) => {
        if (hangs && nodeId === 's4') {
          hung = true;
          return new Promise<never>(() => undefined);
        }
        undone.push(nodeId);
        return { status: 'completed' as const, output: null };
      },
    });
    api = await startRealApi({ actions: actions(true) });
    // Nobody retries a lost attempt unless its policy allows a second one.
    const retry = { strategy: 'immediate', max_attempts: 3 };
    const jobId = await api.submit(
      saga.map((step) => ({ ...step, retry: step.uses === 'breaks' ? once : retry })),
      policy('fail'),
    );
    await expect.poll(() => hung, { timeout: 50_000 }).toBe(true);
    const other = await startTestEngine(api.connection, { actions: actions(false) });
    api.engine.kill();
    try {
      await api.reaches(jobId, 'failed');
      await api.ends(jobId);
    } finally {
      await other.stop();
    }
    expect(undone).toEqual(EIGHT);
    const { body } = await api.call(`${RECOVERIES}?job_id=${jobId}&action=rollback_state`);
    expect(body.items).toMatchObject([{ status: 'completed' }]);
  });
});
