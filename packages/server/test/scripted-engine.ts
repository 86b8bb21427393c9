import type { RunStatus } from '@tenuto/contract';
import type { Engine, EngineHealth, LiveRun, Submission, SubmitResult } from '@tenuto/engine';

/** An engine that does what a test says: nothing runs unless the test makes it so. */
export interface ScriptedEngine extends Engine {
  readonly submitted: Submission[];
  readonly poked: string[];
  /** What the next submits answer, or throw; afterwards every submit is new. */
  readonly answers: (SubmitResult | Error)[];
  readonly runs: Map<string, LiveRun>;
  state: EngineHealth['status'];
  /** Called when somebody pokes. */
  onPoke: (runId: string) => void | Promise<void>;
}

let made = 0;

/** A run id of now, in the order of making. */
export function runIdAt(ms: number): string {
  made += 1;
  const time = ms.toString(16).padStart(12, '0');
  const count = made.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
}

export function scriptedEngine(status: RunStatus = 'queued'): ScriptedEngine {
  const engine: ScriptedEngine = {
    id: '00000000-0000-7000-8000-000000000001',
    submitted: [],
    poked: [],
    answers: [],
    runs: new Map(),
    state: 'running',
    onPoke: () => undefined,
    start: async () => undefined,
    stop: async () => undefined,
    async submit(submission) {
      engine.submitted.push(submission);
      const answer = engine.answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? { duplicate: false, runId: runIdAt(Date.now()), status };
    },
    live: (runId) => engine.runs.get(runId),
    runsWait: () => undefined,
    poke(runId) {
      engine.poked.push(runId);
      void engine.onPoke(runId);
    },
    ended: async (runId) => !engine.runs.has(runId),
    health: () => ({
      status: engine.state,
      ownedRuns: engine.runs.size,
      runningNodes: 0,
      journalBacklogRows: 0,
    }),
  };
  return engine;
}
