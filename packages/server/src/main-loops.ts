/** What a server does by itself, beside all others: fires tasks, tells, carries events, tidies up. */
import { createNoticeSender } from '@tenuto/actions';
import {
  createApprovalChores,
  createArtifactPruner,
  createCallSettler,
  createFeedPruner,
  createRelay,
  createScheduler,
  createSealer,
  createTokenPruner,
  type Engine,
  type Relay,
  type RelayStore,
  type Scheduler,
  type SchedulerOptions,
  type StrayCalls,
} from '@tenuto/engine';
import { createNotifyBus } from '@tenuto/store';
import type { FastifyBaseLogger } from 'fastify';
import { createRedisBus } from './bus/redis-bus.ts';
import { createEventing, type Eventing } from './events/eventing.ts';
import { randomId } from './http/random-id.ts';
import type { makeSenders } from './main-actions.ts';
import type { openStore } from './main-store.ts';
import type { Vault } from './secrets/vault.ts';
import { secretOf } from './services/notification-channels.ts';
import type { Settings } from './settings.ts';
import { systemClock, systemRandom } from './system-clock.ts';
import type { Teardown } from './teardown.ts';

/** Fires tasks when it is time, beside the schedulers of the other servers. */
export function schedulerOf(
  store: SchedulerOptions['store'],
  { engine, log }: { readonly engine: Engine; readonly log: FastifyBaseLogger },
): Scheduler {
  return createScheduler({ store, clock: systemClock, log, runsWait: engine.runsWait });
}

/** Sends what there is to tell, beside the relays of the other servers. */
export function relayOf(
  store: RelayStore,
  {
    senders,
    vault,
    log,
  }: {
    readonly senders: ReturnType<typeof makeSenders>;
    readonly vault: Vault;
    readonly log: FastifyBaseLogger;
  },
): Relay {
  const clock = systemClock;
  const send = createNoticeSender({
    ...{ ...senders, clock },
    openSecret: (sealed, channelId) => vault.open(sealed, secretOf(channelId)),
  });
  return createRelay({ store, send, clock, random: systemRandom, log });
}

/** Events, with the engine that is made later. */
export function eventingOf(
  { eventRetentionMs: retentionMs, leaseMs: claimAfterMs, redis }: Settings,
  store: Awaited<ReturnType<typeof openStore>>,
  { log, engine }: { readonly log: FastifyBaseLogger; readonly engine: () => Engine },
): Eventing {
  return createEventing({
    ...{ store: store.api.events, clock: systemClock, log, retentionMs },
    poke: (runId) => engine().poke(runId),
    bus: (parts) =>
      redis === undefined
        ? createNotifyBus(store.config, { clock: systemClock, news: parts.news })
        : createRedisBus({
            ...{ ...parts, ...redis, store: store.api.events, clock: systemClock, log },
            ...{ claimAfterMs, random: systemRandom, consumer: randomId(systemRandom) },
          }),
  });
}

/** How long messages that are on their way may take to arrive; what is left is sent again. */
const RELAY_DRAIN_MS = 5_000;

interface Part {
  start(): void;
  stop(): Promise<void>;
}

export function startAll(parts: readonly Part[], teardown: Teardown): void {
  for (const part of parts) {
    teardown.add(() => part.stop());
    part.start();
  }
}

/** What each server does beside all others. */
export function loopsOf(
  { artifacts }: Settings,
  parts: {
    readonly store: Awaited<ReturnType<typeof openStore>>;
    readonly ledger: StrayCalls;
    readonly engine: Engine;
    readonly eventing: Eventing;
    readonly relay: Relay;
    readonly scheduler: Scheduler;
    readonly logger: FastifyBaseLogger;
  },
): readonly Part[] {
  const { store, ledger, engine, eventing, relay, scheduler, logger: log } = parts;
  const { sealer, tokens, approvals, feeds } = store.api;
  const clock = systemClock;
  return [
    eventing,
    { start: relay.start, stop: () => relay.stop(RELAY_DRAIN_MS) },
    scheduler,
    createCallSettler({ store: ledger, clock, log }),
    createSealer({ store: sealer, clock, log }),
    createTokenPruner({ store: tokens, clock, log }),
    createApprovalChores({ store: approvals, clock, log, told: engine.poke }),
    createFeedPruner({ store: feeds, clock, log }),
    createArtifactPruner({ ...artifacts, ...store.files, clock, log }),
  ];
}
