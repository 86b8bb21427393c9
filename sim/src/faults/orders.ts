import { FAILPOINTS, type Failpoint } from '@tenuto/engine';
import type { Member } from '../fleet.ts';
import { type FreezePorts, freeze } from './freeze.ts';

/** What happens to the process that gets to a failpoint, at the nth time that any does. */
interface Order {
  readonly point: Failpoint;
  readonly nth: number;
  readonly ending: 'kill' | 'hang' | 'throw';
}

export interface Orders {
  /** A process is at that point. @throws what the engine then has to cope with */
  reached(point: Failpoint): void;
  heal(): void;
  /** How often each point was reached, and how often a process failed there. */
  readonly reachedAt: ReadonlyMap<Failpoint, number>;
  readonly failedAt: ReadonlyMap<Failpoint, number>;
}

export interface OrderPorts extends FreezePorts {
  readonly fleet: { readonly members: readonly Pick<Member, 'host'>[] };
}

/** Points around calls to the database: what is thrown there looks like a failure of the call. */
const THROWING: readonly Failpoint[] = [
  ...['before-flush', 'flush-sent', 'before-takeover', 'takeover-fenced'],
  ...['takeover-written', 'takeover-committed', 'before-claim', 'claimed'],
] as const satisfies readonly Failpoint[];

/**
 * Draws where processes of the fleet are to fail. A process that is killed at a point does nothing
 * more that anybody else could notice; one that hangs there is frozen from the end of its step on.
 */
export function drawOrders(ports: OrderPorts): Orders {
  const { world, dice, shape, fleet, trace } = ports;
  const orders = Array.from({ length: shape.faults.failpoints }, () => drawOrder(ports));
  const reachedAt = new Map<Failpoint, number>();
  const failedAt = new Map<Failpoint, number>();
  let healed = false;
  return {
    reached(point) {
      const host = fleet.members.find((member) => member.host === world.actor)?.host;
      if (host?.state !== 'up') return;
      const nth = count(reachedAt, point);
      const order = orders.find((one) => one.point === point && one.nth === nth);
      if (order === undefined || healed) return;
      count(failedAt, point);
      trace.note(`${host.name} is at ${point} for the ${nth}. time: ${order.ending}`);
      if (order.ending === 'throw') throw new Error(`failpoint ${point}`);
      if (order.ending === 'kill') host.kill();
      else freeze({ world, dice, shape, trace }, host);
    },
    heal() {
      healed = true;
    },
    reachedAt,
    failedAt,
  };
}

function count(counts: Map<Failpoint, number>, point: Failpoint): number {
  const times = (counts.get(point) ?? 0) + 1;
  counts.set(point, times);
  return times;
}

function drawOrder({ dice }: OrderPorts): Order {
  const point = dice.pick(FAILPOINTS);
  const most = dice.pick([1, 1, 2, 5, 20]);
  const ending = dice.pick(['kill', 'kill', 'hang', 'throw'] as const);
  const throws = THROWING.includes(point);
  return { point, nth: dice.int(1, most), ending: ending === 'throw' && !throws ? 'kill' : ending };
}
