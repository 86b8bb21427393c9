/**
 * The statement by which tasks take their next turn: compare and set on `turn`, the runs, and a line
 * in the history for each firing, all or nothing. Turns are taken by schedulers, many in a
 * statement, and by requests, one in a statement; `locked` says which of the wanted ones may be.
 */
import type { Firing, TakenTurn, TaskTurn } from '@tenuto/engine';
import { int4Array, int8Array, textArray } from '../binary-array.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { wakeUp } from './inbox.ts';
import { claimKeyAt } from './priority.ts';
import { RUN_KIND_CODES } from './run-columns.ts';
import { countedPart, type QuotaRoom, quotaRoom, withinRoom } from './task-quota.ts';

/** Those turns of the wanted ones that are taken: others are being taken, or have been. */
export async function takeTurns(
  db: Pick<Database, 'query'>,
  wanted: readonly TaskTurn[],
): Promise<TakenTurn[]> {
  if (wanted.length === 0) return [];
  const room = await quotaRoom(
    db,
    wanted.map(({ taskId }) => taskId),
  );
  const turns = withinRoom(wanted, room);
  const given = parameters();
  // Whoever comes second does not wait for the first: it would find another turn.
  const ids = given.add(turns.map(({ taskId }) => taskId));
  const locked = `select ${LOCKED} from tasks t where t.task_id = any(${ids}::uuid[])
    and t.deleted_at is null order by t.task_id for update skip locked`;
  const over = turns.some(({ standing }) => standing.status === 'completed');
  const parts = turnParts(given, turns, { locked, ids, room });
  const text = `with ${parts}${over ? `, ${deafParts()}` : ''} ${TAKEN}`;
  return takenOf(await ask<TakenRow>(db, text, given.values));
}

/** What of a locked task its firings need: read once, for all parts of the statement. */
export const LOCKED = `t.task_id, t.turn, t.owner, t.title, t.plan_hash, t.input, t.priority,
  t.profile, t.probe_plan, t.probe_input`;

export interface TakenRow {
  readonly task_id: string;
  /** Null in the row that says that the turn was taken. */
  readonly run_id: string | null;
}

/** In the order in which the statement has made the runs. */
export function takenOf(rows: readonly TakenRow[]): TakenTurn[] {
  const taken = new Map<string, string[]>();
  for (const { task_id: taskId, run_id: runId } of rows) {
    const runIds = taken.get(taskId) ?? [];
    taken.set(taskId, runIds);
    if (runId !== null) runIds.push(runId);
  }
  return [...taken].map(([taskId, runIds]) => ({ taskId, runIds }));
}

/** What the statement answers. */
export const TAKEN = `select task_id, null::uuid as run_id, -1 as run from ready union all
  select task_id, run_id, run from settled where outcome = 'fired' order by run`;

interface Wanted {
  /** SQL that locks those of the tasks that may be changed, and reads {@link LOCKED} of them. */
  readonly locked: string;
  /** The placeholder of the ids of all of them. */
  readonly ids: string;
  /** What else is set in their rows, with a comma before it. */
  readonly set?: string;
  /** Nothing waits from then on. */
  readonly queueDropped?: boolean;
  /** What the firings were fitted into. */
  readonly room: QuotaRoom;
}

const FIRED = "select s.owner from settled s where s.outcome = 'fired'";

/** The parts of the statement; `moved` has the rows of the tasks that have taken their turn. */
export function turnParts(
  given: Parameters,
  turns: readonly TaskTurn[],
  { locked, ids, set = '', queueDropped = false, room }: Wanted,
): string {
  const firings = turns.flatMap(({ taskId, firings: all }) =>
    all.map((firing, n) => ({ taskId, n, firing })),
  );
  return [
    `wanted as materialized (
       select * from json_to_recordset(${given.add(JSON.stringify(turns.map(wantedOf)))}::json)
       w(${WANTED}))`,
    `locked as materialized (${locked})`,
    // One expression, not two columns: the planner takes two to match next to nothing, and then
    // goes through all rows for each.
    `ready as materialized (
       select w.*, l.owner, l.title, l.plan_hash, l.input, l.priority, l.profile,
         l.probe_plan, l.probe_input
       from wanted w join locked l on l.task_id::text || ' ' || l.turn = w.seen)`,
    ...firingParts(firingRows(given, firings), firings.some(hasKey)),
    movedPart({ ids, set, queueDropped }),
    runsPart(),
    queuePart(),
    ledgerPart(),
    ...(room.counted.length === 0 ? [] : [countedPart(FIRED, room, given)]),
    ...(turns.some(({ startProbe }) => startProbe) ? [probesPart()] : []),
    ...(turns.some(({ cancelPrevious }) => cancelPrevious) ? cancelParts() : []),
  ].join(',\n');
}

const WANTED = `task_id uuid, seen text, status text, tick_at bigint, due_at bigint, snoozed boolean,
  snooze_reason text, paused_at bigint, last_fired_at bigint, condition_holds boolean,
  probe_run uuid, cancel_previous boolean, start_probe boolean, counts boolean`;

function wantedOf({ taskId, turn, standing, cancelPrevious, startProbe, quiet }: TaskTurn) {
  return {
    ...{ task_id: taskId, seen: `${taskId} ${turn}`, status: standing.status },
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
    counts: !(quiet ?? false),
  };
}

const whole = (ms: number | null) => (ms === null ? null : Math.floor(ms));

interface FiringRow {
  readonly taskId: string;
  /** Its place among those of the task. */
  readonly n: number;
  readonly firing: Firing;
}

/** The firings as a table: unnested arrays, because a JSON document of them takes ten times as long. */
function firingRows(given: Parameters, rows: readonly FiringRow[]): string {
  const of = <T>(read: (firing: Firing) => T): T[] => rows.map(({ firing }) => read(firing));
  const columns: readonly (readonly [name: string, type: string, values: Buffer])[] = [
    ['task_id', 'text', textArray(rows.map(({ taskId }) => taskId))],
    ['n', 'int4', int4Array(rows.map(({ n }) => n))],
    ['key', 'text', textArray(of(({ key }) => key))],
    ['at', 'int8', int8Array(of(({ at }) => at))],
    ['tick', 'int8', int8Array(of(({ tick }) => tick))],
    ['due_at', 'int8', int8Array(of(({ dueAt }) => Math.floor(dueAt)))],
    ['origin', 'text', textArray(of(({ origin }) => origin))],
    ['outcome', 'text', textArray(of(({ outcome }) => outcome))],
    ['reason', 'text', textArray(of(({ reason }) => reason ?? undefined))],
    ['run', 'int4', int4Array(of(({ run }) => run))],
    ['event_id', 'text', textArray(of(({ eventId }) => eventId))],
    ['triggered_by', 'text', textArray(of(({ triggeredBy }) => triggeredBy))],
    ['extra', 'text', textArray(of(({ extra }) => extra))],
    ['dedupe_key', 'text', textArray(of(({ dedupe }) => dedupe?.key))],
    ['dedupe_seconds', 'int4', int4Array(of(({ dedupe }) => dedupe?.windowSeconds))],
  ];
  const arrays = columns.map(([, type, values]) => `${given.add(values)}::${type}[]`).join(', ');
  const names = columns.map(([name]) => name).join(', ');
  return `(select u.task_id::uuid as task_id, u.n, u.key, u.at, u.tick, u.due_at, u.origin, u.outcome,
      u.reason, u.run, u.event_id::uuid as event_id, u.triggered_by, u.extra, u.dedupe_key,
      u.dedupe_seconds
    from unnest(${arrays}) u(${names}))`;
}

const hasKey = ({ firing }: FiringRow) => firing.dedupe !== undefined;

/**
 * What comes of the firings: one that stands in the history already is not made again, and one
 * whose key was used within its window is skipped. A run has its id from here; what is coalesced has
 * that of the run that stands for it.
 */
function firingParts(rows: string, keyed: boolean): string[] {
  // Counts, not anti-joins: looked up for each firing, whatever the planner thinks of joins.
  const among = (table: string) => `(select count(*) from (select from ${table} f
    where f.task_id = g.task_id and f.at = g.at and f.key = g.key limit 1) known)`;
  const asked = `asked as materialized (
      select g.*, r.owner, r.title, r.plan_hash, r.input, r.priority, r.profile
      from ${rows} g join ready r on r.task_id = g.task_id
      where ${among('task_firings')} + ${among('task_queue')} = 0)`;
  const settled = (from: string) => `settled as materialized (
      select i.*, first_value(i.own_run) over (partition by i.task_id, i.run
        order by i.own_run is null) as run_id
      from (select a.*, case when a.outcome = 'fired' then uuid_v7() end as own_run from ${from} a) i)`;
  if (!keyed) return [asked, settled('asked')];
  return [
    asked,
    `ranked as materialized (
      select a.*, case when a.dedupe_key is not null then row_number() over (
        partition by a.owner, a.dedupe_key order by a.at, a.task_id, a.n) end as place from asked a)`,
    `keys as (
      insert into task_dedupes (owner, key, until_at)
      select r.owner, r.dedupe_key, clock_timestamp() + make_interval(secs => r.dedupe_seconds)
      from ranked r where r.place = 1 order by r.owner, r.dedupe_key
      on conflict (owner, key) do update set until_at = excluded.until_at
      where task_dedupes.until_at <= clock_timestamp() returning owner, key)`,
    `judged as materialized (
      select r.task_id, r.n, r.key, r.at, r.tick, r.due_at, r.origin, r.run, r.event_id,
        r.triggered_by, r.extra, r.owner, r.title, r.plan_hash, r.input, r.priority,
        r.profile, case when d.dup then 'skipped' else r.outcome end as outcome,
        case when d.dup then 'dedupe' else r.reason end as reason
      from ranked r cross join lateral (select r.dedupe_key is not null and not (r.place = 1
        and exists (select from keys k where k.owner = r.owner and k.key = r.dedupe_key))
        as dup) d)`,
    settled('judged'),
  ];
}

/** Counted once for all tasks: a count for each would look at all firings for each. */
function movedPart({ ids, set, queueDropped }: Required<Omit<Wanted, 'locked' | 'room'>>): string {
  return `probe_ids as materialized (
      select w.task_id, uuid_v7() as run_id from ready w where w.start_probe),
    counts as materialized (
      select s.task_id,
        count(*) filter (where s.outcome in ('fired', 'queued')
          and s.origin in ('schedule', 'event', 'condition'))::int as own,
        count(*) filter (where s.outcome = 'queued')::int as waiting
      from settled s group by s.task_id),
    next as materialized (
      select w.*, coalesce(c.own, 0) as own, coalesce(c.waiting, 0) as waiting,
        coalesce(p.run_id, w.probe_run) as probing
      from ready w left join counts c on c.task_id = w.task_id
      left join probe_ids p on p.task_id = w.task_id),
    moved as (
      update tasks t set turn = t.turn + w.counts::int, status = w.status, tick_at = w.tick_at,
        due_at = w.due_at, snoozed = w.snoozed, snooze_reason = w.snooze_reason,
        paused_at = w.paused_at, last_fired_at = greatest(t.last_fired_at, w.last_fired_at),
        fired = t.fired + w.own, condition_holds = w.condition_holds, probe_run = w.probing,
        queued = ${queueDropped ? '0' : 't.queued + w.waiting'}${set}
      from next w where t.task_id = w.task_id and t.task_id = any(${ids}::uuid[])
      returning t.task_id)`;
}

/** Tasks that are completed hear of no more events; last, as whoever changes a task does it. */
function deafParts(): string {
  return `deaf_head as (
      update event_subscription_head set version = version + 1
      where exists (select from moved m join event_subscriptions s on s.subscription_id = m.task_id
        join ready r on r.task_id = m.task_id where r.status = 'completed' and not s.removed)
      returning version),
    deaf as (
      update event_subscriptions s set removed = true, version = h.version
      from ready r, deaf_head h
      where s.subscription_id = r.task_id and r.status = 'completed' and not s.removed)`;
}

/** The row of a run of the task in `m`, unowned: engines claim it as they claim any other. */
export const RUN_OF_TASK = `insert into run_live (run_id, plan_hash, owner, kind, name, job_type,
  priority, triggered_by, metadata, input, created_at, scheduled_at, status, claim_key, wake_at,
  task_id)`;
const KIND = RUN_KIND_CODES.task;
const TASK_JOB_TYPE = 'task';

/** Kind and job type of a run of a task: a phased run where the task has a profile. */
export function kindOf(task: string): string {
  return `case when ${task}.profile is null then ${KIND} else ${RUN_KIND_CODES.phased} end,
    ${task}.title, coalesce(${task}.profile, '${TASK_JOB_TYPE}')`;
}

function runsPart(): string {
  return `runs_made as (
      ${RUN_OF_TASK}
      select s.run_id, s.plan_hash, s.owner, ${kindOf('s')}, s.priority,
        s.triggered_by, null, ${inputWith('s.input', 's.extra')}, clock_timestamp(),
        to_timestamp(s.due_at / 1000.0), 'queued', ${claimKeyAt('clock_timestamp()', 's.priority')},
        clock_timestamp(), s.task_id
      from settled s where s.outcome = 'fired')`;
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
      from probe_ids p join ready m on m.task_id = p.task_id)`;
}

function queuePart(): string {
  return `waits as (
      insert into task_queue (task_id, at, key, tick, due_at, origin, reason, event_id,
        triggered_by, extra)
      select s.task_id, s.at, s.key, s.tick, s.due_at, s.origin, s.reason, s.event_id,
        s.triggered_by, s.extra
      from settled s where s.outcome = 'queued')`;
}

function ledgerPart(): string {
  return `told as (
      insert into task_firings (task_id, at, key, tick, due_at, origin, outcome, reason, run_id,
        event_id, recorded_at)
      select s.task_id, s.at, s.key, s.tick, s.due_at, s.origin, s.outcome, s.reason, s.run_id,
        s.event_id, clock_timestamp()
      from settled s where s.outcome <> 'queued')`;
}

/** Asks the owners of the runs that go on to cancel them; those that are asked already, not again. */
function cancelParts(): string[] {
  const body = `'${JSON.stringify({ mode: 'graceful', actor: 'system', reason: 'overlap_policy' })}'`;
  return [
    `cancelled as (
      update run_live r set ${wakeUp('cancel')}
      from ready m where m.cancel_previous and r.task_id = m.task_id and r.status <> 'cancelled'
        and not exists (select from run_inbox i where i.run_id = r.run_id and i.type = 'cancel')
      returning r.run_id, r.inbox_seq)`,
    `cancels_told as (
      insert into run_inbox (run_id, seq, type, body)
      select run_id, inbox_seq, 'cancel', ${body} from cancelled)`,
  ];
}
