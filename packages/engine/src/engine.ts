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
import type { EngineLog } from './engine-log.ts';
import { createLease } from './lease.ts';
import { createLoop, type Loop } from './loops/loop.ts';
import { createRescuer } from './loops/rescuer.ts';
import type { ActionRunner } from './ports/action-runner.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { Engine, EngineHealth } from './ports/engine-api.ts';
import type { EngineStore, StoreFault } from './ports/store.ts';
import { liveView } from './run/index.ts';
import { createRunTable } from './run-table.ts';

export interface EngineOptions {
  readonly engineId: string;
  readonly name: string;
  readonly store: EngineStore;
  readonly runner: ActionRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: EngineLog;
  /** Runs in memory at once; what is beyond waits in the database for any engine. */
  readonly capacity?: number;
  /** Attempts at once in this engine. */
  readonly slots?: number;
  /** Connections that the journal writes over. */
  readonly lanes?: number;
  readonly leaseMs?: number;
  /** A run that has nothing to do for longer than that leaves memory. */
  readonly parkAfterMs?: number;
  /** The engine's previous process under this id is proven dead. */
  readonly previousIsDead?: boolean;
}

const DEFAULTS = { capacity: 500, slots: 500, lanes: 1, leaseMs: 10_000, parkAfterMs: 60_000 };
const CLAIM_EVERY_MS = 250;
const CLAIM_AT_ONCE = 500;
const INBOX_EVERY_MS = 500;
const TEND_EVERY_MS = 200;
const CLOCK_EVERY_MS = 5_000;
const MAINTAIN_EVERY_MS = 600_000;
const WATCH_EVERY_MS = 1_000;

export function createEngine(options: EngineOptions): Engine {
  const settings = { ...DEFAULTS, ...options };
  const { engineId, store, log, leaseMs } = settings;
  const lease = createLease(options.clock, leaseMs);
  const clock = createDatabaseClock(options.clock, () => store.databaseTime());
  let status: EngineHealth['status'] = 'stopped';
  let trouble: string | undefined;
  let epoch = 0;
  let beginning: Promise<void> | undefined;
  let loops: Loop[] = [];
  /** Claimed runs on their way into memory. */
  let arriving = 0;
  let adoption: Promise<void> = Promise.resolve();
  const table = createRunTable({
    ...settings,
    lease,
    clock,
    queued: () => loops[CLAIM_LOOP]?.wake(),
    draining: () => status === 'stopping' || status === 'stopped',
    lost: (outcome) => void beginAgain(outcome),
    troubled(fault: StoreFault | undefined) {
      trouble = fault?.message;
      if (fault !== undefined) log.warn({ engine: engineId, error: fault.message }, 'store away');
    },
  });

  /**
   * What an earlier epoch of this engine still owns goes back into the queue first, with the starts
   * that only its batches know of.
   */
  async function register(): Promise<void> {
    if (epoch > 0 || options.previousIsDead === true) await store.takeOver(engineId, undefined);
    const at = lease.now();
    ({ epoch } = await store.register({ engineId, name: options.name, lanes: settings.lanes }));
    await table.open(epoch);
    lease.renewed(at);
  }

  /** This engine was taken over, or the database went back in time: memory is worth nothing now. */
  function beginAgain(outcome: 'fenced' | 'gap'): Promise<void> {
    log.error({ engine: engineId, epoch, outcome }, 'the journal was refused; starting over');
    beginning ??= forgetAndRegister().finally(() => {
      beginning = undefined;
    });
    return beginning;
  }

  async function forgetAndRegister(): Promise<void> {
    // Not waited for: a connection that the network has swallowed is not closed for minutes.
    void table.forgetAll();
    while (status === 'running') {
      try {
        await register();
        return;
      } catch (error) {
        log.warn({ engine: engineId, error: String(error) }, 'cannot register again yet');
        await new Promise<void>((resolve) => clock.after(1_000, resolve));
      }
    }
  }

  async function beat(): Promise<number | undefined> {
    const at = lease.now();
    const sent = epoch;
    const alive = await store.beat(engineId, sent);
    // An answer to an epoch that is over says nothing about this one.
    if (sent !== epoch || !table.isOpen()) return undefined;
    if (alive) {
      lease.renewed(at);
      table.leaseRenewed();
    } else {
      await beginAgain('fenced');
    }
    return undefined;
  }

  /** Claims the next runs while the last ones are read. */
  async function claim(): Promise<number | undefined> {
    const limit = Math.min(CLAIM_AT_ONCE, table.room() - arriving);
    if (limit <= 0 || !table.isOpen()) return undefined;
    const runIds = await store.claim({ engineId, epoch, limit });
    table.queueSeen(runIds.length < limit);
    if (runIds.length === 0) return undefined;
    const earlier = adoption;
    arriving += runIds.length;
    adoption = table.adopt(runIds).finally(() => {
      arriving -= runIds.length;
    });
    // A failure is told by the round that waits for it; the runs are found when memory is compared.
    adoption.catch(() => undefined);
    await earlier;
    return 0;
  }

  function makeLoops(): Loop[] {
    const rescue = createRescuer({
      engineId,
      leaseMs,
      clock,
      store,
      tookOver(dead, runs) {
        log.warn({ engine: engineId, dead, runs }, 'took over a dead engine');
        loops[CLAIM_LOOP]?.wake();
      },
    });
    const loop = (name: string, everyMs: number, runOnce: () => Promise<number | undefined>) =>
      createLoop({ name, clock, everyMs, runOnce, onError });
    const always = (work: () => unknown) => async () => {
      await work();
      return undefined;
    };
    return [
      loop('claim', CLAIM_EVERY_MS, claim),
      loop('inbox', INBOX_EVERY_MS, always(table.readInbox)),
      loop('beat', leaseMs / 4, beat),
      loop('rescue', leaseMs / 4, always(rescue)),
      loop('tend', TEND_EVERY_MS, always(table.tend)),
      loop('watch', WATCH_EVERY_MS, always(table.checkWatched)),
      loop('reconcile', leaseMs, always(table.reconcile)),
      loop('clock', CLOCK_EVERY_MS, always(clock.sync)),
      loop('maintain', MAINTAIN_EVERY_MS, always(store.maintain)),
    ];
  }

  function onError(loop: string, error: unknown): void {
    log.warn({ engine: engineId, loop, error: String(error) }, 'a round failed; it comes again');
  }

  return {
    id: engineId,
    async start() {
      status = 'starting';
      await store.maintain();
      await clock.sync();
      await register();
      loops = makeLoops();
      for (const loop of loops) loop.start();
      status = 'running';
      log.info({ engine: engineId, epoch }, 'engine runs');
    },
    async stop(drainMs) {
      if (status === 'stopped') return;
      status = 'stopping';
      await Promise.all(loops.filter((_l, i) => i !== BEAT_LOOP).map((loop) => loop.stop()));
      await beginning;
      const empty = await table.drain(drainMs);
      await loops[BEAT_LOOP]?.stop();
      status = 'stopped';
      await table.forgetAll();
      if (empty) await store.retire(engineId, epoch).catch((error) => onError('retire', error));
    },
    submit(submission) {
      if (status !== 'running') {
        const detail = 'This server is starting or going down; send the request again.';
        return Promise.reject(
          new OrchestrationError('overloaded', detail, { retryAfterSeconds: 1 }),
        );
      }
      return table.submit(submission);
    },
    live(runId) {
      const owned = table.find(runId);
      return owned === undefined ? undefined : liveView(owned.run, () => owned.status);
    },
    poke: () => loops[INBOX_LOOP]?.wake(),
    ended: table.ended,
    health: () => ({
      status: status === 'running' && trouble !== undefined ? 'degraded' : status,
      ...table.load(),
      ...(trouble !== undefined && { detail: trouble }),
    }),
  };
}

const CLAIM_LOOP = 0;
const INBOX_LOOP = 1;
const BEAT_LOOP = 2;
