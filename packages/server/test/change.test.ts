import { randomUUID } from 'node:crypto';
import type { LiveRun } from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLive, addOver } from './rows.ts';
import { JOB, startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

async function rows<Row>(text: string, ...values: unknown[]): Promise<Row[]> {
  return (await api.pool.query(text, values)).rows;
}

interface AuditRow {
  readonly actor: string;
  readonly action: string;
  readonly details: string;
  readonly request_id: string | null;
}
const audits = (jobId: string) =>
  rows<AuditRow>('select actor, action, details, request_id from audit where subject = $1', jobId);

/** The run as an engine holds it that has heard of nothing. */
function aLiveRun(runId: string): LiveRun {
  return {
    runId,
    status: 'running',
    counts: { pending: 0, running: 2, completed: 0, failed: 0, skipped: 0 },
    currentNodes: [],
    retries: 0,
    paused: false,
    idOf: () => '',
    states: () => ({ states: new Uint8Array(0), attempts: new Uint16Array(0) }),
    patternOf: (index) => index,
    waitOf: () => undefined,
    nodeCount: () => 0,
    node: () => {
      throw new Error('it has no nodes');
    },
  };
}

/** An engine that carries a cancel out as soon as it hears of it. */
function obedient(): void {
  api.engine.onPoke = async (runId) => {
    await api.pool.query(`update run_live set status = 'cancelled' where run_id = $1`, [runId]);
  };
}

describe('a cancel', () => {
  it('is answered with 200 once it is committed, and leaves an audit row', async () => {
    obedient();
    const jobId = await addLive(api.pool, { status: 'running', engine: randomUUID() });
    const headers = { 'x-request-id': 'stop-it' };
    const { status, body } = await api.call(`${JOB}/${jobId}?mode=immediate`, {
      method: 'DELETE',
      headers,
    });
    expect([status, body.status, body.cancelling]).toEqual([200, 'cancelled', false]);
    expect(api.engine.poked).toContain(jobId);
    const [item] = await rows<{ type: string; body: string; seq: number }>(
      'select type, body, seq from run_inbox where run_id = $1',
      jobId,
    );
    expect(item).toMatchObject({ type: 'cancel', seq: 1 });
    expect(JSON.parse(item?.body ?? '')).toEqual({ mode: 'immediate', actor: 'admin' });
    const [audit] = await audits(jobId);
    expect(audit).toMatchObject({
      actor: 'admin',
      action: 'job.cancel_requested',
      request_id: 'stop-it',
    });
  });

  it('that its engine does not hear in time is on its way', async () => {
    api.engine.onPoke = () => undefined;
    const jobId = await addLive(api.pool, { status: 'running', engine: randomUUID() });
    const { status, body } = await api.call(`${JOB}/${jobId}`, { method: 'DELETE' });
    expect([status, body.status, body.cancelling]).toEqual([202, 'running', true]);
    const again = await api.call(`${JOB}/${jobId}`);
    expect(again.body.cancelling).toBe(true);
  });

  it('is answered without waiting when the caller prefers that', async () => {
    api.engine.onPoke = () => undefined;
    const jobId = await addLive(api.pool, { status: 'running', engine: randomUUID() });
    const { status, body, headers } = await api.call(`${JOB}/${jobId}`, {
      method: 'DELETE',
      headers: { prefer: 'respond-async' },
    });
    expect([status, body.status, body.cancelling]).toEqual([202, 'running', true]);
    expect(headers.get('preference-applied')).toBe('respond-async');
    expect(headers.get('etag')).toBe('"1"');
  });

  it('shows what is committed while its engine has not heard of it yet', async () => {
    obedient();
    const jobId = await addLive(api.pool, { status: 'running', engine: randomUUID() });
    api.engine.runs.set(jobId, aLiveRun(jobId));
    const { status, body } = await api.call(`${JOB}/${jobId}`, { method: 'DELETE' });
    expect([status, body.status, body.cancelling]).toEqual([200, 'cancelled', false]);
    expect((await api.call(`${JOB}/${jobId}`)).body.status).toBe('cancelled');
    api.engine.runs.delete(jobId);
  });

  it('of a version that is another one by now is refused and changes nothing', async () => {
    api.engine.onPoke = () => undefined;
    for (const jobId of [
      await addLive(api.pool, { status: 'running', engine: randomUUID() }),
      await addOver(api.pool, { status: 'failed' }),
    ]) {
      const headers = { 'if-match': '"7"', prefer: 'respond-async' };
      const stale = await api.call(`${JOB}/${jobId}`, { method: 'DELETE', headers });
      expect([stale.status, stale.body.error_code]).toEqual([412, 'precondition_failed']);
      expect(await audits(jobId)).toEqual([]);
    }
  });

  it.each(['"1"', '*', '"0", "1"'])('of the version that was read is made: %s', async (tag) => {
    obedient();
    const jobId = await addLive(api.pool, { status: 'running', engine: randomUUID() });
    const headers = { 'if-match': tag };
    const answer = await api.call(`${JOB}/${jobId}`, { method: 'DELETE', headers });
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"1"']);
  });

  it('by two that have read the same version of a failed job is made once', async () => {
    const jobId = await addOver(api.pool, { status: 'failed' });
    const headers = { 'if-match': '"2"' };
    const both = await Promise.all(
      [1, 2].map(() => api.call(`${JOB}/${jobId}`, { method: 'DELETE', headers })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(both.find(({ status }) => status === 200)?.headers.get('etag')).toBe('"3"');
  });

  it('wakes a run that waits for its time', async () => {
    obedient();
    const scheduledAt = Date.now() + 3_600_000;
    const jobId = await addLive(api.pool, { status: 'scheduled', scheduledAt });
    await api.call(`${JOB}/${jobId}`, { method: 'DELETE' });
    const [row] = await rows<{ claim_key: string; due: boolean }>(
      'select claim_key, wake_at <= clock_timestamp() as due from run_live where run_id = $1',
      jobId,
    );
    expect(row).toEqual({ claim_key: '0', due: true });
  });

  it.each([
    'completed',
    'cancelled',
    'aborted',
  ])('of a job that is %s is refused', async (state) => {
    const jobId = await addOver(api.pool, { status: state });
    const { status, body } = await api.call(`${JOB}/${jobId}`, { method: 'DELETE' });
    expect([status, body.error_code, body.job_status]).toEqual([409, 'invalid_job_state', state]);
    expect(await audits(jobId)).toEqual([]);
  });

  it.each(['failed', 'timeout'])('of a job that is %s makes it aborted', async (state) => {
    const jobId = await addOver(api.pool, { status: state });
    const { status, body } = await api.call(`${JOB}/${jobId}`, { method: 'DELETE' });
    expect([status, body.status]).toEqual([200, 'aborted']);
    const { body: history } = await api.call(`${JOB}/${jobId}/history`);
    expect(history.items.at(-1)).toMatchObject({ from: state, to: 'aborted', actor: 'admin' });
    expect(await audits(jobId)).toHaveLength(1);
  });

  it('by two at once makes one job aborted once', async () => {
    const jobId = await addOver(api.pool, { status: 'failed' });
    const both = await Promise.all(
      [1, 2].map(() => api.call(`${JOB}/${jobId}`, { method: 'DELETE' })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await audits(jobId)).toHaveLength(1);
  });

  it('of a job that ends by itself in the meantime is refused', async () => {
    api.engine.onPoke = async (runId) => {
      await addOver(api.pool, { runId });
      await api.pool.query('delete from run_live where run_id = $1', [runId]);
    };
    const jobId = await addLive(api.pool, { status: 'running', engine: randomUUID() });
    const { status, body } = await api.call(`${JOB}/${jobId}`, { method: 'DELETE' });
    expect([status, body.job_status]).toEqual([409, 'completed']);
  });

  it('knows two modes', async () => {
    const jobId = await addLive(api.pool);
    const answer = await api.call(`${JOB}/${jobId}?mode=gently`, { method: 'DELETE' });
    expect(answer.status).toBe(400);
  });
});

describe('an edit', () => {
  const edit = (jobId: string, body: unknown, headers: Record<string, string> = {}) =>
    api.call(`${JOB}/${jobId}`, { method: 'PATCH', body, headers });

  it('changes what it names and leaves the rest', async () => {
    const scheduledAt = Date.now() + 3_600_000;
    const jobId = await addLive(api.pool, { status: 'scheduled', scheduledAt, tags: ['a'] });
    const later = new Date(scheduledAt + 60_000).toISOString();
    const { status, body, headers } = await edit(jobId, {
      priority: 2,
      metadata: { team: 'x' },
      scheduled_at: later,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      priority: 2,
      metadata: { team: 'x' },
      scheduled_at: later,
      tags: ['a'],
      version: 2,
    });
    expect(headers.get('etag')).toBe('"2"');
    const [row] = await rows<{ claim_key: string; wake_at: Date }>(
      'select claim_key, wake_at from run_live where run_id = $1',
      jobId,
    );
    expect(Number(row?.claim_key)).toBe(Date.parse(later) + 30_000);
    expect(row?.wake_at.toISOString()).toBe(later);
    expect(JSON.parse((await audits(jobId))[0]?.details ?? '')).toEqual({
      fields: ['priority', 'metadata', 'scheduled_at'],
    });
  });

  it('may take a time away, so that the job starts at once', async () => {
    const jobId = await addLive(api.pool, { status: 'scheduled', scheduledAt: Date.now() + 1e9 });
    const { body } = await edit(jobId, { scheduled_at: null });
    expect(body).toMatchObject({ scheduled_at: null, status: 'queued' });
  });

  it('that would start it past its deadline is refused', async () => {
    const deadlineAt = Date.now() + 60_000;
    const jobId = await addLive(api.pool, { input: { deadlineAt } });
    const late = { scheduled_at: new Date(deadlineAt).toISOString() };
    const { status, body } = await edit(jobId, late);
    expect([status, body.error_code]).toEqual([422, 'unprocessable']);
    const early = { scheduled_at: new Date(deadlineAt - 1_000).toISOString() };
    expect((await edit(jobId, early)).status).toBe(200);
  });

  it('of another version than the one that was read is refused', async () => {
    const jobId = await addLive(api.pool);
    const tag = (await api.call(`${JOB}/${jobId}`)).headers.get('etag') ?? '';
    expect((await edit(jobId, { priority: 1 }, { 'if-match': tag })).status).toBe(200);
    const stale = await edit(jobId, { priority: 3 }, { 'if-match': tag });
    expect([stale.status, stale.body.error_code]).toEqual([412, 'precondition_failed']);
    expect((await edit(jobId, { priority: 3 }, { 'if-match': '*' })).status).toBe(200);
    expect((await edit(jobId, { priority: 3 }, { 'if-match': 'W/"3"' })).status).toBe(412);
    const gone = await api.call(`${JOB}/${jobId}`, {
      method: 'DELETE',
      headers: { 'if-match': '"1"' },
    });
    expect(gone.status).toBe(412);
  });

  it('by many at once is made once for each version', async () => {
    const jobId = await addLive(api.pool);
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) => edit(jobId, { priority: i + 1 }, { 'if-match': '"1"' })),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(all.filter(({ status }) => status === 412)).toHaveLength(7);
    expect(await audits(jobId)).toHaveLength(1);
  });

  it('of a job that has started or is over is refused', async () => {
    const running = { status: 'running', startedAt: Date.now(), engine: randomUUID() };
    for (const jobId of [await addLive(api.pool, running), await addOver(api.pool)]) {
      const { status, body } = await edit(jobId, { priority: 1 });
      expect([status, body.error_code]).toEqual([409, 'invalid_job_state']);
    }
  });

  it.each([
    ['nothing', {}],
    ['the name', { job_name: 'x' }],
    ['a priority that is none', { priority: 0 }],
    ['a time that is none', { scheduled_at: 'soon' }],
  ])('of %s is refused', async (_, body) => {
    const jobId = await addLive(api.pool);
    expect((await edit(jobId, body)).status).toBe(400);
  });
});
