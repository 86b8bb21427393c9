-- Retry policies: all versions of each, and what came of using them.

create table retry_policies (
  policy_id uuid primary key default uuid_v7(),
  owner text not null,
  name text not null,
  -- The version that is in force.
  version integer not null,
  -- Types of jobs that use it when they say nothing else.
  job_types text[] not null,
  created_at timestamptz not null default clock_timestamp(),
  -- Runs remember what they used: one that is deleted only cannot be used any more.
  deleted_at timestamptz
);
create unique index retry_policies_name on retry_policies (name, owner) where deleted_at is null;
create index retry_policies_owner on retry_policies (owner, policy_id) where deleted_at is null;
create index retry_policies_typed on retry_policies (owner, policy_id)
  where deleted_at is null and job_types <> '{}';
create index retry_policies_job_types on retry_policies using gin (job_types)
  where deleted_at is null;

create table retry_policy_versions (
  policy_id uuid not null references retry_policies,
  version integer not null,
  name text not null,
  description text,
  policy jsonb not null,
  job_types text[] not null,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  primary key (policy_id, version)
);
create trigger retry_policy_versions_stay before update or delete or truncate
  on retry_policy_versions for each statement execute function refuse_change();

-- One row a run and version, written by the flush that ends the run; summed up now and then.
create table retry_policy_samples (
  policy_id uuid not null,
  version integer not null,
  run_id uuid not null,
  nodes integer not null,
  completed integer not null,
  attempts integer not null,
  retried integer not null,
  recovered integer not null
);
create index retry_policy_samples_policy on retry_policy_samples (policy_id);
create table retry_policy_totals (
  policy_id uuid not null,
  version integer not null,
  runs bigint not null,
  nodes bigint not null,
  completed bigint not null,
  attempts bigint not null,
  retried bigint not null,
  recovered bigint not null,
  primary key (policy_id, version)
);
