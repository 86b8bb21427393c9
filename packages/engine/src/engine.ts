/**
 * The engine: it owns runs, keeps them in memory and drives them; the store is asked only to make
 * durable what happened.
 *
 *   submit --+                                   +--> executor --> action
 *   claim ---+--> run table --> driver --> journal --commit--+
 *   inbox ---+                     ^             +--> answers to submitters
 *                                  +------------ outcome ----+
 *
 * | what goes wrong         | what happens                                                       |
 * |-------------------------|--------------------------------------------------------------------|
 * | this process dies       | another engine takes over after the lease, or the next start does  |
 * | the database is away    | the journal sends again; new runs are refused once it is behind    |
 * | taken over while frozen | the next flush is fenced: memory is dropped, a new epoch begins     |
 */
import { OrchestrationError } from '@tenuto/contract';
import { createDatabaseClock } from './database-clock.ts';
import { type EngineOptions, type EngineState, withDefaults } from './engine-state.ts';
import { createLease } from './lease.ts';
import { createClaimer } from './loops/claimer.ts';
import { createLoop, type Loop } from './loops/loop.ts';
import { createRescuer } from './loops/rescuer.ts';
import { beat, beginAgain, register } from './membership.ts';
import type { Engine, EngineHealth } from './ports/engine-api.ts';
import { liveView } from './run/index.ts';
import { createRunTable, type RunTableOptions } from './run-table.ts';

const CLAIM_EVERY_MS = 250;
const INBOX_EVERY_MS = 500;
const TEND_EVERY_MS = 200;
const CLOCK_EVERY_MS = 5_000;
const MAINTAIN_EVERY_MS = 600_000;
const WATCH_EVERY_MS = 1_000;
const EXPIRE_EVERY_MS = 1_000;
const CIRCUITS_EVERY_MS = 250;

export function createEngine(options: EngineOptions): Engine {
  const state = createState(options, {
    queued: () => loops.claim.wake(),
    circuitsChanged: () => loops.circuits.wake(),
  });
  const loops = createLoops(state);
  const { table, settings } = state;
  return {
    id: settings.engineId,
    start: () => start(state, loops),
    stop: (drainMs) => stop(state, loops, drainMs),
    submit(submission) {
      if (state.status === 'running') return table.submit(submission);
      const detail = 'This server is starting or going down; send the request again.';
      const error = new OrchestrationError('overloaded', detail, { retryAfterSeconds: 1 });
      return Promise.reject(error);
    },
    live(runId) {
      const owned = table.find(runId);
      if (owned === undefined) return undefined;
      return liveView(
        owned.run,
        () => owned.status,
        () => owned.seq,
      );
    },
    runsWait: () => loops.claim.wake(),
    poke: () => loops.inbox.wake(),
    ended: table.ended,
    health: () => healthOf(state),
  };
}

function createState(
  options: EngineOptions,
  wakes: Pick<RunTableOptions, 'queued' | 'circuitsChanged'>,
): EngineState {
  const settings = withDefaults(options);
  const { engineId, log, store, leaseMs } = settings;
  const lease = createLease(options.clock, leaseMs);
  const clock = createDatabaseClock(options.clock, () => store.databaseTime());
  const table = createRunTable({
    ...{ ...settings, ...wakes, lease, clock },
    peers: () => state.peers,
    draining: () => state.status === 'stopping' || state.status === 'stopped',
    lost: (outcome) => void beginAgain(state, outcome),
    troubled(fault) {
      state.trouble = fault?.message;
      if (fault !== undefined) log.warn({ engine: engineId, error: fault.message }, 'store away');
    },
  });
  const state: EngineState = {
    ...{ settings, lease, clock, table, status: 'stopped', epoch: 0 },
    ...{ trouble: undefined, beginning: undefined, peers: 0 },
  };
  return state;
}

type Loops = Readonly<Record<'claim' | 'inbox' | 'beat' | 'circuits', Loop>> & {
  readonly all: readonly Loop[];
};

function createLoops(state: EngineState): Loops {
  const { clock, table, settings } = state;
  const { engineId, leaseMs, store, log } = settings;
  const loop = (name: string, everyMs: number, work: () => unknown) =>
    createLoop({
      ...{ name, clock, everyMs },
      async runOnce() {
        await work();
        return undefined;
      },
      onError: (failed, error) => told(state, failed, error),
    });
  const claimRuns = createClaimer(state);
  const claim = createLoop({
    ...{ name: 'claim', clock, everyMs: CLAIM_EVERY_MS },
    runOnce: async () => ((await claimRuns()) > 0 ? 0 : undefined),
    onError: (failed, error) => told(state, failed, error),
  });
  const rescue = createRescuer({
    ...{ engineId, leaseMs, clock, store },
    peersSeen(count) {
      state.peers = count;
    },
    tookOver(dead, runs) {
      log.warn({ engine: engineId, dead, runs }, 'took over a dead engine');
      claim.wake();
    },
  });
  const inbox = loop('inbox', INBOX_EVERY_MS, table.readInbox);
  const circuits = loop('circuits', CIRCUITS_EVERY_MS, table.tendCircuits);
  const beating = loop('beat', leaseMs / 4, () => beat(state));
  const others = [
    loop('rescue', leaseMs / 4, rescue),
    loop('tend', TEND_EVERY_MS, table.tend),
    loop('watch', WATCH_EVERY_MS, table.checkWatched),
    loop('reconcile', leaseMs, table.reconcile),
    loop('expire', EXPIRE_EVERY_MS, async () => {
      if ((await store.expireInterventions()) > 0) inbox.wake();
    }),
    loop('clock', CLOCK_EVERY_MS, clock.sync),
    loop('maintain', MAINTAIN_EVERY_MS, store.maintain),
  ];
  const all = [claim, inbox, beating, circuits, ...others];
  return { claim, inbox, beat: beating, circuits, all };
}

async function start(state: EngineState, { all }: Loops): Promise<void> {
  const { engineId, store, log } = state.settings;
  state.status = 'starting';
  await store.maintain();
  await state.clock.sync();
  await register(state);
  for (const loop of all) loop.start();
  state.status = 'running';
  log.info({ engine: engineId, epoch: state.epoch }, 'engine runs');
}

/** The heart beats to the last: nobody is to take over what is being handed back. */
async function stop(state: EngineState, loops: Loops, drainMs: number): Promise<void> {
  if (state.status === 'stopped') return;
  state.status = 'stopping';
  await Promise.all(loops.all.filter((loop) => loop !== loops.beat).map((loop) => loop.stop()));
  await state.beginning;
  const empty = await state.table.drain(drainMs);
  await loops.beat.stop();
  state.status = 'stopped';
  await state.table.forgetAll();
  if (!empty) return;
  const { engineId, store } = state.settings;
  await store.retire(engineId, state.epoch).catch((error) => told(state, 'retire', error));
}

function told({ settings }: EngineState, loop: string, error: unknown): void {
  const fields = { engine: settings.engineId, loop, error: String(error) };
  settings.log.warn(fields, 'a round failed; it comes again');
}

function healthOf({ status, trouble, table }: EngineState): EngineHealth {
  return {
    status: status === 'running' && trouble !== undefined ? 'degraded' : status,
    ...table.load(),
    ...(trouble !== undefined && { detail: trouble }),
  };
}
