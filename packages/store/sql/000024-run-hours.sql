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
