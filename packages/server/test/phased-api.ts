/** Runs of profiles on an engine that really runs, with gates that a test directs. */
import type { JsonObject } from '@tenuto/contract';
import type { ActionOutcome } from '@tenuto/engine';
import type { TestAction, TestEngineOptions } from '@tenuto/testkit';
import { vi } from 'vitest';
import { type RealApi, RUNS, startRealApi } from './real-api.ts';
import type { Answer } from './server.ts';

export const PROFILES = '/api/v1/profiles';

export interface PhasedApi extends RealApi {
  /** What the gates of each phase find: nothing when absent. */
  readonly blocked: Map<string, 'error' | 'warning'>;
  /** The parameters that the check of each phase was given last. */
  readonly checked: Map<string, JsonObject>;
  profile(body: object): Promise<void>;
  start(body: object, more?: object): Promise<string>;
  run(runId: string): Promise<Answer['body']>;
  next(runId: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  deed(runId: string, verb: string, body?: object): Promise<Answer>;
  /** Waits until what `look` sees of the run is true. */
  until(runId: string, look: (run: Answer['body']) => boolean): Promise<Answer['body']>;
}

const CHECK = 'governance.check';

export async function startPhasedApi(options: TestEngineOptions = {}): Promise<PhasedApi> {
  const blocked: PhasedApi['blocked'] = new Map();
  const checked: PhasedApi['checked'] = new Map();
  const check: TestAction = (call): ActionOutcome => {
    const phase = String(call.with.phase);
    checked.set(phase, call.with);
    const severity = blocked.get(phase);
    const gate = { id: 'g', type: 'expression', severity: severity ?? 'warning', skipped: false };
    const passed = severity === undefined;
    const message = passed ? 'It is so.' : `${phase} is not good enough.`;
    const gates = [{ ...gate, passed, message, remediation: 'Do better.' }];
    const output = { phase, passed: severity !== 'error', governance_score: 0.5, gates };
    if (severity !== 'error') return { status: 'completed', output };
    const error = { classification: 'validation', type: 'gate_blocked', message } as const;
    return { status: 'failed', error, output };
  };
  const real = await startRealApi({ ...options, actions: { [CHECK]: check, ...options.actions } });
  const post = (path: string, body: object = {}, headers: Record<string, string> = {}) =>
    real.call(path, { method: 'POST', body, headers });
  const api: PhasedApi = {
    ...{ ...real, blocked, checked },
    async profile(body) {
      const answer = await post(PROFILES, body);
      if (answer.status !== 201) throw new Error(answer.text);
    },
    async start(body, more = {}) {
      const answer = await post(RUNS, { ...body, ...more });
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.body.run_id;
    },
    run: async (runId) => (await real.call(`${RUNS}/${runId}`)).body,
    next: (runId, body, headers) => post(`${RUNS}/${runId}/next`, body, headers),
    deed: (runId, verb, body) => post(`${RUNS}/${runId}/${verb}`, body),
    until: (runId, look) =>
      vi.waitUntil(
        async () => {
          const run = await api.run(runId);
          return look(run) && run;
        },
        { timeout: 50_000, interval: 10 },
      ),
  };
  return api;
}

/** A profile of phases that each have one agent, which does what `uses` says. */
export function plainProfile(name: string, phases: readonly object[], more: object = {}) {
  return {
    name,
    phases: phases.map((phase) => ({
      agents: [{ id: 'worker', uses: 'work', with: { at: '${params.intake}' } }],
      ...phase,
    })),
    ...more,
  };
}
