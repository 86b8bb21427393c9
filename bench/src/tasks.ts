import { type ActionRunner, createScheduler } from '@tenuto/engine';
import { createScheduleStore } from '@tenuto/store';
import { untilIdle, withEngine } from './bench-engine.ts';
import { type BenchStore, withStore } from './bench-store.ts';
import { type Benchmark, rounds } from './benchmark.ts';
import { figure } from './figure.ts';
import { planOf } from './shape.ts';
import { percentile } from './statistics.ts';

const TASKS = 1_000;
const WARM_UP_PART = 0.1;
/** Long enough for the scheduler to have read all of them before. */
const AHEAD_MS = 4_000;
const P99_MOST_MS = 250;

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** From when tasks are due to when their runs start, all of them in the same second. */
export const tasks: Benchmark = {
  name: 'tasks',
  about: '1,000 tasks due at the same moment, on one scheduler and one engine',
  measure(effort) {
    const count = Math.max(1, Math.round(TASKS * effort.part));
    return withStore(async (store) => {
      const all = await rounds(effort, 'tasks', {
        warmUp: () => roundOf(store, Math.max(1, Math.round(count * WARM_UP_PART))),
        once: () => roundOf(store, count),
      });
      const aim = { of: 'value', most: P99_MOST_MS } as const;
      return [
        figure('task lateness p50', 'ms', { samples: all.map(({ p50 }) => p50) }),
        figure('task lateness p99', 'ms', { samples: all.map(({ p99 }) => p99), aim }),
        figure('task lateness max', 'ms', { samples: all.map(({ max }) => max) }),
      ];
    });
  },
};

async function roundOf({ store, sql, connection }: BenchStore, count: number): Promise<Round> {
  const plan = planOf([1]);
  await store.putPlan(plan.hash, plan.document, plan.nodeCount);
  const late: number[] = [];
  let due = 0;
  const timing: ActionRunner = {
    run() {
      late.push(Date.now() - due);
      return { status: 'completed', output: null };
    },
  };
  await withEngine(store, timing, async (engine) => {
    const schedule = createScheduleStore({ ...connection });
    const scheduler = createScheduler({
      ...{ store: schedule, runsWait: engine.runsWait },
      clock: {
        wall: () => Date.now(),
        mono: () => performance.now(),
        after(ms, run) {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
      },
      log: { info: () => undefined, warn: complain, error: complain },
    });
    await schedule.makeRoom();
    due = Math.ceil((Date.now() + AHEAD_MS) / 1_000) * 1_000;
    await sql.query(INSERT, [
      count,
      due,
      new Date(due).toISOString(),
      Buffer.from(plan.hash, 'hex'),
    ]);
    scheduler.start();
    await untilIdle(engine, () => late.length >= count);
    await scheduler.stop();
    await schedule.close();
  });
  return { p50: percentile(late, 0.5), p99: percentile(late, 0.99), max: Math.max(...late) };
}

const complain = (fields: object, message: string) => {
  process.stderr.write(`scheduler: ${message} ${JSON.stringify(fields)}\n`);
};

const INSERT = `insert into tasks (task_id, owner, title, schedule_kind, definition, payload,
    plan_hash, input, priority, status, tick_at, due_at, created_by, updated_by)
  select uuid_v7(), 'bench', 'bench', 'once', json_build_object('title', 'bench',
      'schedule_kind', 'once', 'schedule_expr', $3::text, 'timezone', 'UTC')::text, '{}', $4,
    '{"params":{},"maxConcurrentNodes":10,"failFast":false,"timeoutMs":3600000}', 5, 'active',
    $2::bigint, $2::bigint, 'bench', 'bench'
  from generate_series(1, $1::int)`;
