/** What a schedule is read from, and what each kind of it is read into. */

import type { DstPolicy } from '@tenuto/contract';
import type { Firing } from './wall-clock.ts';
import type { Zone } from './zone.ts';

/** What a task says about when it fires. Times are milliseconds since the epoch. */
export interface ScheduleSpec {
  readonly kind: 'cron' | 'rrule' | 'once';
  /** Cron text, a bare rule or RFC 5545 lines, or an instant in ISO 8601. */
  readonly expression: string;
  /** IANA. */
  readonly timezone: string;
  readonly dstPolicy?: DstPolicy;
  /** Not before. */
  readonly startAt?: number;
  /** Not after. */
  readonly endAt?: number;
  /**
   * When the task was made: a bare rule without a start begins here, and what never fires from here
   * on is refused.
   */
  readonly anchor: number;
}

export interface Timetable {
  /** Whose clocks people look at. */
  readonly zone: Zone;
  readonly words: string;
  /** The first firing strictly after an instant. */
  after(instantMs: number): Firing | undefined;
}
