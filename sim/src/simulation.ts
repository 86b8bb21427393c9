/**
 * One simulation: engines in processes, a database, clients and faults, all in virtual time and all
 * drawn from one seed. Oracles watch; the first thing that they find wrong ends it.
 */
import { armFailpoints, type Failpoint } from '@tenuto/engine';
import { createDice } from './dice.ts';
import { createCallFaults } from './faults/calls.ts';
import { startNemesis } from './faults/nemesis.ts';
import { drawOrders } from './faults/orders.ts';
import { createFleet } from './fleet.ts';
import { createJudge } from './judge.ts';
import { createModelApi } from './model/api.ts';
import { createModelStore } from './model/engine-store.ts';
import { type Rules, SOUND } from './model/rules.ts';
import { createTables } from './model/tables.ts';
import { createHistory, type History, type Violation, violated } from './oracles/history.ts';
import type { EngineBug } from './planted/bug.ts';
import { play } from './play.ts';
import { createServer } from './server/server.ts';
import { createTrace } from './trace.ts';
import { openTwinDatabase, type TwinPlace } from './twin/database.ts';
import { createTwin } from './twin/twin.ts';
import { poke, startClients } from './workload/clients.ts';
import { drawGraphs } from './workload/graph.ts';
import { startOperator } from './workload/operator.ts';
import { createRunner } from './workload/runner.ts';
import { drawShape, type Shape } from './workload/shape.ts';
import { createWorld, EPOCH_MS, type World } from './world.ts';

export interface SimulationOptions {
  readonly rules?: Rules;
  /** What is wrong with the engines. */
  readonly bug?: EngineBug;
  /** Keeps the trace for reading. */
  readonly trace?: boolean;
  /** A PostgreSQL that does all that the model does, answers the engines and is compared with it. */
  readonly twin?: TwinPlace | undefined;
}

export interface Report {
  readonly seed: number;
  readonly violation: Violation | undefined;
  /** Equal for two simulations of one seed. */
  readonly hash: string;
  readonly steps: number;
  readonly virtualMs: number;
  readonly runs: number;
  readonly attempts: number;
  readonly faults: number;
  /** How often each failpoint was reached, and how often a process failed there. */
  readonly reachedAt: ReadonlyMap<Failpoint, number>;
  readonly failedAt: ReadonlyMap<Failpoint, number>;
  readonly shape: Shape;
  readonly trace: readonly string[];
}

/** One at a time in a process: the failpoints are the process's. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Report> {
  const dice = createDice(`tenuto ${seed}`);
  const shape = drawShape(dice.fork('shape'));
  const world = createWorld(dice.fork('world'));
  const trace = createTrace(() => world.now, options.trace === true);
  const graphs = drawGraphs(dice.fork('graphs'), shape.graphs, shape.nodes, shape.parts);
  const tables = createTables();
  const plans = new Map([...graphs.top, graphs.sub].map((plan) => [plan.hash, plan]));
  const history = createHistory({
    ...{ tables, plans, now: () => world.now, clockErrorMs: clockErrorOf(shape) },
  });
  const { rules = SOUND, bug = {} } = options;
  const calls = createCallFaults(dice.fork('calls'), shape.faults);
  const now = () => EPOCH_MS + Math.round(world.now * 1_000) / 1_000;
  const twin = await openTwin(options.twin, { now, history });
  const judge = createJudge(history, { trace, leaseMs: shortestLease(shape) });
  const server = createServer({
    ...{ world, faults: calls, ...judge },
    ...(twin !== undefined && { inTurn: turnsIn(world) }),
  });
  const api = createModelApi(tables, server.link({ deliver: (run) => run(), onDeath() {} }), {
    ...{ now, twin },
  });
  const fleet = createFleet({
    ...{ world, trace, dice: dice.fork('fleet') },
    shape: { ...shape, slots: bug.slots ?? shape.slots },
    clockOf: ({ clock }) => bug.clock?.(clock) ?? clock,
    storeOf(host) {
      const link = server.link(host);
      const model = createModelStore(tables, link, { rules, now, twin, refuses: calls.refuses });
      const store = judge.listen(host.name, model);
      return bug.store?.(store, host.clock) ?? store;
    },
    runnerOf(host, engine) {
      const runner = createRunner({
        ...{ world, shape, history, host, engine, dice: dice.fork('scripts') },
        subPlan: graphs.sub,
        findRun: api.findRun,
        began: (effect) => judge.began(effect, shape.slots),
      });
      return bug.runner?.(runner) ?? runner;
    },
  });
  const orders = drawOrders({ world, shape, fleet, trace, dice: dice.fork('orders') });
  const disarm = armFailpoints(orders.reached);
  fleet.launchAll();
  const clients = startClients({
    ...{ world, shape, graphs, fleet, history, trace, api, dice: dice.fork('clients') },
  });
  const nemesis = startNemesis({
    ...{ world, shape, fleet, server, calls, orders, trace, dice: dice.fork('nemesis') },
  });
  startOperator(
    {
      ...{ world, shape, history, api, dice: dice.fork('operator') },
      poke: (runId) => poke({ world, shape, fleet, dice: dice.fork(`poke ${runId}`) }, runId),
    },
    () => nemesis.healed,
  );
  await play({ world, shape, history, fleet, clients, isHealed: () => nemesis.healed });
  disarm();
  await twin?.end(tables);
  return {
    ...{ seed, shape, violation: history.violation, hash: trace.hash, trace: trace.lines },
    ...{ steps: world.steps, virtualMs: world.now, attempts: history.effects.length },
    runs: tables.done.size,
    faults: calls.injected + nemesis.strikes + sum(orders.failedAt),
    ...{ reachedAt: orders.reachedAt, failedAt: orders.failedAt },
  };
}

/** One thing after the other, while the world waits. */
function turnsIn(world: World): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return world.hold(turn);
  };
}

async function openTwin(
  place: TwinPlace | undefined,
  { now, history }: { now(): number; readonly history: History },
) {
  if (place === undefined) return undefined;
  const differs = (what: string) => violated(history, 'PostgreSQL does the same', what);
  return createTwin({ database: await openTwinDatabase(place), now, differs });
}

function sum(counts: ReadonlyMap<Failpoint, number>): number {
  return counts.values().reduce((total, times) => total + times, 0);
}

/** No engine is kept from asking the database for the time for longer. */
const UNASKED_MS = 60_000;

/** Two engines, each wrong by as much as a question to the database may take, and by its drift since. */
function clockErrorOf({ faults: { latencyMs, slow, slowMs, monoDrift } }: Shape): number {
  return 5 + 2 * (2 * latencyMs + (slow > 0 ? 2 * slowMs : 0) + UNASKED_MS * monoDrift);
}

/** A lease by the fastest clock there is. */
function shortestLease({ leaseMs, faults }: Shape): number {
  return leaseMs / (1 + faults.monoDrift);
}
