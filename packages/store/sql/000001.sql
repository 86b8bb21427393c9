-- What runs, who owns it, and the journal. docs/architecture.md says how the tables work together.

create type run_status as enum (
  'pending', 'queued', 'scheduled', 'running', 'paused', 'completed', 'failed', 'cancelled',
  'timeout', 'retrying', 'recovering', 'aborted');
create type attempt_status as enum ('completed', 'failed', 'cancelled', 'timeout');

-- Engines. A fence row per lane, because a row that two lanes share burns multixacts.
create table engines (
  engine_id uuid primary key,
  name text not null,
  started_at timestamptz not null default clock_timestamp(),
  stopped_at timestamptz
);
create table engine_fences (
  engine uuid not null,
  lane smallint not null,
  epoch integer not null,
  alive boolean not null,
  primary key (engine, lane)
) with (fillfactor = 50);
-- A counter, not a time: a taker watches it stand still on its own clock.
create table engine_heartbeats (
  engine uuid primary key,
  beat bigint not null
) with (fillfactor = 50);

-- One row a flush: the gate that makes a resend harmless, and the starts that ride in it.
create table batches (
  engine uuid not null,
  epoch integer not null,
  lane smallint not null,
  seq bigint not null,
  -- Starts of batches before this one have ended or stand in `started`.
  floor_seq bigint not null,
  starts bytea,
  at timestamptz not null default clock_timestamp(),
  primary key (engine, epoch, lane, seq)
);

create table plans (
  hash bytea primary key,
  document bytea not null,
  node_count integer not null,
  created_at timestamptz not null default clock_timestamp()
);

-- Runs that are not over. Small; a row goes to `runs` in the flush that ends its run.
create table run_live (
  run_id uuid primary key,
  plan_hash bytea not null,
  owner text not null,
  kind smallint not null,
  name text not null,
  job_type text not null,
  description text,
  priority smallint not null,
  triggered_by text not null,
  tags text[],
  metadata jsonb,
  -- JSON text: what the run was given (params, options); the engine reads it whole.
  input text not null,
  parent_run uuid,
  created_at timestamptz not null,
  scheduled_at timestamptz,
  started_at timestamptz,
  status run_status not null,
  -- JSON text, written by the owner now and then: counts and current nodes.
  progress text,
  engine uuid,
  -- Order of claiming: milliseconds since the epoch, shifted by priority; 0 is before all others.
  claim_key bigint not null,
  wake_at timestamptz not null,
  inbox_seq integer not null default 0,
  version integer not null default 1
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0);
create index run_live_queue on run_live (owner, claim_key) where engine is null;
create index run_live_engine on run_live (engine) where engine is not null;
create index run_live_owner on run_live (owner, run_id);
create index run_live_name on run_live (name text_pattern_ops, run_id);
create index run_live_tags on run_live using gin (tags) where tags is not null;
create index run_live_metadata on run_live using gin (metadata jsonb_path_ops)
  where metadata is not null;

-- Runs that are over. History: insert-only, partitioned by the time in the run's id.
create table runs (
  run_id uuid not null,
  plan_hash bytea not null,
  owner text not null,
  kind smallint not null,
  name text not null,
  job_type text not null,
  description text,
  priority smallint not null,
  triggered_by text not null,
  tags text[],
  metadata jsonb,
  input text not null,
  parent_run uuid,
  created_at timestamptz not null,
  scheduled_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz not null,
  status run_status not null,
  -- JSON text: counts by state, the error that ended the run.
  progress text not null,
  version integer not null,
  primary key (run_id)
) partition by range (run_id);
create index runs_owner on runs (owner, run_id);
create index runs_name on runs (name text_pattern_ops, run_id);
create index runs_status on runs (status, run_id) where status <> 'completed';
create index runs_job_type on runs (job_type, run_id) where job_type <> 'dag';
create index runs_tags on runs using gin (tags) where tags is not null;
create index runs_metadata on runs using gin (metadata jsonb_path_ops) where metadata is not null;

-- The journal of a run: ends of attempts, and everything else that happened to it. Replayed by seq.
create table attempts (
  run_id uuid not null,
  node integer not null,
  attempt integer not null,
  seq integer not null,
  generation smallint not null,
  status attempt_status not null,
  -- JSON text; `output_ref` is the blob of one that is too large to stay here.
  output text,
  output_ref bytea,
  error text,
  started_at timestamptz,
  ended_at timestamptz not null,
  retry_at timestamptz,
  primary key (run_id, node, attempt)
) partition by range (run_id);
create table run_events (
  run_id uuid not null,
  seq integer not null,
  at timestamptz not null,
  type text not null,
  body text not null,
  primary key (run_id, seq)
) partition by range (run_id);
create table node_logs (
  run_id uuid not null,
  node integer not null,
  attempt integer not null,
  seq integer not null,
  at timestamptz not null,
  stream text not null,
  text text not null,
  primary key (run_id, node, attempt, seq)
) partition by range (run_id);
create table artifacts (
  run_id uuid not null,
  node integer not null,
  attempt integer not null,
  name text not null,
  media_type text not null,
  size_bytes bigint not null,
  hash bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (run_id, node, attempt, name)
) partition by range (run_id);
create table blobs (
  hash bytea primary key,
  bytes bytea not null,
  created_at timestamptz not null default clock_timestamp()
);

-- Attempts that have run for long enough to be told apart from their batch.
create table started (
  run_id uuid not null,
  node integer not null,
  attempt integer not null,
  started_at timestamptz not null,
  primary key (run_id, node, attempt)
);

-- What reaches a run from outside its owner; consumed in the flush that carries the consequences.
create table run_inbox (
  run_id uuid not null,
  seq integer not null,
  at timestamptz not null default clock_timestamp(),
  type text not null,
  body text not null,
  primary key (run_id, seq)
);

create table idempotency_keys (
  owner text not null,
  key text not null,
  request_hash bytea not null,
  run_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (owner, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- Append-only: refused for everybody, the owner of the table included.
create table audit (
  audit_id uuid primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  details text not null,
  request_id text
);
create index audit_subject on audit (subject, audit_id);
create index audit_actor on audit (actor, audit_id);
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the table % is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger audit_is_append_only before update or delete or truncate on audit
  for each statement execute function refuse_change();
