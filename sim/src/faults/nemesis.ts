import type { Dice } from '../dice.ts';
import type { Fleet, Member } from '../fleet.ts';
import type { Server } from '../server/server.ts';
import type { Trace } from '../trace.ts';
import type { Shape } from '../workload/shape.ts';
import type { World } from '../world.ts';
import type { CallFaults, WriteTrouble } from './calls.ts';
import { freeze } from './freeze.ts';
import type { Orders } from './orders.ts';

export interface NemesisPorts {
  readonly world: World;
  readonly dice: Dice;
  readonly shape: Shape;
  readonly fleet: Fleet;
  readonly server: Server;
  readonly calls: CallFaults;
  readonly orders: Orders;
  readonly trace: Trace;
}

export interface Nemesis {
  /** It does no more harm. */
  readonly healed: boolean;
  /** How often it struck. */
  readonly strikes: number;
}

const HOUR_MS = 3_600_000;
const OUTAGE_MS = 4_000;
const NO_WRITES_MS = 6_000;

/** Does what goes wrong around engines, at times of its choice, and stops when its time is over. */
export function startNemesis(ports: NemesisPorts): Nemesis {
  const { world, dice, shape, fleet, server, calls, orders, trace } = ports;
  const { kills, freezes, stops, outages, jumps, fullDisks, readOnly } = shape.faults;
  let healed = false;
  let strikes = 0;

  function often(times: number, strike: () => void): void {
    for (let i = 0; i < times; i += 1) {
      world.after(dice.between(0, shape.troubledMs), () => {
        if (healed) return;
        strikes += 1;
        strike();
      });
    }
  }

  const one = (hurt: (ports: NemesisPorts, member: Member) => void) => () => {
    if (fleet.members.length > 0) hurt(ports, dice.pick(fleet.members));
  };
  often(
    kills,
    one((_, { host }) => host.kill()),
  );
  often(stops, one(stop));
  often(
    freezes,
    one((_, { host }) => freeze(ports, host)),
  );
  often(jumps, one(jump));
  often(outages, () => restart(ports));
  often(fullDisks, () => refuseWrites(ports, 'disk full'));
  often(readOnly, () => refuseWrites(ports, 'read-only'));
  world.after(shape.troubledMs, () => {
    trace.note('faults are over');
    healed = true;
    calls.heal();
    orders.heal();
    server.heal();
    for (const { host } of fleet.members) host.thaw();
  });
  return {
    get healed() {
      return healed;
    },
    get strikes() {
      return strikes;
    },
  };
}

function stop({ dice, fleet }: NemesisPorts, member: Member): void {
  if (member.ready) fleet.stop(member, dice.pick([0, 100, 2_000]));
}

function jump({ dice, trace }: NemesisPorts, { host }: Member): void {
  const ms = dice.pick([-HOUR_MS, HOUR_MS]);
  trace.note(`the clock of ${host.name} jumps by ${ms} ms`);
  host.jump(ms);
}

function restart({ dice, server, trace }: NemesisPorts): void {
  const downMs = dice.between(0, OUTAGE_MS);
  trace.note(`the database restarts, ${downMs.toFixed(0)} ms`);
  server.restart(downMs);
}

function refuseWrites({ world, dice, calls, trace }: NemesisPorts, trouble: WriteTrouble): void {
  const forMs = dice.between(0, NO_WRITES_MS);
  trace.note(`${trouble} for ${forMs.toFixed(0)} ms`);
  calls.refuseWrites(trouble);
  world.after(forMs, () => calls.refuseWrites(undefined));
}
