/**
 * The statement by which tasks take their next turn: compare and set on `turn`, the runs, and a line
 * in the history for each firing, all or nothing. Turns are taken by schedulers, many in a
 * statement, and by requests, one in a statement; `locked` says which of the wanted ones may be.
 */
import type { Firing, TakenTurn, TaskTurn } from '@tenuto/engine';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { wakeUp } from './inbox.ts';
import { claimKeyAt } from './priority.ts';
import { RUN_KIND_CODES } from './run-columns.ts';

/** Those turns of the wanted ones that are taken: others are being taken, or have been. */
export async function takeTurns(
  db: Pick<Database, 'query'>,
  turns: readonly TaskTurn[],
): Promise<TakenTurn[]> {
  if (turns.length === 0) return [];
  const given = parameters();
  // Whoever comes second does not wait for the first: it would find another turn.
  const locked = `select t.task_id from tasks t join wanted w on w.task_id = t.task_id
    where t.turn = w.turn and t.deleted_at is null order by t.task_id for update of t skip locked`;
  const rows = await ask<TakenRow>(
    db,
    `with ${turnParts(given, turns, { locked })} ${TAKEN}`,
    given.values,
  );
  return rows.map(takenOf);
}

export interface TakenRow {
  readonly task_id: string;
  readonly run_ids: string[] | null;
}

export function takenOf(row: TakenRow): TakenTurn {
  return { taskId: row.task_id, runIds: row.run_ids ?? [] };
}

/** What the statement answers. */
export const TAKEN = `select m.task_id, (select array_agg(i.run_id::text order by i.run)
  from ids i where i.task_id = m.task_id) as run_ids from moved m`;

interface Wanted {
  /** SQL that locks those of the tasks in `wanted` that may take their turn. */
  readonly locked: string;
  /** What else is set in their rows, with a comma before it. */
  readonly set?: string;
  /** Nothing waits from then on. */
  readonly queueDropped?: boolean;
}

/** The parts of the statement; `moved` has the rows of the tasks that have taken their turn. */
export function turnParts(
  given: Parameters,
  turns: readonly TaskTurn[],
  { locked, set = '', queueDropped = false }: Wanted,
): string {
  const firings = turns.flatMap((turn) => turn.firings.map((one, n) => rowOf(turn, one, n)));
  return [
    `wanted as materialized (
       select * from json_to_recordset(${given.add(JSON.stringify(turns.map(wantedOf)))}::json)
       w(${WANTED}))`,
    `locked as materialized (${locked})`,
    ...firingParts(given.add(JSON.stringify(firings)), firings.some(hasKey)),
    movedPart(set, queueDropped),
    runsPart(),
    queuePart(),
    ledgerPart(),
    ...(turns.some(({ startProbe }) => startProbe) ? [probesPart()] : []),
    ...(turns.some(({ cancelPrevious }) => cancelPrevious) ? cancelParts() : []),
  ].join(',\n');
}

const WANTED = `task_id uuid, turn int, status text, tick_at bigint, due_at bigint, snoozed boolean,
  snooze_reason text, paused_at bigint, last_fired_at bigint, condition_holds boolean,
  probe_run uuid, cancel_previous boolean, start_probe boolean`;

function wantedOf({ taskId, turn, standing, cancelPrevious, startProbe }: TaskTurn) {
  return {
    ...{ task_id: taskId, turn, status: standing.status },
    tick_at: whole(standing.tickAt),
    due_at: standing.dueAt === null ? null : Math.ceil(standing.dueAt),
    snoozed: standing.snoozed,
    snooze_reason: standing.snoozeReason,
    paused_at: whole(standing.pausedAt),
    last_fired_at: whole(standing.lastFiredAt),
    condition_holds: standing.conditionHolds,
    probe_run: standing.probeRun,
    cancel_previous: cancelPrevious ?? false,
    start_probe: startProbe ?? false,
  };
}

const whole = (ms: number | null) => (ms === null ? null : Math.floor(ms));

const FIRING = `task_id uuid, n int, key text, at bigint, tick bigint, due_at bigint, origin text,
  outcome text, reason text, run int, event_id uuid, triggered_by text, extra text,
  dedupe_key text, dedupe_seconds int`;
type FiringRow = ReturnType<typeof rowOf>;

function rowOf({ taskId }: TaskTurn, firing: Firing, n: number) {
  return {
    ...{ task_id: taskId, n, key: firing.key, at: firing.at, tick: firing.tick },
    ...{ due_at: Math.floor(firing.dueAt), origin: firing.origin, outcome: firing.outcome },
    ...{ reason: firing.reason, run: firing.run, event_id: firing.eventId },
    ...{ triggered_by: firing.triggeredBy, extra: firing.extra },
    ...{ dedupe_key: firing.dedupe?.key, dedupe_seconds: firing.dedupe?.windowSeconds },
  };
}

const hasKey = (row: FiringRow) => row.dedupe_key !== undefined;

/**
 * What comes of the firings: one that stands in the history already is not made again, and one
 * whose key was used within its window is skipped. Then the ids of the runs.
 */
function firingParts(rows: string, keyed: boolean): string[] {
  const asked = `asked as materialized (
      select g.*, t.owner from json_to_recordset(${rows}::json) g(${FIRING})
      join locked l on l.task_id = g.task_id join tasks t on t.task_id = g.task_id
      where not exists (select from task_firings f
          where f.task_id = g.task_id and f.at = g.at and f.key = g.key)
        and not exists (select from task_queue q
          where q.task_id = g.task_id and q.at = g.at and q.key = g.key))`;
  const ids = `ids as materialized (
      select task_id, run, uuid_v7() as run_id from settled where outcome = 'fired')`;
  if (!keyed) return [asked, 'settled as (select * from asked)', ids];
  return [
    asked,
    `ranked as materialized (
      select a.*, row_number() over (partition by a.owner, a.dedupe_key
        order by a.at, a.task_id, a.n) as place from asked a where a.dedupe_key is not null)`,
    `keys as (
      insert into task_dedupes (owner, key, until_at)
      select r.owner, r.dedupe_key, clock_timestamp() + make_interval(secs => r.dedupe_seconds)
      from ranked r where r.place = 1 order by r.owner, r.dedupe_key
      on conflict (owner, key) do update set until_at = excluded.until_at
      where task_dedupes.until_at <= clock_timestamp() returning owner, key)`,
    `settled as materialized (
      select a.task_id, a.n, a.key, a.at, a.tick, a.due_at, a.origin, a.run, a.event_id,
        a.triggered_by, a.extra, a.owner,
        case when d.dup then 'skipped' else a.outcome end as outcome,
        case when d.dup then 'dedupe' else a.reason end as reason
      from asked a left join ranked r on r.task_id = a.task_id and r.n = a.n
      cross join lateral (select a.dedupe_key is not null and not (r.place = 1 and exists (
        select from keys k where k.owner = a.owner and k.key = a.dedupe_key)) as dup) d)`,
    ids,
  ];
}

function movedPart(set: string, queueDropped: boolean): string {
  const counted = (which: string) =>
    `(select count(*)::int from settled s where s.task_id = t.task_id and ${which})`;
  const own = `s.origin in ('schedule', 'event', 'condition')`;
  return `probe_ids as materialized (
      select w.task_id, uuid_v7() as run_id from wanted w where w.start_probe),
    moved as (
      update tasks t set turn = t.turn + 1, status = w.status, tick_at = w.tick_at,
        due_at = w.due_at, snoozed = w.snoozed, snooze_reason = w.snooze_reason,
        paused_at = w.paused_at, last_fired_at = w.last_fired_at,
        fired = t.fired + ${counted(`s.outcome in ('fired', 'queued') and ${own}`)},
        condition_holds = w.condition_holds,
        probe_run = coalesce((select p.run_id from probe_ids p where p.task_id = t.task_id),
          w.probe_run),
        queued = ${queueDropped ? '0' : `t.queued + ${counted(`s.outcome = 'queued'`)}`}${set}
      from wanted w join locked l on l.task_id = w.task_id
      where t.task_id = w.task_id
      returning t.*, w.cancel_previous)`;
}

/** The row of a run of the task in `m`, unowned: engines claim it as they claim any other. */
export const RUN_OF_TASK = `insert into run_live (run_id, plan_hash, owner, kind, name, job_type,
  priority, triggered_by, metadata, input, created_at, scheduled_at, status, claim_key, wake_at,
  task_id)`;
const KIND = RUN_KIND_CODES.task;
export const TASK_JOB_TYPE = 'task';

function runsPart(): string {
  return `runs_made as (
      ${RUN_OF_TASK}
      select i.run_id, m.plan_hash, m.owner, ${KIND}, m.title, '${TASK_JOB_TYPE}', m.priority,
        s.triggered_by, null, ${inputWith('m.input', 's.extra')}, clock_timestamp(),
        to_timestamp(s.due_at / 1000.0), 'queued', ${claimKeyAt('clock_timestamp()', 'm.priority')},
        clock_timestamp(), m.task_id
      from settled s join ids i on i.task_id = s.task_id and i.run = s.run
      join moved m on m.task_id = s.task_id where s.outcome = 'fired')`;
}

/** JSON text of an object with more members; of two with one name the later one counts. */
export function inputWith(input: string, extra: string): string {
  return `left(${input}, -1) || ',' || ${extra} || '}'`;
}

function probesPart(): string {
  return `probes_made as (
      ${RUN_OF_TASK}
      select p.run_id, m.probe_plan, m.owner, ${KIND}, m.title || ' (probe)', '${TASK_JOB_TYPE}',
        m.priority, 'task ' || m.task_id, jsonb_build_object('probe_of', m.task_id), m.probe_input,
        clock_timestamp(), null, 'queued', ${claimKeyAt('clock_timestamp()', 'm.priority')},
        clock_timestamp(), null
      from probe_ids p join moved m on m.task_id = p.task_id)`;
}

function queuePart(): string {
  return `waits as (
      insert into task_queue (task_id, at, key, tick, due_at, origin, reason, event_id,
        triggered_by, extra)
      select s.task_id, s.at, s.key, s.tick, s.due_at, s.origin, s.reason, s.event_id,
        s.triggered_by, s.extra
      from settled s join moved m on m.task_id = s.task_id where s.outcome = 'queued')`;
}

function ledgerPart(): string {
  return `told as (
      insert into task_firings (task_id, at, key, tick, due_at, origin, outcome, reason, run_id,
        event_id, recorded_at)
      select s.task_id, s.at, s.key, s.tick, s.due_at, s.origin, s.outcome, s.reason, i.run_id,
        s.event_id, clock_timestamp()
      from settled s join moved m on m.task_id = s.task_id
      left join ids i on i.task_id = s.task_id and i.run = s.run
      where s.outcome <> 'queued')`;
}

/** Asks the owners of the runs that go on to cancel them; those that are asked already, not again. */
function cancelParts(): string[] {
  const body = `'${JSON.stringify({ mode: 'graceful', actor: 'system', reason: 'overlap_policy' })}'`;
  return [
    `cancelled as (
      update run_live r set ${wakeUp('cancel')}
      from moved m where m.cancel_previous and r.task_id = m.task_id and r.status <> 'cancelled'
        and not exists (select from run_inbox i where i.run_id = r.run_id and i.type = 'cancel')
      returning r.run_id, r.inbox_seq)`,
    `cancels_told as (
      insert into run_inbox (run_id, seq, type, body)
      select run_id, inbox_seq, 'cancel', ${body} from cancelled)`,
  ];
}
