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
-- What has ended before counts too: runs of the last eight days, from the partitions of the last two
-- weeks. What is not summed up yet is added when it is.
insert into run_hours (owner, kind, hour, status, runs)
select owner, kind, hour, status, sum(runs)
from (
  select owner, kind, date_trunc('hour', completed_at, 'UTC') as hour, status, 1 as runs
  from runs
  where completed_at >= now() - interval '8 days'
    and run_id >= (lpad(to_hex((extract(epoch from now() - interval '14 days') * 1000)::bigint), 12, '0')
      || repeat('0', 20))::uuid
  union all
  select owner, kind, date_trunc('hour', last_at, 'UTC'), status, -runs from run_tallies
  where last_at >= now() - interval '8 days') ended
group by owner, kind, hour, status
having sum(runs) <> 0;

-- Lists are counted up to ten thousand: from the index alone, also for who sees only what is theirs.
drop index runs_task;
create index runs_task on runs (task_id, run_id) include (kind) where task_id is not null;
-- A task's runs are of one owner as a rule: all of them would be looked at for somebody else. The task
-- comes first, as its rows lie together; the planner would not take the index the other way round.
create index runs_task_owner on runs (task_id, owner, run_id) include (kind)
  where task_id is not null;
drop index runs_job_type;
-- A profile's name is the type of its runs, and all of them are of one kind: what knows of both is not
-- taken for rare.
create index runs_job_type on runs (job_type, kind, run_id) include (owner) where job_type <> 'dag';
drop index runs_kind;
create index runs_kind on runs (kind, run_id) include (owner) where kind <> 0;
create index runs_owner_kind on runs (owner, kind, run_id) where kind <> 0;
