import { FAILPOINTS } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { createDice } from '../dice.ts';
import { createHost, type Host } from '../host.ts';
import { createTrace } from '../trace.ts';
import { drawShape, type Shape } from '../workload/shape.ts';
import { createWorld, type World } from '../world.ts';
import { drawOrders, type Orders } from './orders.ts';

interface Stage {
  readonly world: World;
  readonly host: Host;
  readonly orders: Orders;
}

function stage(seed: string, failpoints: number): Stage {
  const dice = createDice(seed);
  const world = createWorld(dice.fork('world'));
  const host = createHost(world, dice, {
    ...{ name: 'h', engineId: 'e', skewMs: 0, drift: 0, monoDrift: 0 },
  });
  const drawn = drawShape(dice);
  const shape: Shape = { ...drawn, faults: { ...drawn.faults, failpoints } };
  const fleet = { members: [{ host }] };
  const trace = createTrace(() => world.now, false);
  return { world, host, orders: drawOrders({ world, dice, shape, trace, fleet }) };
}

/** Goes past every point many times, each time in a step of the process. */
async function passAll({ world, host, orders }: Stage, times: number): Promise<string[]> {
  const thrown: string[] = [];
  for (let i = 0; i < times; i += 1) {
    for (const point of FAILPOINTS) {
      const pass = () => {
        try {
          orders.reached(point);
        } catch (error) {
          thrown.push(String(error));
        }
      };
      world.after(i, () => host.deliver(pass));
    }
  }
  await world.live(() => true);
  return thrown;
}

describe('orders to fail', () => {
  it('are followed where they were drawn for, and nowhere when there are none', async () => {
    const calm = stage('calm', 0);
    expect(await passAll(calm, 20)).toEqual([]);
    expect(calm.orders.failedAt.size).toBe(0);
    expect(calm.orders.reachedAt.get('claimed')).toBe(20);
    expect(calm.host.state).toBe('up');
  });

  it('kill, freeze for a while, or throw what a store could throw', async () => {
    const endings = new Set<string>();
    for (let seed = 0; seed < 60; seed += 1) {
      const one = stage(`orders ${seed}`, 1);
      const [thrown] = await passAll(one, 20);
      const failed = [...one.orders.failedAt.keys()];
      expect(failed).toHaveLength(1);
      if (thrown !== undefined) expect(thrown).toBe(`Error: failpoint ${failed[0]}`);
      endings.add(thrown === undefined ? one.host.state : 'throws');
    }
    expect(endings).toEqual(new Set(['dead', 'up', 'throws']));
  });

  it('are no orders to what has not the turn, nor to the dead', async () => {
    const { world, host, orders } = stage('turn', 4);
    world.after(1, () => orders.reached('claimed'));
    world.after(2, () => {
      host.kill();
      host.deliver(() => orders.reached('claimed'));
    });
    await world.live(() => true);
    expect(orders.reachedAt.size).toBe(0);
  });

  it('are forgotten once all is healed', async () => {
    const healed = stage('healed', 4);
    healed.orders.heal();
    await passAll(healed, 20);
    expect(healed.orders.failedAt.size).toBe(0);
  });
});
