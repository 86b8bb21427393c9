/**
 * A year of tasks on a model of the store and a clock of its own: schedulers come and go, sometimes
 * none is there for days, machines' clocks are set and so is the database's. What is in the ledger is
 * compared with what an oracle expects, which knows calendars and nothing of schedulers.
 */
import type { TaskDefinition } from '@tenuto/contract';
import {
  type Clock,
  createScheduler,
  firstTick,
  type ScheduledTask,
  type Scheduler,
  scheduleOf,
} from '@tenuto/engine';
import { createDice } from '../src/dice.ts';
import { createScheduleModel, type ScheduleModel } from '../src/model/schedule-store.ts';
import { expectedTicks } from './task-oracle.ts';

const DAY_MS = 86_400_000;
/** Both changes of the clocks of the year are in it, in each of the zones. */
const FROM = Date.parse('2026-01-10T00:00:30Z');
export const ZONES = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'UTC'] as const;
const SCHEDULERS = 3;

export interface YearOptions {
  readonly tasks: number;
  readonly days: number;
  readonly seed: number;
}
export interface YearReport {
  readonly ticks: number;
  readonly fired: number;
  readonly restarts: number;
  /** What differs from what was expected, as sentences. */
  readonly faults: readonly string[];
}

interface World {
  readonly model: ScheduleModel;
  readonly clock: YearClock;
  readonly dice: ReturnType<typeof createDice>;
  readonly schedulers: (Scheduler | undefined)[];
  readonly errors: string[];
  restarts: number;
}

export async function playYear({ tasks, days, seed }: YearOptions): Promise<YearReport> {
  const clock = createYearClock();
  const model = createScheduleModel({ now: clock.database });
  const dice = createDice(`year ${seed}`);
  const world: World = {
    ...{ model, clock, dice, schedulers: [], errors: [], restarts: 0 },
  };
  for (let i = 0; i < tasks; i += 1) model.add(taskOf(i, dice));
  for (let i = 0; i < SCHEDULERS; i += 1) world.schedulers[i] = start(world);
  const until = FROM + days * DAY_MS;
  while (clock.database() < until) {
    await disturb(world);
    await clock.jump(Math.min(until, model.nextDue() ?? until));
  }
  // Whatever is behind is settled by those who are there.
  for (const [i, one] of world.schedulers.entries()) world.schedulers[i] = one ?? start(world);
  for (let i = 0; i < 10; i += 1) await clock.jump(clock.database() + 1_000);
  await Promise.all(world.schedulers.map((one) => one?.stop()));
  return judge(world, clock.database());
}

function start(world: World): Scheduler {
  const { model, clock, errors } = world;
  const scheduler = createScheduler({
    ...{ store: model.store, clock: clock.machine(), runsWait: () => undefined },
    log: {
      info: () => undefined,
      warn: (fields, message) => void errors.push(`${message} ${JSON.stringify(fields)}`),
      error: (fields, message) => void errors.push(`${message} ${JSON.stringify(fields)}`),
    },
  });
  scheduler.start();
  return scheduler;
}

/** Once in a while something happens to a scheduler, to all of them, or to a clock. */
async function disturb(world: World): Promise<void> {
  const { dice, schedulers, clock, model } = world;
  model.finishAll();
  const what = dice.next();
  if (what < 0.004) {
    const i = Math.floor(dice.next() * schedulers.length);
    await schedulers[i]?.stop();
    const comesBack = schedulers[i] === undefined || dice.next() < 0.7;
    schedulers[i] = comesBack ? start(world) : undefined;
    world.restarts += 1;
  } else if (what < 0.005) {
    await Promise.all(schedulers.map((one) => one?.stop()));
    await clock.jump(clock.database() + Math.floor(dice.next() * 3 * DAY_MS));
    for (const i of schedulers.keys()) schedulers[i] = start(world);
    world.restarts += 1;
  } else if (what < 0.007) {
    clock.setMachines((dice.next() - 0.5) * DAY_MS);
  } else if (what < 0.008) {
    clock.setDatabase((dice.next() - 0.5) * 3_600_000);
  } else if (!schedulers.some((one) => one !== undefined)) {
    schedulers[0] = start(world);
  }
}

const MINUTES = [0, 15, 30, 45];
const POLICIES = ['fire_once', 'skip', 'fire_all'] as const;

function taskOf(i: number, dice: World['dice']): ScheduledTask {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(dice.next() * items.length)] as T;
  const timezone = pick(ZONES);
  // Many in the hours that the clocks skip or show twice.
  const hour = dice.next() < 0.4 ? pick([1, 2, 3]) : Math.floor(dice.next() * 24);
  const minute = pick(MINUTES);
  const definition: TaskDefinition = {
    ...{ title: `task ${i}`, timezone, misfire_policy: pick(POLICIES), max_catch_up: 1_000 },
    ...scheduleAt(i, { hour, minute, day: 1 + Math.floor(dice.next() * 28), weekday: i % 7 }),
  };
  const taskId = `00000000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`;
  return {
    ...{ taskId, turn: 1, definition, createdAt: FROM, live: 0, queued: 0 },
    ...{ status: 'active', snoozed: false, snoozeReason: null, pausedAt: null },
    ...{ lastFiredAt: null, fired: 0, conditionHolds: null, probeRun: null },
    ...firstTick({ taskId, definition }, scheduleOf(definition, FROM), FROM),
  };
}

export interface WallTime {
  readonly hour: number;
  readonly minute: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

function scheduleAt(i: number, { hour, minute, day, weekday }: WallTime) {
  const at = `BYHOUR=${hour};BYMINUTE=${minute};BYSECOND=0`;
  const cron = (schedule_expr: string) => ({ schedule_kind: 'cron' as const, schedule_expr });
  const rrule = (schedule_expr: string) => ({ schedule_kind: 'rrule' as const, schedule_expr });
  switch (i % 10) {
    case 0:
      return rrule(`FREQ=DAILY;${at}`);
    case 1:
      return rrule(`FREQ=WEEKLY;BYDAY=${DAYS[weekday]};${at}`);
    case 2:
      return cron(`${minute} ${hour} * * ${weekday}`);
    case 3:
      return cron(`${minute} ${hour} ${day} * *`);
    case 4: {
      const time = new Date(FROM + (i % 360) * DAY_MS + hour * 3_600_000 + minute * 60_000);
      return { schedule_kind: 'once' as const, schedule_expr: time.toISOString() };
    }
    default:
      return cron(`${minute} ${hour} * * *`);
  }
}

function judge({ model, errors, restarts }: World, now: number): YearReport {
  const faults = [...errors];
  let ticks = 0;
  let fired = 0;
  for (const { task, ledger } of model.tasks.values()) {
    const expected = expectedTicks(task.definition, { from: FROM, to: now });
    const told = [...ledger.values()].map(({ tick }) => tick).toSorted((a, b) => a - b);
    ticks += expected.length;
    const wrong = difference(expected, told);
    if (wrong !== undefined) faults.push(`${task.definition.schedule_expr} ${wrong}`);
    const runs = [...ledger.values()].filter(({ outcome }) => outcome === 'fired');
    fired += runs.length;
    if (task.fired !== runs.length) faults.push(`${task.taskId} counts ${task.fired} runs`);
    if (new Set(runs.map(({ runId }) => runId)).size !== runs.length) faults.push('a run twice');
    if (task.definition.misfire_policy === 'fire_all' && runs.length !== expected.length) {
      faults.push(`${task.definition.schedule_expr} fired ${runs.length} of ${expected.length}`);
    }
  }
  return { ticks, fired, restarts, faults: faults.slice(0, 20) };
}

function difference(expected: readonly number[], told: readonly number[]): string | undefined {
  if (expected.length === told.length && expected.every((at, i) => at === told[i]))
    return undefined;
  const missing = expected.filter((at) => !told.includes(at)).slice(0, 3);
  const extra = told.filter((at) => !expected.includes(at)).slice(0, 3);
  const times = (list: number[]) => list.map((at) => new Date(at).toISOString()).join(', ');
  return `lacks ${times(missing)} and has ${times(extra)}, ${told.length} of ${expected.length}`;
}

interface YearClock {
  /** What the database's clock shows. */
  database(): number;
  /** A clock of a machine: set by itself, never when it is asked for how long something took. */
  machine(): Clock;
  /** Lets time pass until the database's clock shows so much; timers that fall due go off. */
  jump(until: number): Promise<void>;
  setDatabase(byMs: number): void;
  setMachines(byMs: number): void;
}

/** Timers go off where the jump ends, as after a machine was suspended, and again until all is quiet. */
function createYearClock(): YearClock {
  let mono = 0;
  let database = FROM;
  let machines = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  async function quiet(): Promise<void> {
    for (let round = 0; round < 50; round += 1) {
      const due = [...timers].filter(({ at }) => at <= mono);
      if (due.length === 0) return;
      for (const timer of due) {
        timers.delete(timer);
        timer.run();
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
  return {
    database: () => database,
    machine: () => ({
      wall: () => FROM + mono + machines,
      mono: () => mono,
      after(ms, run) {
        const timer = { at: mono + ms, run };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    }),
    async jump(until) {
      const ms = Math.max(1, until - database);
      mono += ms;
      database += ms;
      await quiet();
    },
    setDatabase(byMs) {
      database += Math.floor(byMs);
    },
    setMachines(byMs) {
      machines += byMs;
    },
  };
}
