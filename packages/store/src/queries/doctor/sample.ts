import type { ExaminationRequest, RunProgress, Sample } from '@tenuto/engine';
import type pg from 'pg';
import { objectOf } from '../run-row.ts';

interface Row {
  readonly run_id: string;
  readonly over: boolean;
  readonly progress: string | null;
  readonly node_count: number;
}

/** Of the live runs the newest and the oldest, and the newest of those that are over. */
const RUNS = `
  with live as (
    select run_id, plan_hash, progress, false as over from run_live
    order by run_id desc limit greatest(1, $1 / 2)),
  oldest as (
    select run_id, plan_hash, progress, false as over from run_live
    order by run_id limit greatest(1, $1 / 2)),
  over as (
    select run_id, plan_hash, progress, true as over from runs order by run_id desc limit $1)
  select r.run_id, r.over, r.progress,
    coalesce((select p.node_count from plans p where p.hash = r.plan_hash), 0) as node_count
  from (select * from live union select * from oldest union all select * from over) r
  order by r.run_id desc`;

export interface SampledRuns extends Sample {
  /** A run that is live and over is there twice. */
  readonly runIds: readonly string[];
  /** How many nodes each has, as far as its row tells. */
  readonly nodes: ReadonlyMap<string, number>;
}

/** Chooses the runs that are looked at one by one. */
export async function sampleRuns(
  client: Pick<pg.ClientBase, 'query'>,
  { runs, nodes: most }: Pick<ExaminationRequest, 'runs' | 'nodes'>,
): Promise<SampledRuns> {
  const { rows } = await client.query<Row>(RUNS, [runs]);
  const nodes = new Map<string, number>();
  // Half for those that are over; small runs first, so that a large one does not stand for many.
  const room = { live: most / 2, over: most / 2 };
  const taken = { live: 0, over: 0 };
  const sized = rows.map((row) => ({ row, size: sizeOf(row) }));
  for (const { row, size } of sized.toSorted((a, b) => a.size - b.size)) {
    const kind = row.over ? 'over' : 'live';
    if (size > room[kind]) continue;
    room[kind] -= size;
    taken[kind] += 1;
    nodes.set(row.run_id, size);
  }
  return {
    runIds: [...nodes.keys()],
    nodes,
    liveRuns: taken.live,
    overRuns: taken.over,
    leftOut: rows.length - taken.live - taken.over,
  };
}

/** What `for_each` has made counts too, once progress tells of it. */
function sizeOf({ progress, node_count: planned }: Row): number {
  const { counts } = (parsed(progress) ?? {}) as RunProgress;
  const counted = Object.values(counts ?? {}).reduce((sum, count) => sum + Number(count), 0);
  return Math.max(1, planned, Number.isFinite(counted) ? counted : 0);
}

/** Nothing for a text that is no JSON: that is a finding, not a failure. */
export function parsed(progress: string | null): RunProgress | null {
  try {
    return objectOf(progress) as RunProgress | null;
  } catch {
    return null;
  }
}
