-- What is done about failures: kinds of attempts, recovery sessions and their audit, interventions,
-- and the ledger of effects that must not happen twice unasked.

-- Position in the contract's ATTEMPT_KINDS: work, rollback, fallback, probe.
alter table attempts add column kind smallint not null default 0;
-- JSON text: what was decided about the failure; replay follows it.
alter table attempts add column recovery text;

-- One row a recovery, written when it begins; how it ended is in its audit rows.
create table recoveries (
  session_id uuid primary key,
  run_id uuid not null,
  owner text not null,
  node integer,
  node_id text,
  trigger text not null,
  classification text,
  error_type text,
  action text not null,
  parameters jsonb not null,
  actor text not null,
  reason text,
  state_before text not null,
  started_at timestamptz not null
);
create index recoveries_run on recoveries (run_id, session_id);
create index recoveries_owner on recoveries (owner, session_id);

-- Append-only: each session has one row for its beginning and one for its end.
create table recovery_audits (
  audit_id uuid primary key,
  session_id uuid not null,
  run_id uuid not null,
  owner text not null,
  event text not null check (event in ('started', 'completed', 'failed', 'cancelled')),
  trigger text not null,
  classification text,
  action text not null,
  actor text not null,
  state_before text not null,
  state_after text,
  success boolean,
  details jsonb not null,
  at timestamptz not null
);
create unique index recovery_audits_session on recovery_audits (session_id, (event = 'started'));
create index recovery_audits_run on recovery_audits (run_id, audit_id);
create index recovery_audits_owner on recovery_audits (owner, audit_id);
create trigger recovery_audits_are_append_only before update or delete or truncate
  on recovery_audits for each statement execute function refuse_change();

-- What waits for a person. The row decides who was first: a person, or the deadline.
create table interventions (
  intervention_id uuid primary key,
  run_id uuid not null,
  owner text not null,
  session_id uuid not null,
  node integer,
  node_id text,
  message text not null,
  error jsonb,
  state text not null
    check (state in ('open', 'assigned', 'resolved', 'expired', 'cancelled')),
  assignee text,
  opened_at timestamptz not null,
  deadline_at timestamptz,
  -- What follows when the deadline passes.
  default_resolution text not null check (default_resolution in ('retry', 'skip', 'abort')),
  resolution text check (resolution in ('retry', 'skip', 'abort')),
  result jsonb,
  resolved_by text,
  resolved_at timestamptz,
  version integer not null default 1
);
create index interventions_owner on interventions (owner, intervention_id);
create index interventions_run on interventions (run_id, intervention_id);
create index interventions_state on interventions (state, intervention_id);
create index interventions_assignee on interventions (assignee, intervention_id)
  where assignee is not null;
create index interventions_due on interventions (deadline_at)
  where state in ('open', 'assigned') and deadline_at is not null;

-- Paid and irreversible effects: the intent before, the outcome after. An intent without an outcome
-- whose attempt is over is one that may have happened.
create table effects (
  run_id uuid not null,
  node integer not null,
  attempt integer not null,
  key text not null,
  action text not null,
  target text not null,
  intended_at timestamptz not null,
  outcome text,
  ended_at timestamptz,
  primary key (run_id, node, attempt)
);
