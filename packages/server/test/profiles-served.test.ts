/** The profiles that ship, on a real server: agents, workspaces, gates and all. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Served, startServed } from './served.ts';

const RUNS = '/api/v1/runs';
const PHASES = ['planning', 'architecture', 'data', 'development', 'qa', 'documentation'];
let served: Served;
beforeAll(async () => {
  served = await startServed({
    TENUTO_ALLOW_COMMANDS: 'python3',
    TENUTO_DEFAULT_MODEL: 'scripted/default',
  });
});
afterAll(() => served.close());

interface Gates {
  readonly failed: readonly { readonly severity: string }[];
}
interface Phase {
  readonly phase: string;
  readonly status: string;
  readonly artifacts_count: number;
  readonly gates: Gates;
  readonly error: unknown;
}

async function start(body: object): Promise<string> {
  const answer = await served.call(RUNS, { body });
  expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
  return answer.body.run_id;
}

const read = async (runId: string) => (await served.call(`${RUNS}/${runId}`)).body;

function until(runId: string, look: (run: { status: string; phases: Phase[] }) => boolean) {
  return vi.waitUntil(
    async () => {
      const run = await read(runId);
      return look(run) && run;
    },
    { timeout: 200_000, interval: 100 },
  );
}

describe('analytics_forecast_app', () => {
  it('goes from phase to phase by next, and each leaves what is expected of it', async () => {
    const intake = { goal: 'Forecast the weekly demand of each branch', horizon: '13 weeks' };
    const runId = await start({
      profile: 'analytics_forecast_app',
      intake,
      project_name: 'Demand',
    });
    const { body: profile } = await served.call('/api/v1/profiles/analytics_forecast_app');
    for (const [i, phase] of PHASES.entries()) {
      await until(runId, ({ phases }) => phases[i]?.status === 'ready');
      const headers = { prefer: 'wait=200' };
      const answer = await served.call(`${RUNS}/${runId}/next`, { method: 'POST', headers });
      expect([answer.status, answer.body.previous_phase, answer.text]).toEqual([
        ...[200, phase, expect.any(String)],
      ]);
      const expected = profile.profile.phases[i].artifacts
        .filter(({ required = true }) => required)
        .map(({ path }: { path: string }) => `artifacts/${phase}/${path}`);
      const listed = await served.call(`${RUNS}/${runId}/artifacts?phase=${phase}&limit=100`);
      const paths = Object.values<{ path: string }[]>(listed.body.artifacts_by_phase)
        .flat()
        .map(({ path }) => path);
      expect(paths).toEqual(expect.arrayContaining(expected));
    }
    const run = await until(runId, ({ status }) => status === 'completed');
    for (const phase of run.phases) {
      expect(phase).toMatchObject({ status: 'completed', error: null });
      expect(phase.artifacts_count).toBeGreaterThan(0);
      expect(
        phase.gates.failed.filter(({ severity }: { severity: string }) => severity === 'error'),
      ).toEqual([]);
    }
  });
});

describe.each(['analytics_forecast_app', 'ml_model', 'web_application'])('%s', (profile) => {
  it('goes the whole way by itself', async () => {
    const runId = await start({
      profile,
      intake: { goal: 'Something useful' },
      auto_advance: true,
    });
    await vi.waitUntil(
      async () => {
        const { body } = await served.call(`/api/v1/approvals?run_id=${runId}`);
        for (const { state, approval_id: id } of body.items ?? []) {
          if (state !== 'open') continue;
          const vote = { approval_id: id, decision: 'approve' };
          await served.call(`${RUNS}/${runId}/approve`, { body: vote });
        }
        const run = await read(runId);
        return run.completed_at !== null;
      },
      { timeout: 250_000, interval: 200 },
    );
    const run = await read(runId);
    expect([run.status, run.error]).toEqual(['completed', null]);
    expect(run.phases.map(({ status }: Phase) => status)).toEqual(PHASES.map(() => 'completed'));
  });
});
