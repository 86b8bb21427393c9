/**
 * What quotas leave of the runs that tasks make. Nobody is asked in between, so what is too many is
 * skipped, and told of in the ledger; what waits goes on waiting. Firings do not stand in line for
 * the lock that submits take: several schedulers at one moment may let a few runs too many begin,
 * and the next ones then find them.
 */
import type { Firing, TaskTurn } from '@tenuto/engine';
import { ask, type Database, type Parameters } from './database.ts';

/** The first administrator: the quota of everybody is none of theirs. */
const ADMIN = 'admin';
const TODAY = "(clock_timestamp() at time zone 'UTC')::date";

interface RoomRow {
  readonly task_id: string;
  readonly owner: string;
  readonly room: number;
  readonly by_day: boolean;
  readonly last_fired_at: number | null;
}

export interface QuotaRoom {
  /** Tasks whose owner has a quota of runs; the others may fire as they like. */
  readonly tasks: ReadonlyMap<string, Pick<RoomRow, 'owner' | 'last_fired_at'>>;
  /** Runs that are left, by owner. */
  readonly left: Map<string, number>;
  /** Owners whose runs are counted by the day. */
  readonly counted: readonly string[];
}

export async function quotaRoom(
  db: Pick<Database, 'query'>,
  taskIds: readonly string[],
): Promise<QuotaRoom> {
  const rows = await ask<RoomRow>(
    db,
    `with asked as materialized (
       select t.task_id, t.owner, t.last_fired_at::float8 as last_fired_at from tasks t
       where exists (select from quotas) and t.task_id = any($1::uuid[])),
     limits as materialized (
       select o.owner, q.runs_per_day, q.concurrent_runs
       from (select distinct owner from asked) o cross join lateral (
         select * from quotas q
         where q.principal = o.owner or (q.principal = '*' and o.owner <> '${ADMIN}')
         order by q.principal = '*' limit 1) q
       where q.runs_per_day is not null or q.concurrent_runs is not null),
     rooms as materialized (
       select l.owner, l.runs_per_day is not null as by_day, greatest(0, least(
         l.runs_per_day - coalesce((select d.runs from quota_days d
           where d.principal = l.owner and d.day = ${TODAY}), 0),
         l.concurrent_runs - (select count(*) from (select from run_live r
           where r.owner = l.owner limit l.concurrent_runs) live)))::float8 as room
       from limits l)
     select a.task_id, a.owner, a.last_fired_at, r.room, r.by_day
     from asked a join rooms r on r.owner = a.owner`,
    [taskIds],
  );
  return {
    tasks: new Map(rows.map((row) => [row.task_id, row])),
    left: new Map(rows.map(({ owner, room }) => [owner, room])),
    counted: [...new Set(rows.filter((row) => row.by_day).map(({ owner }) => owner))],
  };
}

/** The turns with those firings that there is room for; each takes some of it. */
export function withinRoom<Turn extends TaskTurn>(
  turns: readonly Turn[],
  { tasks, left }: QuotaRoom,
): readonly Turn[] {
  if (tasks.size === 0) return turns;
  return turns.map((turn) => {
    const task = tasks.get(turn.taskId);
    return task === undefined ? turn : fitted(turn, task, left);
  });
}

function fitted<Turn extends TaskTurn>(
  turn: Turn,
  { owner, last_fired_at: lastFiredAt }: Pick<RoomRow, 'owner' | 'last_fired_at'>,
  left: Map<string, number>,
): Turn {
  const firings = turn.firings.map((firing) => {
    if (firing.outcome !== 'fired') return firing;
    const room = left.get(owner) ?? 0;
    if (room <= 0) return tooMany(firing);
    left.set(owner, room - 1);
    return firing;
  });
  const fires = firings.some(({ outcome }) => outcome === 'fired');
  const makes = fires || firings.some(({ outcome }) => outcome === 'queued');
  return {
    ...{ ...turn, firings },
    // Nothing takes the place of what goes on.
    ...(turn.cancelPrevious === true && { cancelPrevious: fires }),
    ...(firings.length > 0 && !makes && { standing: { ...turn.standing, lastFiredAt } }),
  };
}

/** Its key is not used up by it. */
function tooMany({ run: _run, dedupe: _dedupe, ...firing }: Firing): Firing {
  return { ...firing, outcome: 'skipped', reason: 'quota', extra: '' };
}

/**
 * A part of a statement that counts the runs of the day.
 * @param made SQL that has a row with `owner` for each run
 */
export function countedPart(made: string, { counted }: QuotaRoom, given: Parameters): string {
  return `charged as (
      insert into quota_days as d (principal, day, runs)
      select c.owner, ${TODAY}, c.runs from (
        select m.owner, count(*)::int as runs from (${made}) m group by m.owner) c
      where c.owner = any(${given.add(counted)}::text[]) order by c.owner
      on conflict (principal, day) do update set runs = d.runs + excluded.runs)`;
}
