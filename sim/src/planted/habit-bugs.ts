/** Bugs in what an engine believes and asks for. */
import type { ActionCall } from '@tenuto/engine';
import type { EngineBug } from './bug.ts';

/** The lease goes by the wall clock alone. */
const leaseByWall: EngineBug = {
  clock: (clock) => ({ ...clock, mono: clock.wall }),
};

/** A heartbeat that nobody has counted renews the lease. */
const uncountedBeatRenews: EngineBug = {
  store: (store) => ({
    ...store,
    beat: (engineId, epoch) =>
      store.beat(engineId, epoch).then(
        () => true,
        () => true,
      ),
  }),
};

/** The time is the machine's own. */
const timeIsLocal: EngineBug = {
  store: (store, clock) => ({ ...store, databaseTime: async () => clock.wall() }),
};

/** An engine looks by itself as often as this or less. */
const LOOKS_EVERY_MS = 499;

/** News is only looked for when somebody says that there is some. */
const newsOnlyWhenTold: EngineBug = {
  store: (store, clock) => {
    let lookedAt = Number.NEGATIVE_INFINITY;
    return {
      ...store,
      async inbox(engineId) {
        const sinceMs = clock.mono() - lookedAt;
        lookedAt = clock.mono();
        return sinceMs < LOOKS_EVERY_MS ? store.inbox(engineId) : [];
      },
    };
  },
};

/** Each attempt has an idempotency key of its own. */
const keyOfAttempt: EngineBug = {
  runner: (runner) => ({ ...runner, run: (call) => runner.run(underOwnKey(call)) }),
};

function underOwnKey(call: ActionCall): ActionCall {
  return {
    ...{ runId: call.runId, nodeId: call.nodeId, owner: call.owner, uses: call.uses },
    ...{ attempt: call.attempt, earlierAttempts: call.earlierAttempts, with: call.with },
    ...{ startedAt: call.startedAt, signal: call.signal, graceMs: call.graceMs },
    idempotencyKey: `${call.idempotencyKey}/${call.attempt}`,
    heartbeat: () => call.heartbeat(),
    log: (stream, text) => call.log(stream, text),
  };
}

/** Nobody counts how many attempts go on. */
const slotsAreNotCounted: EngineBug = { slots: 1_000 };

export const HABIT_BUGS = {
  leaseByWall,
  uncountedBeatRenews,
  timeIsLocal,
  newsOnlyWhenTold,
  keyOfAttempt,
  slotsAreNotCounted,
} satisfies Readonly<Record<string, EngineBug>>;
