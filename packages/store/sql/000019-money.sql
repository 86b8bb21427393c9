-- Money: prices of models, budgets, and the ledger of calls that cost or cannot be undone. Amounts
-- are whole nano-USD, prices decimals of USD per million tokens.

create table prices (
  price_id uuid primary key default uuid_v7(),
  -- `provider/model`; `*` stands for any characters.
  model text not null,
  input_usd_per_mtok numeric(18, 9) not null,
  output_usd_per_mtok numeric(18, 9) not null,
  -- Null: as input; as output.
  cached_input_usd_per_mtok numeric(18, 9),
  reasoning_usd_per_mtok numeric(18, 9),
  effective_from timestamptz not null,
  effective_to timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null,
  version integer not null default 1
);
create unique index prices_model on prices (model, effective_from);

-- What tasks and profiles may cost, as their owners say; what principals may is in `quotas`.
create table budget_rules (
  rule_id uuid primary key default uuid_v7(),
  owner text not null,
  scope text not null check (scope in ('task', 'profile')),
  -- The id of a task, the name of a profile.
  subject text not null,
  limit_nano bigint not null,
  warn_at real not null,
  on_crossing text not null,
  degrade_to text,
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null,
  version integer not null default 1
);
create unique index budget_rules_subject on budget_rules (owner, scope, subject);
alter table quotas add column usd_per_day_nano bigint;
alter table quotas add column usd_per_month_nano bigint;

-- What has been spent of everything that may have a limit, from its first call on: so a limit that is
-- set later counts what was spent before. Whoever begins or settles a call locks the rows of its
-- budgets in the order of their keys, and before any row of `calls`.
create table budgets (
  budget_key text collate "C" primary key,
  budget_id uuid not null unique default uuid_v7(),
  scope text not null check (scope in ('run', 'phase', 'task', 'profile', 'principal', 'day')),
  owner text not null,
  -- Of a run and its phases.
  run_id uuid,
  -- The phase, task, profile; of a run, the profile that it was made from.
  subject text,
  -- Of a run that a task has made.
  task_id uuid,
  -- Null: no limit.
  limit_nano bigint,
  warn_at real not null default 0.8,
  on_crossing text not null default 'pause',
  degrade_to text,
  spent_nano bigint not null default 0,
  warned_at timestamptz,
  updated_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
create index budgets_run on budgets (run_id) where run_id is not null;
create index budgets_owner on budgets (owner, scope, budget_key);

-- What calls that are going on may cost.
create table reservations (
  budget_key text collate "C" not null,
  call_id uuid not null,
  run_id uuid not null,
  expected_nano bigint not null,
  upper_nano bigint not null,
  primary key (budget_key, call_id)
);
create index reservations_call on reservations (call_id);

-- Calls of models and tools inside attempts: the intent before, the outcome after. History,
-- partitioned by the time in the run's id; a row changes until its call is settled.
create table calls (
  run_id uuid not null,
  call_id uuid not null,
  -- SHA-256 of the node's key, the loop, the step, the tool and the request.
  key bytea not null,
  node_key text not null,
  loop text not null,
  step integer not null,
  tool text not null,
  node integer not null,
  node_id text not null,
  attempt integer not null,
  owner text not null,
  phase text,
  agent text not null,
  kind text not null check (kind in ('model', 'tool')),
  target text not null,
  -- `open`; `done`: its result is here; `unknown`: whoever made it is gone, and it may have been paid
  -- for; `dropped`: it did not happen.
  state text not null check (state in ('open', 'done', 'unknown', 'dropped')),
  -- Whether it is what its key answers with; one that was made again, or dropped, is not.
  current boolean not null default true,
  -- Keys of the budgets that it counts into.
  budgets text[] not null,
  expected_nano bigint not null default 0,
  upper_nano bigint not null default 0,
  -- Attempts that were told that nobody knows whether it happened, and since when.
  told integer[],
  told_at timestamptz,
  -- By which it was settled: null when no price was known, or for a tool.
  price jsonb,
  cost_nano bigint,
  -- The model that answered, when the provider names another one.
  model text,
  input_tokens bigint,
  output_tokens bigint,
  cached_tokens bigint,
  reasoning_tokens bigint,
  -- UTF-8 JSON.
  result bytea,
  reason text,
  begun_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  primary key (run_id, call_id)
) partition by range (run_id);
create unique index calls_key on calls (run_id, key) where current;
create index calls_node on calls (run_id, node_key, attempt);
create index calls_open on calls (run_id) where state = 'open';
create index calls_target on calls (run_id, target, call_id) where state = 'done';
