/** Engines of tests on a test database: real ones, that can be frozen, killed and cut off. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ActionCall,
  type ActionOutcome,
  type Clock,
  compilePlan,
  createEngine,
  type Engine,
  type EngineOptions,
  type EngineStore,
  type Submission,
} from '@tenuto/engine';
import { createEngineStore, type PostgresConnection } from '@tenuto/store';

/** Does the work of a node; `call.uses` names it. */
export type TestAction = (call: ActionCall) => ActionOutcome | Promise<ActionOutcome>;

/** Called around every call of the store; what it throws is what the engine gets. */
export type StoreProbe = (method: string, stage: 'before' | 'after') => void | Promise<void>;

export interface TestEngineOptions
  extends Partial<Omit<EngineOptions, 'store' | 'runner' | 'clock' | 'random' | 'log'>> {
  readonly actions?: Readonly<Record<string, TestAction>>;
  /** Those of the actions that keep a ledger of their own calls. */
  readonly knowing?: readonly string[];
  readonly probe?: StoreProbe;
}

/** An attempt that was executed, in the order in which they began. */
export interface Execution {
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
}

export interface LogLine extends Record<string, unknown> {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

export interface TestEngine {
  readonly engine: Engine;
  readonly executed: Execution[];
  readonly log: LogLine[];
  /** As SIGSTOP: no timer fires, nothing reaches the store and no answer comes from it. */
  freeze(): void;
  thaw(): void;
  /** As SIGKILL; what the store was asked for already may still happen. */
  kill(): void;
  /** Sets this machine's clock by some milliseconds; the monotonic one goes on. */
  setClock(byMs: number): void;
  /** Stops the engine in good order and closes its connections. */
  stop(drainMs?: number): Promise<void>;
}

/** Starts an engine that looks often and has a lease of half a second, unless told otherwise. */
export async function startTestEngine(
  connection: PostgresConnection,
  options: TestEngineOptions = {},
): Promise<TestEngine> {
  const { actions = {}, knowing = [], probe, ...given } = options;
  const process = createTestProcess();
  const store = createEngineStore({ ...connection });
  const executed: Execution[] = [];
  let stopped: Promise<void> | undefined;
  const log: LogLine[] = [];
  const write = (level: LogLine['level']) => (fields: Record<string, unknown>, message: string) =>
    void log.push({ ...fields, level, message });
  const engine = createEngine({
    engineId: randomUUID(),
    name: 'test',
    leaseMs: 500,
    ...given,
    store: probed(store, process.gate, probe),
    clock: process.clock,
    random: { next: Math.random, bytes: (count) => randomBytes(count) },
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    runner: {
      knowsItsCalls: (uses) => knowing.includes(uses),
      run(call) {
        const { runId, nodeId, attempt } = call;
        executed.push({ runId, nodeId, attempt });
        const action = actions[call.uses] ?? BUILT_IN[call.uses];
        if (action === undefined) throw new Error(`no action ${call.uses}`);
        return action(call);
      },
    },
  });
  await engine.start();
  return {
    engine,
    executed,
    log,
    freeze: process.freeze,
    thaw: process.thaw,
    kill() {
      process.kill();
      void store.close().catch(() => undefined);
    },
    setClock: process.setClock,
    async stop(drainMs = 0) {
      if (process.killed()) return;
      process.thaw();
      stopped ??= engine.stop(drainMs).then(() => store.close());
      await stopped;
    },
  };
}

const BUILT_IN: Readonly<Record<string, TestAction>> = {
  noop: () => ({ status: 'completed', output: null }),
  echo: (call) => ({ status: 'completed', output: call.with }),
  fail: () => failed('unknown', 'told to fail'),
  'sleep.for': (call) => ({
    status: 'waiting',
    wait: { kind: 'time', until: call.startedAt + Number(call.with.ms) },
  }),
  'wait.run': (call) => ({
    status: 'waiting',
    wait: { kind: 'run', runId: String(call.with.run) },
  }),
  /** Never ends by itself. */
  hang: () => new Promise(() => undefined),
};

export function failed(classification: 'unknown' | 'permanent' | 'transient', message: string) {
  return {
    status: 'failed' as const,
    error: { classification, type: 'test', message },
  } satisfies ActionOutcome;
}

/** A submission of a graph, with defaults for the rest. */
export function testSubmission(
  nodes: Parameters<typeof compilePlan>[0]['nodes'],
  over: Partial<Omit<Submission, 'plan' | 'input'>> & { input?: Partial<Submission['input']> } = {},
): Submission {
  const { input, ...rest } = over;
  return {
    plan: compilePlan({ nodes }),
    owner: 'ann',
    triggeredBy: 'ann',
    name: 'a run',
    jobType: 'dag',
    kind: 'job',
    priority: 5,
    audit: { actor: 'ann', action: 'job.created', subject: '', details: {} },
    ...rest,
    input: {
      params: {},
      maxConcurrentNodes: 100,
      failFast: false,
      timeoutMs: 3_600_000,
      ...input,
    },
  };
}

/** What the tests do to an engine's process: everything goes through its clock and its gate. */
function createTestProcess() {
  let state: 'runs' | 'frozen' | 'killed' = 'runs';
  let shiftMs = 0;
  let held: (() => void)[] = [];
  /** Goes on at once, or when the process is thawed, or never. */
  const whenRunning = (go: () => void) => {
    if (state === 'runs') go();
    else if (state === 'frozen') held.push(go);
  };
  const clock: Clock = {
    wall: () => Date.now() + shiftMs,
    mono: () => performance.now(),
    after(ms, run) {
      let cancelled = false;
      const timer = setTimeout(() => whenRunning(() => cancelled || run()), ms);
      return () => {
        cancelled = true;
        clearTimeout(timer);
      };
    },
  };
  return {
    clock,
    gate: () => new Promise<void>(whenRunning),
    killed: () => state === 'killed',
    freeze() {
      state = 'frozen';
    },
    thaw() {
      state = 'runs';
      const going = held;
      held = [];
      for (const go of going) go();
    },
    kill() {
      state = 'killed';
      held = [];
    },
    setClock(byMs: number) {
      shiftMs += byMs;
    },
  };
}

/** The store, or a lane of it, behind the gate of a process. */
function probed<T extends EngineStore | object>(
  real: T,
  gate: () => Promise<void>,
  probe: StoreProbe = () => undefined,
): T {
  return new Proxy(real, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        await gate();
        await probe(String(name), 'before');
        let answer: unknown;
        try {
          answer = await Reflect.apply(method, target, given);
        } finally {
          await gate();
        }
        await probe(String(name), 'after');
        return typeof answer === 'object' && answer !== null && name === 'openLane'
          ? probed(answer, gate, probe)
          : answer;
      };
    },
  });
}
