/** What clients tell their runs while these go on, and after they have failed. */
import { RECOVERY_ACTIONS, RESOLUTIONS } from '@tenuto/contract';
import type { Dice } from '../dice.ts';
import type { ModelApi } from '../model/api.ts';
import { ACTOR } from '../model/inbox.ts';
import type { History } from '../oracles/history.ts';
import type { World } from '../world.ts';
import { drawParameters } from './policy.ts';
import { SIGNALS } from './script.ts';
import type { Shape } from './shape.ts';
import { uuid } from './uuid.ts';

export interface Speaker {
  readonly world: World;
  readonly dice: Dice;
  readonly shape: Shape;
  readonly history: History;
  readonly api: ModelApi;
  /** Says that there is something new in a run's inbox. */
  poke(runId: string): void;
}

/** Says some things to a run; what fails on its way is not said again. */
export async function converse(speaker: Speaker, runId: string): Promise<void> {
  const { world, dice, shape } = speaker;
  const times = dice.int(0, shape.messages);
  for (let i = 0; i < times; i += 1) {
    await world.sleep(dice.between(0, dice.pick([50, 1_000, 4_000])));
    await dice
      .pick(THINGS)(speaker, runId)
      .catch(() => undefined);
    speaker.poke(runId);
  }
}

type Thing = (speaker: Speaker, runId: string) => Promise<unknown>;

const THINGS: readonly Thing[] = [
  ...[pauseForAWhile, pauseForAWhile, signal, signal],
  ...[cancelRetry, recover, recover, decide],
];

async function pauseForAWhile(speaker: Speaker, runId: string): Promise<void> {
  const { world, dice } = speaker;
  await pause(speaker, runId, true);
  speaker.poke(runId);
  await world.sleep(dice.between(0, 2_000));
  await pause(speaker, runId, false);
}

/** As the API does it: a run that has not started is held back, one that has is told. */
export async function pause({ api }: Pick<Speaker, 'api'>, runId: string, on: boolean) {
  const held = await api.hold({ runId, held: on });
  if (held === 'changed') return held;
  return api.tell({ runId, type: on ? 'pause' : 'resume', body: { actor: ACTOR } });
}

function signal({ api, dice }: Speaker, runId: string) {
  const body = { actor: ACTOR, name: dice.pick(SIGNALS), payload: dice.int(0, 1_000) };
  return api.tell({ runId, type: 'signal', body });
}

function cancelRetry({ api, dice }: Speaker, runId: string) {
  return api.tell({ runId, type: 'cancel_retry', body: { actor: ACTOR, node: dice.int(0, 6) } });
}

/** Actions that are about one node, and those that are about the run. */
const NEEDS_NODE = new Set(['skip_node', 'fallback_strategy']);
const TAKES_NO_NODE = new Set(['requeue_job', 'rollback_state', 'abort_execution']);

async function recover({ api, dice, history }: Speaker, runId: string) {
  const action = dice.pick(RECOVERY_ACTIONS);
  const about = NEEDS_NODE.has(action) || (!TAKES_NO_NODE.has(action) && dice.chance(0.7));
  const body = {
    ...{ actor: ACTOR, session: uuid(dice), action, with: drawParameters(dice, action) },
    ...(about && { node: dice.int(0, 6) }),
  };
  const message = { runId, type: 'recover', body } as const;
  if (history.tables.live.has(runId)) return api.tell(message);
  // What is over is aborted without being taken up.
  if (action === 'abort_execution') return undefined;
  return api.reopen({ ...message, status: 'recovering' });
}

async function decide({ api, dice, history }: Speaker, runId: string) {
  const asked = [...history.tables.interventions.values()].filter((one) => one.runId === runId);
  if (asked.length > 0) await api.decide(dice.pick(asked).id, dice.pick(RESOLUTIONS));
}

const LOOK_EVERY_MS = 400;

/** Takes a run up again that has failed, some times at most. */
export async function retryIfFailed(speaker: Speaker, runId: string): Promise<void> {
  const { world, dice, shape, history, api } = speaker;
  for (let left = 2; left > 0 && dice.chance(shape.retries); ) {
    const over = history.tables.done.get(runId);
    if (over === undefined) {
      if (world.now > shape.troubledMs) return;
      await world.sleep(LOOK_EVERY_MS);
      continue;
    }
    if (over.status !== 'failed' && over.status !== 'timeout') return;
    left -= 1;
    const from = dice.pick(['failed', 'failed', 'start', 'node'] as const);
    const body = { actor: ACTOR, session: uuid(dice), from, ...(from === 'node' && { node: 0 }) };
    await api.reopen({ runId, type: 'retry', status: 'retrying', body }).catch(() => undefined);
    speaker.poke(runId);
  }
}
