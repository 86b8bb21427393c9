import type { ActionRunner, Clock } from '@tenuto/engine';
import { createEngine, type Engine, type EngineStore } from '@tenuto/engine';
import type { Dice } from './dice.ts';
import { createHost, type Host } from './host.ts';
import type { Trace } from './trace.ts';
import type { Shape } from './workload/shape.ts';
import { uuid } from './workload/uuid.ts';
import type { World } from './world.ts';

/** An engine and the process it lives in. */
export interface Member {
  readonly host: Host;
  readonly engine: Engine;
  /** It has started and takes requests. */
  ready: boolean;
  stopping: boolean;
}

/** The engines of a simulation: one that dies is started again, as itself or as another. */
export interface Fleet {
  /** Those that are started and neither frozen nor stopping. */
  serving(): Member[];
  readonly members: readonly Member[];
  launchAll(): void;
  /** Stops an engine in good order; its process ends with that and is started again. */
  stop(member: Member, drainMs: number): void;
}

export interface FleetPorts {
  readonly world: World;
  readonly dice: Dice;
  readonly shape: Shape;
  readonly trace: Trace;
  /** The clock that the engine is given. */
  clockOf(host: Host): Clock;
  storeOf(host: Host): EngineStore;
  runnerOf(host: Host, engine: () => Engine): ActionRunner;
}

const RESTART_MS = [20, 3_000] as const;
const QUIET = { info() {}, warn() {}, error() {} };

export function createFleet(ports: FleetPorts): Fleet {
  const { world, dice, shape, trace } = ports;
  let members: Member[] = [];
  let hosts = 0;

  function launch(engineId: string, previousIsDead: boolean): void {
    hosts += 1;
    const name = `${engineId.slice(0, 4)}#${hosts}`;
    const { skewMs, drift, monoDrift } = shape.faults;
    const host = createHost(world, dice, {
      ...{ name, engineId, skewMs: skewMs * dice.next(), drift: drift * dice.next() },
      monoDrift: monoDrift * dice.between(-1, 1),
    });
    const clock = ports.clockOf(host);
    const engine = createEngine({
      ...{ engineId, name, clock, previousIsDead, log: QUIET },
      store: ports.storeOf(host),
      runner: ports.runnerOf(host, () => engine),
      random: dice.fork(name),
      ...{ capacity: shape.capacity, slots: shape.slots, lanes: shape.lanes },
      ...{ leaseMs: shape.leaseMs, parkAfterMs: shape.parkAfterMs },
    });
    const member: Member = { host, engine, ready: false, stopping: false };
    members.push(member);
    trace.note(`${name} starts${previousIsDead ? ' again' : ''}`);
    host.onDeath(() => {
      trace.note(`${name} dies`);
      members = members.filter((other) => other !== member);
      world.after(dice.between(...RESTART_MS), () => relaunch(engineId));
    });
    host.deliver(() => {
      engine.start().then(
        () => {
          member.ready = true;
        },
        () => host.kill(),
      );
    });
  }

  /** As itself its old process is proven dead; as another it leaves its runs to the others. */
  function relaunch(engineId: string): void {
    if (dice.chance(0.6)) launch(engineId, true);
    else launch(uuid(dice), false);
  }

  return {
    get members() {
      return members;
    },
    serving: () =>
      members.filter(({ host, ready, stopping }) => ready && !stopping && host.state === 'up'),
    launchAll() {
      for (let i = 0; i < shape.engines; i += 1) launch(uuid(dice), false);
    },
    stop(member, drainMs) {
      member.stopping = true;
      trace.note(`${member.host.name} stops within ${drainMs} ms`);
      const { host, engine } = member;
      const gone = () => host.deliver(() => host.kill());
      host.deliver(() => engine.stop(drainMs).then(gone, gone));
    },
  };
}
