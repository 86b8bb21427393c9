/** The API with an engine that really runs: what a test submits goes on until it is over. */
import type { RunStatus } from '@tenuto/contract';
import type { ActionOutcome } from '@tenuto/engine';
import {
  createDatabase,
  failed,
  startTestEngine,
  type TestAction,
  type TestDatabase,
  type TestEngine,
  type TestEngineOptions,
} from '@tenuto/testkit';
import { vi } from 'vitest';
import { type Answer, aJob, JOB, startApiOn, type TestApi } from './server.ts';

const BASE = '/api/v1/orchestration';

export interface RealApi extends Omit<TestApi, 'engine'> {
  readonly engine: TestEngine;
  readonly connection: TestDatabase['connection'];
  /** Submits a job of these nodes; answers its id. */
  submit(nodes: readonly object[], more?: Record<string, unknown>): Promise<string>;
  job(jobId: string): Promise<Answer['body']>;
  node(jobId: string, nodeId: string): Promise<Answer['body']>;
  /** Asks for something to be done to a job. */
  ask(jobId: string, verb: string, body?: object): Promise<Answer>;
  /** Waits until the job has a status, for as long as the test may take. */
  reaches(jobId: string, ...statuses: RunStatus[]): Promise<Answer['body']>;
  /** Waits until nothing of the job is going on any more, its cleanup included. */
  ends(jobId: string): Promise<Answer['body']>;
  /** Waits until a node has a status. */
  nodeIs(jobId: string, nodeId: string, status: string): Promise<Answer['body']>;
  /** The recoveries of a job, oldest first, each with its audit rows. */
  sessions(jobId: string): Promise<Session[]>;
  /** The open intervention of a job. */
  asked(jobId: string): Promise<Answer['body']>;
  /** Status changes of a job as `from to`. */
  changes(jobId: string): Promise<string[]>;
  /** Node and attempt of all that was executed, in order. */
  executed(): string[];
}

export interface Session {
  readonly action: string;
  readonly trigger: string;
  readonly status: string;
  readonly actor: string;
  readonly node_id: string | null;
  readonly state_before: string;
  readonly state_after: string | null;
  /** Events of its audit rows, in their order, with whether they tell of success. */
  readonly audits: readonly (readonly [event: string, success: boolean | null])[];
}

/** A retry policy without retries. */
export const once = { strategy: 'none', max_attempts: 1 };

/** Fails until it is mended. */
export function machine(): { readonly action: TestAction; mend(): void; readonly calls: string[] } {
  let broken = true;
  const calls: string[] = [];
  return {
    calls,
    mend() {
      broken = false;
    },
    action({ nodeId }): ActionOutcome {
      calls.push(nodeId);
      return broken ? failed('transient', 'broken') : { status: 'completed', output: 'mended' };
    },
  };
}

/** Something that goes on until it is opened, or until it is told to abort. */
export function gate(): { readonly action: TestAction; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    open: () => open(),
    action: ({ signal }) => {
      const aborted = new Promise<ActionOutcome>((resolve) => {
        const end = () => resolve(failed('permanent', 'aborted'));
        signal.addEventListener('abort', end, { once: true });
      });
      const passed = opened.then((): ActionOutcome => ({ status: 'completed', output: null }));
      return Promise.race([aborted, passed]);
    },
  };
}

/** Waits for a signal, as `signal.wait` does. */
export const awaitSignal: TestAction = (call) => ({
  status: 'waiting',
  wait: { kind: 'signal', name: String(call.with.name) },
});

export async function startRealApi(options: TestEngineOptions = {}): Promise<RealApi> {
  const database = await createDatabase();
  const engine = await startTestEngine(database.connection, {
    parkAfterMs: 60_000,
    ...options,
    actions: { 'signal.wait': awaitSignal, ...options.actions },
  });
  const api = await startApiOn(database, { engine: engine.engine });
  const read = async (path: string) => (await api.call(path)).body;
  const real: RealApi = {
    ...api,
    engine,
    connection: database.connection,
    async submit(nodes, more = {}) {
      const answer = await api.call(JOB, { body: aJob({ dag_definition: { nodes }, ...more }) });
      if (answer.status !== 202) throw new Error(answer.text);
      return answer.body.job_id;
    },
    job: (jobId) => read(`${JOB}/${jobId}`),
    node: (jobId, nodeId) => read(`${JOB}/${jobId}/nodes/${nodeId}`),
    ask: (jobId, verb, body) =>
      api.call(`${JOB}/${jobId}/${verb}`, { method: 'POST', ...(body && { body }) }),
    reaches: (jobId, ...statuses) =>
      vi.waitUntil(
        async () => {
          const job = await real.job(jobId);
          return statuses.includes(job.status) && job;
        },
        { timeout: 50_000, interval: 10 },
      ),
    ends: (jobId) =>
      vi.waitUntil(
        async () => {
          const job = await real.job(jobId);
          return job.completed_at !== null && job;
        },
        { timeout: 50_000, interval: 10 },
      ),
    nodeIs: (jobId, nodeId, status) =>
      vi.waitUntil(
        async () => {
          const node = await real.node(jobId, nodeId);
          return node.status === status && node;
        },
        { timeout: 50_000, interval: 10 },
      ),
    async sessions(jobId) {
      const { items } = await read(`${BASE}/recoveries?job_id=${jobId}&limit=100`);
      const sessions = items.toReversed().map(async (item: Session & { session_id: string }) => {
        const rows = await read(`${BASE}/recovery-audits?session_id=${item.session_id}`);
        const audits = rows.items
          .map(({ event, success }: { event: string; success: boolean | null }) => [event, success])
          .sort(
            ([a]: string[], [b]: string[]) => Number(b === 'started') - Number(a === 'started'),
          );
        const { action, trigger, status, actor, node_id, state_before, state_after } = item;
        return { action, trigger, status, actor, node_id, state_before, state_after, audits };
      });
      return Promise.all(sessions);
    },
    asked: (jobId) =>
      vi.waitUntil(
        async () =>
          (await read(`${BASE}/interventions?job_id=${jobId}&state=open,assigned`)).items[0],
        { timeout: 50_000, interval: 10 },
      ),
    async changes(jobId) {
      const { items } = await read(`${JOB}/${jobId}/history?limit=100`);
      return items.map(({ from, to }: { from: string | null; to: string }) => `${from} ${to}`);
    },
    executed: () => engine.executed.map(({ nodeId, attempt }) => `${nodeId}${attempt}`),
    async [Symbol.asyncDispose]() {
      await engine.stop();
      await api[Symbol.asyncDispose]();
    },
  };
  return real;
}

export const INTERVENTIONS = `${BASE}/interventions`;
export const RECOVERIES = `${BASE}/recoveries`;
export const RUNS = '/api/v1/runs';
