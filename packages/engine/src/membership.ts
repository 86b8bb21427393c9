/** An engine's standing among the others: its epoch, its heartbeat, and how it begins again. */
import type { EngineState } from './engine-state.ts';
import type { Lost } from './journal.ts';

const TRY_AGAIN_MS = 1_000;

/**
 * Begins a new epoch. What an earlier one of this engine still owns goes back into the queue first,
 * with the starts that only its batches know of.
 */
export async function register(state: EngineState): Promise<void> {
  const { engineId, name, lanes, leaseMs, store, previousIsDead, about } = state.settings;
  const { capacity, slots } = state.settings;
  if (state.epoch > 0 || previousIsDead === true) await store.takeOver(engineId, undefined);
  const at = state.lease.now();
  ({ epoch: state.epoch } = await store.register({
    ...{ engineId, name, lanes, leaseMs },
    about: { ...about, capacity, slots },
  }));
  await state.table.open(state.epoch);
  state.lease.renewed(at);
}

/** Counts the heartbeat up; an engine that was taken over begins again. */
export async function beat(state: EngineState): Promise<void> {
  const { lease, table, settings } = state;
  const at = lease.now();
  const sent = state.epoch;
  const alive = await settings.store.beat(settings.engineId, sent, table.load());
  // An answer to an epoch that is over says nothing about this one.
  if (sent !== state.epoch || !table.isOpen()) return;
  if (!alive) {
    await beginAgain(state, 'fenced');
    return;
  }
  lease.renewed(at);
  table.leaseRenewed();
}

/** This engine was taken over, or the database went back in time: memory is worth nothing now. */
export function beginAgain(state: EngineState, outcome: Lost): Promise<void> {
  const { engineId, log } = state.settings;
  const fields = { engine: engineId, epoch: state.epoch, outcome };
  log.error(fields, 'the journal was refused; starting over');
  state.beginning ??= forgetAndRegister(state).finally(() => {
    state.beginning = undefined;
  });
  return state.beginning;
}

async function forgetAndRegister(state: EngineState): Promise<void> {
  const { engineId, log } = state.settings;
  // Not waited for: a connection that the network has swallowed is not closed for minutes.
  void state.table.forgetAll();
  while (state.status === 'running') {
    try {
      await register(state);
      return;
    } catch (error) {
      log.warn({ engine: engineId, error: String(error) }, 'cannot register again yet');
      await new Promise<void>((resolve) => state.clock.after(TRY_AGAIN_MS, resolve));
    }
  }
}
