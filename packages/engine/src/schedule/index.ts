import { Cron } from 'croner';
export interface ScheduleSpec {
  readonly kind: 'cron' | 'rrule' | 'once';
  readonly expression: string;
  readonly timezone: string;
  readonly dstPolicy?: {
    readonly gap?: 'next' | 'skip' | undefined;
    readonly overlap?: 'first' | 'second' | 'both' | undefined;
  };
  readonly startAt?: number;
  readonly endAt?: number;
  readonly anchor: number;
}
export interface ExpectedFiring {
  readonly at: number;
  readonly local: string;
  readonly dst?: 'gap' | 'overlap';
}
export interface Schedule {
  after(instantMs: number): ExpectedFiring | undefined;
  readonly description: string;
}
export class ScheduleError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}
export function readSchedule(spec: ScheduleSpec): Schedule {
  const firing = (at: number) => ({ at, local: new Date(at).toISOString() });
  if (spec.kind === 'once') {
    const at = Date.parse(spec.expression);
    if (!Number.isFinite(at)) throw new ScheduleError('/schedule_expr', 'is not a time');
    return { after: (ms) => (at > ms ? firing(at) : undefined), description: `once at ${at}` };
  }
  let cron: Cron;
  try {
    cron = new Cron(spec.expression, { timezone: spec.timezone, paused: true });
  } catch (error) {
    throw new ScheduleError('/schedule_expr', String(error));
  }
  return {
    description: spec.expression,
    after(ms) {
      const next = cron.nextRun(new Date(Math.max(ms, (spec.startAt ?? 0) - 1)))?.getTime();
      if (next === undefined || next > (spec.endAt ?? Number.POSITIVE_INFINITY)) return undefined;
      return firing(next);
    },
  };
}
