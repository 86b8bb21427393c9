-- Tests as data: what is registered, what is known of each test, and every result.

-- Suites and cases that people register. Ids are an owner's own; suites and cases share them.
create table test_catalogue (
  owner text not null,
  entry_id text not null,
  kind text not null check (kind in ('suite', 'case')),
  suite_id text,
  in_charge text,
  -- JSON text: command, folder, report and the rest, as it was sent.
  body text not null,
  version integer not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (owner, entry_id)
);
create index test_catalogue_all on test_catalogue (entry_id, owner);
create index test_catalogue_cases on test_catalogue (owner, suite_id, entry_id)
  where suite_id is not null;
create index test_catalogue_in_charge on test_catalogue (in_charge, entry_id, owner)
  where in_charge is not null;

-- One row a test, counted up as results come in: lists never look into the history.
create table tests (
  test_id uuid primary key,
  owner text not null,
  suite text not null,
  report_suite text not null,
  classname text not null,
  name text not null,
  occurrence integer not null,
  file text,
  -- Set by people; `version` counts their changes only.
  in_charge text,
  quarantine_reason text,
  quarantined_by text,
  quarantined_at timestamptz,
  -- `infinity` lasts until somebody ends it; null is no quarantine.
  quarantined_until timestamptz,
  version integer not null default 1,
  -- Places in the list of test statuses of the contract.
  last_status smallint not null default 0,
  last_flaky boolean not null default false,
  last_run uuid,
  last_at timestamptz,
  last_failed_run uuid,
  -- The epoch where there was no failure: a list in this order needs a value.
  last_failed_at timestamptz not null default 'epoch',
  last_failure text,
  runs bigint not null default 0,
  clean_passes bigint not null default 0,
  flaky_passes bigint not null default 0,
  failures bigint not null default 0,
  errors bigint not null default 0,
  skips bigint not null default 0,
  -- Of the last results, which `recent` holds, packed, newest first.
  recent bytea not null default '',
  pass_rate double precision,
  flake_score double precision not null default 0,
  p50_ms integer,
  p95_ms integer not null default 0,
  first_at timestamptz not null default clock_timestamp()
) with (fillfactor = 80);
create index tests_flake_score on tests (owner, flake_score, test_id);
create index tests_duration on tests (owner, p95_ms, test_id);
create index tests_last_failure on tests (owner, last_failed_at, test_id);
create index tests_all_flake_score on tests (flake_score, test_id);
create index tests_all_duration on tests (p95_ms, test_id);
create index tests_all_last_failure on tests (last_failed_at, test_id);
create index tests_suite on tests (suite, owner);
create index tests_name on tests (name text_pattern_ops);
create index tests_in_charge on tests (in_charge) where in_charge is not null;
create index tests_quarantined on tests (owner) where quarantined_until is not null;

-- Every result. History: insert-only, partitioned by the time in the run's id.
create table test_results (
  run_id uuid not null,
  node_id text not null,
  attempt integer not null,
  position integer not null,
  test_id uuid not null,
  at timestamptz not null,
  status smallint not null,
  -- There was another result in the same run: a pass is then a flaky one.
  flaky boolean not null,
  quarantined boolean not null,
  duration_ms integer not null,
  message text,
  -- Results of the attempt in all: an engine that died may have stored a part of them.
  total integer not null,
  primary key (run_id, node_id, attempt, position)
) partition by range (run_id);
create index test_results_test on test_results (test_id, run_id);
