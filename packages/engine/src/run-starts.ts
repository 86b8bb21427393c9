/** Starts what may start of owned runs: a slot, the circuit before a node, the row in the journal. */
import type { Waiter } from './circuit-entry.ts';
import type { DriverPorts } from './driver-ports.ts';
import { noteIdle } from './idle.ts';
import { giveUp } from './leaving.ts';
import { type Call, createCall, type Guard, type Owned } from './owned.ts';
import type { Aside } from './ports/store.ts';
import { intentRow } from './recovery-asides.ts';
import { effectOf } from './recovery-steps.ts';
import { circuitOf } from './retry/index.ts';
import {
  attemptOf,
  circuitKeyOf,
  holdNode,
  lossesOf,
  nextStart,
  releaseHeld,
  specOf,
} from './run/index.ts';

/** A node whose engine died under it this often runs alone. */
const SUSPECT_LOSSES = 2;

/** Starts what may start, behind the runs that wait for a slot already. */
export function pump(ports: DriverPorts, owned: Owned): void {
  if (owned.requeued) {
    giveBack(ports, owned);
    return;
  }
  if (owned.run.ready.length === 0 || ports.draining() || owned.leaving || owned.dropped) return;
  if (ports.slots.contended) ports.slots.wait(owned);
  else startReady(ports, owned);
}

/** Gives the run to whoever claims it, once nothing of it is going on here. */
function giveBack({ clock }: DriverPorts, owned: Owned): void {
  if (owned.calls.size === 0) giveUp(owned, clock);
}

/** The same for a run whose turn it is. */
export function startReady(ports: DriverPorts, owned: Owned): void {
  const { slots } = ports;
  const { run } = owned;
  while (slots.free) {
    const node = nextStart(run);
    if (node < 0) return;
    const guard = specOf(run, node).guarded ? passCircuit(ports, owned, node) : undefined;
    if (guard === 'held') continue;
    const call = createCall(owned, node, attemptOf(run, node));
    call.guard = guard;
    owned.calls.set(node, call);
    if (lossesOf(run, node) >= SUSPECT_LOSSES) {
      slots.alone(() => start(ports, owned, call));
    } else {
      slots.take();
      start(ports, owned, call);
    }
  }
  if (run.ready.length > 0 && run.slots < run.input.maxConcurrentNodes) slots.wait(owned);
}

/** Asks the circuit before a node; one that it does not let go waits, and has made no attempt. */
function passCircuit(ports: DriverPorts, owned: Owned, node: number): Guard | 'held' | undefined {
  const { run } = owned;
  const since = ports.clock.wall();
  let key: string;
  try {
    key = circuitKeyOf(run, node, since);
  } catch {
    // The attempt itself will fail on its parameters, and say so.
    return undefined;
  }
  const settings = circuitOf(specOf(run, node).retry);
  const answer = ports.circuits.admit({ owned, node, key, settings });
  if ('circuit' in answer) return answer;
  const { until } = answer;
  holdNode(run, node, { key, since, ...(until !== undefined && { until }) });
  return 'held';
}

/** Lets nodes ask again that a circuit has kept. */
export function releaseWaiters(ports: DriverPorts, waiters: readonly Waiter[]): void {
  const runs = new Set<Owned>();
  for (const { owned, node } of waiters) {
    if (owned.dropped || owned.leaving) continue;
    if (releaseHeld(owned.run, node)) runs.add(owned);
  }
  for (const owned of runs) {
    pump(ports, owned);
    noteIdle(owned, ports.clock);
  }
}

/** The slot is taken: the start goes into the journal, the attempt begins with its commit. */
function start(ports: DriverPorts, owned: Owned, call: Call): void {
  // A node that waited for running alone may have been given up meanwhile.
  if (call.state === 'ended' || owned.dropped) {
    ports.slots.give();
    return;
  }
  call.holdsSlot = true;
  const asides = intentOf(ports, call);
  owned.journal.append({ kind: 'start', run: owned, call, asides });
}

/** The ledger's row for an effect that is about to happen. */
function intentOf(ports: DriverPorts, call: Call): readonly Aside[] | undefined {
  const { owned, node, attempt } = call;
  const at = ports.clock.wall();
  const target = effectOf(ports, owned.run, { node, at });
  if (target === undefined) return undefined;
  call.effect = true;
  return [intentRow(owned, { node, attempt, target, at })];
}
