import type { Circuits } from './circuits.ts';
import type { Call, Owned } from './owned.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { InFlight } from './record.ts';
import type { StepPorts } from './recovery-steps.ts';
import type { Slots } from './slots.ts';

/** What driving a run needs of the engine around it. */
export interface DriverPorts extends StepPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly slots: Slots;
  /** A run that only waits leaves memory when nothing happens for this long. */
  readonly parkAfterMs: number;
  /** Aborts an attempt; after its grace it is ended whatever it does. */
  abort(call: Call, reason: 'cancelled' | 'timeout', grace: boolean): void;
  readonly circuits: Circuits;
  /** Ends an attempt as lost: the run is given back. */
  lose(call: Call): void;
  /** A node waits for another run. */
  watch(owned: Owned, node: number, runId: string): void;
  cancelRun(runId: string): void;
  /** There is no room for more runs. */
  crowded(): boolean;
  /** No new starts: the engine is going down. */
  draining(): boolean;
  /** What happened cannot happen to this run: a bug, which is this run's and nobody else's. */
  broken(owned: Owned, error: unknown, call: InFlight | undefined): void;
}
