import type { Submission, SubmitResult } from '@tenuto/engine';
import type { Dice } from '../dice.ts';
import type { Fleet, Member } from '../fleet.ts';
import type { ModelApi } from '../model/api.ts';
import { ownerKey } from '../model/tables.ts';
import { type History, violated } from '../oracles/history.ts';
import type { Trace } from '../trace.ts';
import type { World } from '../world.ts';
import type { Graphs } from './graph.ts';
import { converse, retryIfFailed } from './messages.ts';
import type { Shape } from './shape.ts';
import { submissionOf } from './submission.ts';

export interface ClientPorts {
  readonly world: World;
  readonly dice: Dice;
  readonly shape: Shape;
  readonly graphs: Graphs;
  readonly fleet: Fleet;
  readonly history: History;
  readonly trace: Trace;
  readonly api: ModelApi;
}

export interface Clients {
  /** Requests whose end is open. */
  readonly busy: number;
}

/** How long a client waits for an answer before it asks again, or gives up. */
const PATIENCE_MS = [300, 20_000] as const;
/** A client with a key may ask two engines at once: somebody pressed the button twice. */
const TWICE = 0.2;
const ENDS_WITHIN_MS = 2_000;
const AGAIN_MS = 150;
const TRIES = 50;

/** Those who submit runs and cancel some. A client with a key asks until it knows. */
export function startClients(ports: ClientPorts): Clients {
  let busy = 0;
  for (let i = 0; i < ports.shape.runs; i += 1) {
    busy += 1;
    client(ports, i).finally(() => {
      busy -= 1;
    });
  }
  return {
    get busy() {
      return busy;
    },
  };
}

async function client(ports: ClientPorts, index: number): Promise<void> {
  const { world, shape, graphs } = ports;
  const dice = ports.dice.fork(`client ${index}`);
  await world.sleep(dice.between(0, shape.troubledMs * 0.7));
  const name = `run-${index}`;
  const keyed = dice.chance(shape.parts.keyed);
  const submission = submissionOf(dice, shape, {
    ...{ name, plan: dice.pick(graphs.top), ...(keyed && { key: name }) },
  });
  const own = { ...ports, dice };
  if (keyed && dice.chance(TWICE)) {
    void submitUntilKnown({ ...ports, dice: dice.fork('twice') }, submission);
  }
  const runId = await submitUntilKnown(own, submission);
  if (runId === undefined) return;
  awaitEnd(own, runId);
  const speaker = { ...own, poke: (run: string) => poke(own, run) };
  await Promise.all([
    dice.chance(shape.cancels) ? cancel(own, runId) : undefined,
    converse({ ...speaker, dice: dice.fork('messages') }, runId),
    retryIfFailed({ ...speaker, dice: dice.fork('retries') }, runId),
  ]);
}

async function submitUntilKnown(
  ports: ClientPorts,
  submission: Submission,
): Promise<string | undefined> {
  const { world, dice, fleet } = ports;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const serving = fleet.serving();
    const asked = serving.length > 0 ? dice.pick(serving) : undefined;
    const result = asked === undefined ? 'not asked' : await ask(ports, asked, submission);
    if (typeof result === 'object') return accepted(ports, submission, result);
    if (submission.idempotency === undefined && result === 'no answer') return undefined;
    await world.sleep(AGAIN_MS);
  }
  return undefined;
}

/** A request over the network: the process may die on it, or freeze. */
function ask(
  { world, dice }: ClientPorts,
  { host, engine }: Member,
  submission: Submission,
): Promise<SubmitResult | string> {
  return new Promise((resolve) => {
    world.after(dice.pick(PATIENCE_MS), () => resolve('no answer'));
    const answer = (result: SubmitResult | string) => host.deliver(() => resolve(result));
    host.deliver(() => engine.submit(submission).then(answer, () => answer('no answer')));
  });
}

function accepted(
  { history, trace }: ClientPorts,
  { owner, name, idempotency }: Submission,
  result: SubmitResult,
): string {
  const { tables } = history;
  const known = tables.keys.get(ownerKey(owner, idempotency?.key ?? ''));
  const runId = result.duplicate ? (known ?? '') : result.runId;
  trace.note(`${name} is accepted as ${runId}${result.duplicate ? ' (again)' : ''}`);
  history.accepted.add(runId);
  if (!tables.live.has(runId) && !tables.done.has(runId)) {
    violated(history, 'no run is lost', `${name} was accepted as ${runId} and is not stored`);
  }
  return runId;
}

/** Who asks an engine for a run's end is told the truth. */
function awaitEnd({ dice, fleet, history }: ClientPorts, runId: string): void {
  const serving = fleet.serving();
  if (serving.length === 0) return;
  const { host, engine } = dice.pick(serving);
  host.deliver(() => {
    const answer = (ended: boolean) => {
      // It may have been taken up again while the answer was on its way.
      const { tables, reopened } = history;
      if (!ended || tables.done.has(runId) || reopened.has(runId)) return;
      violated(history, 'ends are true', `${host.name} says that ${runId} has ended`);
    };
    void engine.ended(runId, ENDS_WITHIN_MS).then((ended) => host.deliver(() => answer(ended)));
  });
}

async function cancel(ports: ClientPorts, runId: string): Promise<void> {
  const { world, dice, history, trace, api } = ports;
  await world.sleep(dice.between(0, dice.pick([5, 500, 5_000])));
  const body = { mode: dice.pick(['graceful', 'immediate'] as const), actor: 'sim' };
  history.cancelAsked.add(runId);
  for (;;) {
    try {
      await api.cancel({ runId, type: 'cancel', body });
      trace.note(`${runId} is to be cancelled (${body.mode})`);
      poke(ports, runId);
      return;
    } catch {
      await world.sleep(AGAIN_MS);
    }
  }
}

const POKED_WITHIN_MS = 300;

/** Every engine hears of the news, some more than once and late. */
export function poke(
  { world, dice, shape, fleet }: Pick<ClientPorts, 'world' | 'dice' | 'shape' | 'fleet'>,
  runId: string,
): void {
  if (shape.faults.silent) return;
  for (const { host, engine } of fleet.serving()) {
    const once = () => host.deliver(() => engine.poke(runId));
    world.after(0, once);
    while (dice.chance(shape.faults.morePokes * 0.8)) {
      world.after(dice.between(0, POKED_WITHIN_MS), once);
    }
  }
}
