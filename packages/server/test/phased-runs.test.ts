import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PhasedApi, plainProfile, startPhasedApi } from './phased-api.ts';
import { gate } from './real-api.ts';

const THREE = [{ id: 'planning' }, { id: 'building' }, { id: 'checking' }];
let api: PhasedApi;
let door = gate();
beforeAll(async () => {
  api = await startPhasedApi({
    actions: {
      work: (call) => ({ status: 'completed', output: { said: call.with.at ?? null } }),
      door: (call) => door.action(call),
    },
  });
  await api.profile(plainProfile('three', THREE));
});
beforeEach(() => {
  api.blocked.clear();
  door = gate();
});
afterAll(() => api[Symbol.asyncDispose]());

const statuses = (run: { phases: { phase: string; status: string }[] }) =>
  run.phases.map(({ status }) => status).join(' ');

describe('a run of a profile', () => {
  it('waits before each phase until it is told to go on, and ends with the last', async () => {
    const runId = await api.start({ profile: 'three', intake: { goal: '${1 + 1}' } });
    const ready = await api.until(runId, ({ phases }) => phases[0].status === 'ready');
    expect([ready.kind, ready.profile, ready.current_phase]).toEqual([
      'phased',
      'three',
      'planning',
    ]);
    const waits = { cause: 'phase', of: { phases: ['planning'], owner: 'admin' } };
    expect(ready.waiting_for).toMatchObject(waits);
    const { body: why } = await api.call(`/api/v1/runs/${runId}/explain`);
    expect(why).toMatchObject({ summary: ready.waiting_for.detail, reasons: [waits] });
    expect(why.nodes[0]).toMatchObject({ node_id: 'planning/next', reasons: [waits] });
    const first = await api.next(runId);
    expect([first.status, first.body]).toEqual([
      200,
      {
        run_id: runId,
        previous_phase: 'planning',
        current_phase: 'building',
        status: 'running',
        message: 'The phase planning has completed; building waits for next.',
      },
    ]);
    await api.until(runId, (run) => statuses(run) === 'completed ready pending');
    expect((await api.next(runId)).body.current_phase).toBe('checking');
    const last = await api.next(runId);
    expect([last.status, last.body.status, last.body.current_phase]).toEqual([
      200,
      'completed',
      null,
    ]);
    const run = await api.run(runId);
    expect(statuses(run)).toBe('completed completed completed');
    expect(run.phases[0]).toMatchObject({
      agent_ids: ['worker'],
      gates: { total: 1, passed: 1, failed: [], governance_score: 0.5 },
      duration_seconds: expect.any(Number),
    });
    const again = await api.next(runId);
    expect([again.status, again.body.job_status]).toEqual([409, 'completed']);
    // Values are data: what looks like a template in them is none.
    expect((await api.node(runId, 'planning%2Fworker')).output).toEqual({
      said: { goal: '${1 + 1}' },
    });
  });

  it('goes through all phases by itself when it is to', async () => {
    const runId = await api.start({ profile: 'three', auto_advance: true });
    await api.reaches(runId, 'completed');
    expect((await api.next(runId)).status).toBe(409);
  });

  it('says what gates say when one blocks, and executes the phase again at the next next', async () => {
    const runId = await api.start({ profile: 'three' });
    await api.next(runId);
    api.blocked.set('building', 'error');
    const refused = await api.next(runId);
    expect([refused.status, refused.body.error_code]).toEqual([422, 'gate_blocked']);
    expect(refused.body.gates).toEqual([
      expect.objectContaining({
        phase: 'building',
        id: 'g',
        passed: false,
        remediation: 'Do better.',
      }),
    ]);
    await api.until(runId, (run) => statuses(run) === 'completed failed pending');
    api.blocked.clear();
    const mended = await api.next(runId);
    expect([mended.status, mended.body.previous_phase]).toEqual([200, 'building']);
    await api.until(runId, (run) => statuses(run) === 'completed completed ready');
    expect(
      api.executed().filter((one) => one.startsWith('planning/worker')).length,
    ).toBeGreaterThan(0);
  });

  it('lets warnings pass, and tells of them', async () => {
    const runId = await api.start({ profile: 'three' });
    api.blocked.set('planning', 'warning');
    expect((await api.next(runId)).status).toBe(200);
    const [planning] = (await api.run(runId)).phases;
    expect(planning.gates).toMatchObject({ total: 1, passed: 0, failed: [{ id: 'g' }] });
  });

  it('is rolled back to a phase, from where it waits and after it has failed', async () => {
    const runId = await api.start({ profile: 'three' });
    await api.next(runId);
    await api.next(runId);
    const back = await api.deed(runId, 'rollback', { phase: 'planning' });
    expect(back.status).toBe(200);
    await api.until(runId, (run) => statuses(run) === 'ready pending pending');
    await api.next(runId);
    api.blocked.set('building', 'error');
    expect((await api.next(runId)).status).toBe(422);
    expect((await api.deed(runId, 'rollback', { phase: 'building' })).status).toBe(200);
    await api.until(runId, (run) => statuses(run) === 'completed ready pending');
    expect((await api.deed(runId, 'rollback', { phase: 'checking' })).status).toBe(409);
    expect((await api.deed(runId, 'rollback', { phase: 'sleeping' })).status).toBe(422);
  });
});
