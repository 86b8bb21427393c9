-- The feeds of runs that somebody follows: what happened to a run, in one order for everybody.

-- Made by the first who follows. `version` grows with every advance: who advances says which one
-- its look has seen.
create table run_feeds (
  run_id uuid primary key,
  version bigint not null default 0,
  -- Number of the last entry.
  last bigint not null default 0,
  -- Of the run's journal, all up to here is told.
  seq integer not null default 0,
  -- The status that was told last, and whether it was told that the run has begun.
  status run_status,
  begun boolean not null default false,
  -- The run is over, and the last entry says so.
  ended boolean not null default false,
  made_at timestamptz not null default clock_timestamp(),
  followed_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

create table run_feed (
  run_id uuid not null,
  seq bigint not null,
  -- What it tells of, where that has no order of commits of its own: told once.
  key text,
  -- JSON text of the entry, but for its number.
  entry text not null,
  primary key (run_id, seq)
);
create unique index run_feed_key on run_feed (run_id, key) where key is not null;

-- How far the lines of each attempt are told.
create table run_feed_logs (
  run_id uuid not null,
  node integer not null,
  attempt integer not null,
  seq integer not null,
  primary key (run_id, node, attempt)
) with (fillfactor = 70);
