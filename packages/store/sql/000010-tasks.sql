-- Tasks, their firings, and the runs that come of them.

create table tasks (
  task_id uuid primary key,
  owner text not null,
  title text not null,
  schedule_kind text not null,
  -- JSON text of what the task says, but for what it does, which is `payload`.
  definition text not null,
  payload text not null,
  concurrency_key text,
  -- What each of its runs is made of: the plan, and JSON text of what the run is given.
  plan_hash bytea not null,
  input text not null,
  priority smallint not null,
  -- Of a condition with a probe: the run that finds out, and what the last one has found.
  probe_plan bytea,
  probe_input text,
  probe_run uuid,
  condition_holds boolean,
  status text not null,
  -- Grows with what people change. `turn` grows with every change at all, firings too: whoever
  -- wants to change where the task stands says which turn it has seen.
  version integer not null default 1,
  turn integer not null default 1,
  -- The next firing in milliseconds since the epoch, and when it is made: numbers, because a time
  -- that went through JavaScript has lost its microseconds.
  tick_at bigint,
  due_at bigint,
  snoozed boolean not null default false,
  snooze_reason text,
  paused_at bigint,
  last_fired_at bigint,
  fired integer not null default 0,
  queued integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null,
  deleted_at timestamptz
) with (fillfactor = 70);
create index tasks_due on tasks (due_at) where due_at is not null;
create index tasks_owner on tasks (owner, task_id) where deleted_at is null;
create index tasks_queued on tasks (task_id) where queued > 0;
create index tasks_probing on tasks (task_id) where probe_run is not null;
create index tasks_concurrency on tasks (owner, concurrency_key, task_id)
  where concurrency_key is not null and deleted_at is null;
create index tasks_title on tasks (title text_pattern_ops, task_id) where deleted_at is null;

-- What came of every firing that was expected or asked for. History: insert-only, partitioned by
-- `at`, which is in milliseconds since the epoch and follows from what called for the firing; so a
-- tick, an event or a request stands here once for a task.
create table task_firings (
  task_id uuid not null,
  at bigint not null,
  key text not null,
  tick bigint not null,
  due_at bigint not null,
  origin text not null,
  outcome text not null,
  reason text,
  run_id uuid,
  event_id uuid,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (task_id, at, key)
) partition by range (at);

-- Firings that wait for their turn; each goes to `task_firings` with what comes of it.
create table task_queue (
  task_id uuid not null,
  at bigint not null,
  key text not null,
  tick bigint not null,
  due_at bigint not null,
  origin text not null,
  reason text,
  event_id uuid,
  triggered_by text not null,
  -- JSON text: what the run is given besides the task's own input.
  extra text not null,
  queued_at timestamptz not null default clock_timestamp(),
  primary key (task_id, at, key)
);

-- Keys that were fired under, until when no other firing of the owner's may use them.
create table task_dedupes (
  owner text not null,
  key text not null,
  until_at timestamptz not null,
  primary key (owner, key)
);
create index task_dedupes_age on task_dedupes (until_at);

-- Locked by whoever lets runs of a concurrency key begin.
create table task_keys (
  owner text not null,
  key text not null,
  primary key (owner, key)
);

alter table run_live add column task_id uuid;
alter table runs add column task_id uuid;
create index run_live_task on run_live (task_id, run_id) where task_id is not null;
create index runs_task on runs (task_id, run_id) where task_id is not null;
create index run_live_kind on run_live (kind, run_id) where kind <> 0;
create index runs_kind on runs (kind, run_id) where kind <> 0;
