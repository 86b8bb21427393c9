import type { Clock } from './ports/clock.ts';

/**
 * Whether this engine may believe that its runs are still its own. Both clocks are asked: the
 * monotonic one stands still while a machine sleeps, the wall clock can be set back.
 */
export interface Lease {
  /** The heartbeat that was sent at that moment has been counted. */
  renewed(at: LeaseMoment): void;
  now(): LeaseMoment;
  readonly valid: boolean;
}

export interface LeaseMoment {
  readonly mono: number;
  readonly wall: number;
}

export function createLease(clock: Clock, leaseMs: number): Lease {
  const now = () => ({ mono: clock.mono(), wall: clock.wall() });
  let last = now();
  return {
    now,
    renewed(at) {
      last = at;
    },
    get valid() {
      const { mono, wall } = now();
      return Math.max(mono - last.mono, wall - last.wall) < leaseMs;
    },
  };
}
