import type { Dice } from '../dice.ts';
import type { Host } from '../host.ts';
import type { Trace } from '../trace.ts';
import type { Shape } from '../workload/shape.ts';
import type { World } from '../world.ts';

export interface FreezePorts {
  readonly world: World;
  readonly dice: Dice;
  readonly shape: Shape;
  readonly trace: Trace;
}

/** A process may be frozen for this many leases. */
const LEASES_FROZEN = 4;

/** Stops a process as SIGSTOP does, and lets it go on some time later. */
export function freeze({ world, dice, shape, trace }: FreezePorts, host: Host): void {
  const frozenMs = dice.between(0, shape.leaseMs * LEASES_FROZEN);
  trace.note(`${host.name} is frozen for ${frozenMs.toFixed(0)} ms`);
  host.freeze();
  world.after(frozenMs, () => {
    trace.note(`${host.name} goes on`);
    host.thaw();
  });
}
