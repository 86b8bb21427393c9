-- What people are shown of engines. No engine decides anything by it: whoever takes over watches the
-- counter stand still, on a clock of its own.
alter table engines
  add column host text,
  add column pid integer,
  add column version text,
  add column capacity integer,
  add column slots integer;
-- Here and not in `engines`: a takeover that locked that row after the fences would meet an engine
-- that registers, which locks them the other way round.
alter table engine_heartbeats
  add column at timestamptz not null default clock_timestamp(),
  add column running_nodes integer not null default 0,
  add column lost_at timestamptz,
  add column released_runs integer;
