-- Files of runs: what a workspace holds and has held, and where bytes are that nobody may refer to.

-- One row a version of a file. It is current until `ended`: the generation in which another version
-- took its place, in which it was undone, or in which it went.
alter table artifacts drop constraint artifacts_pkey;
alter table artifacts
  add column artifact_id uuid not null default uuid_v7(),
  add column path text,
  -- A file of the run's workspace; else a node left it, in no folder.
  add column in_workspace boolean not null default false,
  -- Rises with every write of a run: the order of versions.
  add column version integer not null default 0,
  add column generation integer not null default 0,
  add column ended integer,
  -- Made by an attempt that a rollback has undone.
  add column undone boolean not null default false,
  -- Says that there is no file of this path from here on.
  add column gone boolean not null default false,
  -- Used by whoever works in the workspace, and nobody's result.
  add column internal boolean not null default false,
  add column phase text not null default '-',
  add column artifact_type text not null default 'other',
  add column description text,
  add column node_id text,
  -- Its bytes are in `blobs`; else in the store of blobs.
  add column in_database boolean not null default false;
update artifacts set path = 'nodes/' || node || '/' || name, version = attempt, in_database = true;
update artifacts a set ended = 0 where exists (
  select from artifacts b
  where b.run_id = a.run_id and b.path = a.path and b.attempt > a.attempt);
alter table artifacts
  alter column path set not null,
  alter column hash drop not null,
  add primary key (run_id, node, attempt, path, in_workspace);
create unique index artifacts_id on artifacts (run_id, artifact_id);
create unique index artifacts_current on artifacts (run_id, path, in_workspace) where ended is null;
create index artifacts_listed on artifacts (run_id, phase, path) include (artifact_type, size_bytes)
  where ended is null and not gone and not internal;
create index artifacts_hash on artifacts (hash) where not in_database;

-- The workspace of a run: whoever changes its files locks this row first.
create table workspaces (
  run_id uuid primary key,
  -- The last version and the present generation of its files.
  version integer not null default 0,
  generation integer not null default 0,
  -- Current files, and the bytes of all versions.
  files integer not null default 0,
  bytes bigint not null default 0,
  -- The last line of the run's journal after which its files were put right.
  settled_seq integer not null default 0,
  touched_at timestamptz not null default clock_timestamp()
) with (fillfactor = 70);

-- Bytes in the store of blobs. A row is there before its bytes are, and goes with them.
create table stored_blobs (
  hash bytea primary key,
  touched_at timestamptz not null default clock_timestamp()
);
create index stored_blobs_age on stored_blobs (touched_at);

-- The lowest UUIDv7 of a time: runs before it have lower ids.
create function lowest_id_at(at timestamptz) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0')
    || '00000000000000000000')::uuid
$$;
