-- What runs come to by hour, for the last days: how they ended, and nothing about how long they took.
-- Added to when tallies are summed up into days.
create table run_hours (
  owner text not null,
  kind smallint not null,
  hour timestamptz not null,
  status run_status not null,
  runs bigint not null,
  primary key (owner, kind, hour, status)
);
create index run_hours_hour on run_hours (hour, owner);

-- Lists are counted up to ten thousand: from the index alone, also for who sees only what is theirs.
drop index runs_task;
create index runs_task on runs (task_id, run_id) include (owner, kind) where task_id is not null;
drop index runs_job_type;
-- A profile's name is the type of its runs, and all of them are of one kind: what knows of both is not
-- taken for rare.
create index runs_job_type on runs (job_type, kind, run_id) include (owner) where job_type <> 'dag';
drop index runs_kind;
create index runs_kind on runs (kind, run_id) include (owner) where kind <> 0;
create index runs_owner_kind on runs (owner, kind, run_id) where kind <> 0;
