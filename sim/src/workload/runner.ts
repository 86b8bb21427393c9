import type { ActionCall, ActionOutcome, ActionRunner, Engine, Plan } from '@tenuto/engine';
import type { Dice } from '../dice.ts';
import type { Host } from '../host.ts';
import type { Effect, History } from '../oracles/history.ts';
import type { World } from '../world.ts';
import { type Script, scriptOf } from './script.ts';
import type { Shape } from './shape.ts';
import { submissionOf } from './submission.ts';

export interface RunnerPorts {
  readonly world: World;
  readonly dice: Dice;
  readonly shape: Shape;
  readonly history: History;
  readonly host: Host;
  readonly subPlan: Plan;
  readonly engine: () => Engine;
  /** Whom an idempotency key belongs to, asked as the API would ask. */
  findRun(owner: string, key: string): Promise<string | undefined>;
  began(effect: Effect): void;
}

/** The hands of a simulated engine: they do what the script of each attempt says. */
export function createRunner(ports: RunnerPorts): ActionRunner {
  return {
    run(call) {
      // What its process was killed at the same moment begins nothing.
      if (ports.host.state === 'dead') return new Promise(() => undefined);
      const effect = begin(ports, call);
      if (call.uses === 'sim.sub') return subRun(ports, call, effect);
      if (call.uses === 'sim.probe') return end(ports, effect, lookAfter(ports, call));
      const script = scriptOf(ports.dice, ports.shape.parts, {
        ...{ run: String(call.with.run), node: call.nodeId, attempt: call.attempt },
        ...{ uses: call.uses, illness: illnessOf(ports, effect) },
      });
      if (script.durationMs > 0 || script.ending === 'kills') {
        return act(ports, { call, effect, script });
      }
      return end(ports, effect, outcomeOf(script, call));
    },
  };
}

function begin(ports: RunnerPorts, call: ActionCall): Effect {
  const { world, history, host } = ports;
  const { runId, nodeId, attempt, idempotencyKey: key, uses } = call;
  const { target } = call.with;
  const effect: Effect = {
    ...{ runId, nodeId, node: -1, attempt, key, uses, engineId: host.engineId, host: host.name },
    target: typeof target === 'string' ? target : undefined,
    ...{ startedAt: world.now, outcome: undefined, endedAt: undefined, over: false },
  };
  history.effects.push(effect);
  history.underway.add(effect);
  const over = () => leave(ports, effect);
  call.signal.addEventListener('abort', over);
  host.onDeath(over);
  ports.began(effect);
  return effect;
}

function leave({ world, history }: RunnerPorts, effect: Effect): void {
  effect.over = true;
  effect.endedAt ??= world.now;
  history.underway.delete(effect);
}

function end(ports: RunnerPorts, effect: Effect, outcome: ActionOutcome): ActionOutcome {
  // What it said first is what it said: a late abort changes nothing.
  effect.outcome ??= outcome;
  leave(ports, effect);
  return effect.outcome;
}

/** Time passes until the script ends, or the abort if it heeds that. */
function act(
  ports: RunnerPorts,
  of: { readonly call: ActionCall; readonly effect: Effect; readonly script: Script },
): Promise<ActionOutcome> {
  const { world, host } = ports;
  const { call, effect, script } = of;
  return new Promise((resolve) => {
    const settle = (outcome: ActionOutcome) =>
      host.deliver(() => resolve(end(ports, effect, outcome)));
    const cancel = world.after(script.durationMs, () => {
      if (script.ending === 'kills') host.deliver(() => host.kill());
      else settle(outcomeOf(script, call));
    });
    if (ports.shape.parts.heartbeats > 0 && script.talks) talk(ports, call, effect);
    if (script.ignoresAbort) return;
    call.signal.addEventListener('abort', () => {
      cancel();
      settle(failure('transient', 'aborted'));
    });
  });
}

const TALKS_EVERY_MS = 40;

function talk(
  { world, host }: Pick<RunnerPorts, 'world' | 'host'>,
  call: ActionCall,
  effect: Effect,
): void {
  world.after(TALKS_EVERY_MS, () =>
    host.deliver(() => {
      if (effect.over || effect.outcome !== undefined) return;
      call.heartbeat();
      talk({ world, host }, call, effect);
    }),
  );
}

/** Targets are ill for a while after all other faults are over. */
const ILL_FOR = 1.5;

function illnessOf({ world, shape }: RunnerPorts, { target, uses }: Effect): number {
  const ill = target !== undefined && world.now < shape.troubledMs * ILL_FOR;
  return ill && uses === 'sim.act' ? shape.parts.illness : 0;
}

/** Finds out whether what a lost attempt was to do has been done. */
function lookAfter({ history }: RunnerPorts, { runId, nodeId, idempotencyKey }: ActionCall) {
  const key = idempotencyKey.replace(/\/probe$/, '');
  const done = history.effects.find(
    (one) =>
      one.runId === runId &&
      one.nodeId === nodeId &&
      one.key === key &&
      one.outcome?.status === 'completed',
  );
  const output = done?.outcome?.status === 'completed' ? done.outcome.output : null;
  return { status: 'completed', output: { done: done !== undefined, output } } as const;
}

async function subRun(
  ports: RunnerPorts,
  call: ActionCall,
  effect: Effect,
): Promise<ActionOutcome> {
  const name = `${call.with.run}/${call.idempotencyKey.slice(call.runId.length + 1)}`;
  const submission = submissionOf(ports.dice.fork(name), ports.shape, {
    ...{ name, plan: ports.subPlan, key: call.idempotencyKey, parentRun: call.runId },
  });
  let runId: string | undefined;
  try {
    const result = await ports.engine().submit(submission);
    if (!result.duplicate) runId = result.runId;
    else runId = await ports.findRun(submission.owner, call.idempotencyKey);
  } catch {
    // Whether it is stored is not known; the next attempt has the same key.
  }
  if (runId === undefined) return end(ports, effect, failure('transient', 'away'));
  ports.history.accepted.add(runId);
  return end(ports, effect, { status: 'waiting', wait: { kind: 'run', runId } });
}

function outcomeOf(script: Script, call: ActionCall): ActionOutcome {
  const { ending, classification, retryAfterMs, outputBytes, sleepMs } = script;
  if (ending === 'sleeps') {
    return { status: 'waiting', wait: { kind: 'time', until: call.startedAt + sleepMs } };
  }
  if (ending === 'awaits') {
    const { signal: name, patienceMs } = script;
    const until = patienceMs === undefined ? {} : { until: call.startedAt + patienceMs };
    return { status: 'waiting', wait: { kind: 'signal', name, ...until } };
  }
  if (ending === 'fails') return failure(classification, 'scripted', retryAfterMs);
  return { status: 'completed', output: { text: 'x'.repeat(outputBytes) } };
}

function failure(
  classification: Script['classification'],
  type: string,
  retryAfterMs?: number,
): ActionOutcome {
  const error = { classification, type, message: 'as the script says' };
  return {
    status: 'failed',
    error: retryAfterMs === undefined ? error : { ...error, retryAfterMs },
  };
}
