import { compilePlan } from '@tenuto/engine';
import type pg from 'pg';
import { type BenchStore, withStore } from './bench-store.ts';
import { type Benchmark, type Effort, rounds } from './benchmark.ts';
import { drainRate } from './drain.ts';
import { compared, type Figure, type Pair } from './figure.ts';
import { SHAPES, type Shape, scaled } from './shape.ts';
import { engineRate } from './throughput.ts';

const RUNS = 100_000;
const ATTEMPTS_A_RUN = 10;
/** Over how long the history was made: most of it lies where new runs are written, too. */
const SPAN_MS = 3_600_000;
const WARM_UP_PART = 0.5;
/** Within a tenth of an empty store. */
const AIM = { of: 'ratio', least: 0.9 } as const;

/** A full store beside an empty one: history must cost nothing. */
export const history: Benchmark = {
  name: 'history',
  about: 'throughput with 1,000,000 attempts in the store, beside an empty one',
  measure(effort) {
    return withStore((empty) =>
      withStore(async (full) => {
        effort.progress('history: loading');
        await loadHistory(full.sql, Math.round(RUNS * effort.part));
        const figures: Figure[] = [];
        for (const { name, full: shape, rate } of WORKLOADS) {
          const pairs = await pairsOf(name, { empty, full, rate, effort }, shape);
          const measured = { pairs, what: 'empty store', better: 'higher', aim: AIM } as const;
          figures.push(compared(name, 'nodes/s', measured));
        }
        return figures;
      }),
    );
  },
};

type Rate = (store: BenchStore, shape: Shape) => Promise<number>;

const WORKLOADS: readonly { readonly name: string; readonly full: Shape; readonly rate: Rate }[] = [
  { name: 'history single', full: SHAPES.single, rate: engineRate },
  { name: 'history drain', full: SHAPES.single, rate: drainRate },
  { name: 'history fan', full: SHAPES.fan, rate: engineRate },
];

interface Stores {
  readonly empty: BenchStore;
  readonly full: BenchStore;
  readonly rate: Rate;
  readonly effort: Effort;
}

function pairsOf(
  name: string,
  { empty, full, rate, effort }: Stores,
  workload: Shape,
): Promise<Pair[]> {
  const shape = scaled(workload, effort.part);
  const pairOf = async (of: Shape) => ({
    reference: await rate(empty, of),
    sample: await rate(full, of),
  });
  return rounds(effort, name, {
    warmUp: () => pairOf(scaled(shape, WARM_UP_PART)),
    once: () => pairOf(shape),
  });
}

/** Runs that are over, with their attempts, as if they had ended within the last hour. */
export async function loadHistory(sql: pg.Client, runs: number): Promise<void> {
  const plan = compilePlan({ nodes: [{ id: 'a', uses: 'noop' }] });
  await sql.query(
    `create temporary table made as
     select overlay(uuid_send(gen_random_uuid()) placing substring(int8send(ms) from 3) from 1 for 6)
       as bytes, to_timestamp(ms / 1000.0) as at
     from (select (extract(epoch from clock_timestamp()) * 1000)::bigint - $2
       + $2::bigint * i / $1 as ms from generate_series(1, $1::bigint) i) times`,
    [runs, SPAN_MS],
  );
  await sql.query(
    `insert into runs (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by,
       input, created_at, started_at, completed_at, status, progress, version)
     select encode(set_byte(bytes, 6, 112 | (get_byte(bytes, 6) & 15)), 'hex')::uuid,
       decode($1, 'hex'), 'bench', 0, 'history', 'dag', 5, 'bench', '{}', at, at, at, 'completed',
       '{"counts":{"pending":0,"running":0,"completed":10,"failed":0,"skipped":0}}', 2
     from made`,
    [plan.hash],
  );
  await sql.query(
    `insert into attempts
       (run_id, node, attempt, seq, generation, status, started_at, ended_at)
     select run_id, node, 1, node + 1, 0, 'completed', created_at, completed_at
     from runs, generate_series(0, $1 - 1) node where name = 'history'`,
    [ATTEMPTS_A_RUN],
  );
  await sql.query('drop table made');
  await sql.query('vacuum (analyze) runs, attempts');
  await sql.query('checkpoint');
}
