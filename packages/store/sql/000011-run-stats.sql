-- What runs come to, by day: counts and durations by how they ended.

-- Written by the flush that ends runs, a row for all that are alike in it; summed up now and then.
-- A run that is taken up again is taken back by a row that counts -1.
create table run_tallies (
  owner text not null,
  kind smallint not null,
  task_id uuid,
  day date not null,
  status run_status not null,
  -- Runs whose durations are alike by a ninth: floor(8 * log2(ms + 1)); -1 of runs without a start.
  bucket smallint not null,
  runs integer not null,
  duration_ms bigint not null,
  last_at timestamptz not null
);
create index run_tallies_task on run_tallies (task_id) where task_id is not null;

create table run_days (
  owner text not null,
  kind smallint not null,
  -- All zeros: all runs of that kind.
  task_id uuid not null,
  day date not null,
  status run_status not null,
  bucket smallint not null,
  runs bigint not null,
  duration_ms bigint not null,
  last_at timestamptz not null,
  primary key (owner, kind, task_id, day, status, bucket)
);
create index run_days_task on run_days (task_id, day)
  where task_id <> '00000000-0000-0000-0000-000000000000';
create index run_days_all on run_days (day, owner)
  where task_id = '00000000-0000-0000-0000-000000000000';
