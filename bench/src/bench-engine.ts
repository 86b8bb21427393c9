import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ActionRunner,
  type Clock,
  createEngine,
  type Engine,
  type EngineStore,
  type Plan,
} from '@tenuto/engine';
import { type Shape, SUBMISSION } from './shape.ts';

/** Enough for every shape to be limited by the journal alone. */
const CAPACITY = 20_000;
const SLOTS = 5_000;
const RUN_WITHIN_MS = 120_000;
const POLL_MS = 2;

const clock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const quiet = () => undefined;
const complain = (fields: object, message: string) => {
  process.stderr.write(`engine: ${message} ${JSON.stringify(fields)}\n`);
};
const log = { debug: quiet, info: quiet, warn: complain, error: complain };

/** An action that does nothing, in this process: what is left is the engine. */
export const noop: ActionRunner = { run: () => ({ status: 'completed', output: null }) };

/** Runs an engine on the store for as long as `use` takes. */
export async function withEngine<T>(
  store: EngineStore,
  runner: ActionRunner,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = createEngine({
    engineId: randomUUID(),
    name: 'bench',
    store,
    runner,
    clock,
    random: { next: Math.random, bytes: (count) => randomBytes(count) },
    log,
    capacity: CAPACITY,
    slots: SLOTS,
  });
  await engine.start();
  try {
    return await use(engine);
  } finally {
    await engine.stop(1_000);
  }
}

/**
 * Submits until the engine keeps new runs for itself: before its first look into the queue it
 * leaves them there.
 */
export async function settled(engine: Engine, plan: Plan): Promise<void> {
  for (;;) {
    const result = await submit(engine, plan);
    await untilEnded(engine, result.runId);
    if (result.status === 'running') return;
  }
}

/** Puts the shape's runs through the engine, so many at once. @returns milliseconds */
export async function runShape(engine: Engine, plan: Plan, shape: Shape): Promise<number> {
  let left = shape.runs;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await untilEnded(engine, (await submit(engine, plan)).runId);
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: Math.min(shape.outstanding, shape.runs) }, worker));
  return performance.now() - from;
}

async function submit(engine: Engine, plan: Plan) {
  const result = await engine.submit({ ...SUBMISSION, plan });
  if (result.duplicate) throw new Error('A run without a key was called a duplicate.');
  return result;
}

async function untilEnded(engine: Engine, runId: string): Promise<void> {
  if (await engine.ended(runId, RUN_WITHIN_MS)) return;
  throw new Error(`Run ${runId} did not end.`);
}

/** Resolves when `done` holds and the engine has no run left. */
export async function untilIdle(engine: Engine, done: () => boolean): Promise<void> {
  const until = performance.now() + RUN_WITHIN_MS;
  while (!done() || engine.health().ownedRuns > 0) {
    if (performance.now() > until) throw new Error('The runs did not end.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
