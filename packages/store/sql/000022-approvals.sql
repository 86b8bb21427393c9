-- Questions whether a run may go on, and who has said what. All of a question is one row, so that
-- whoever locks it sees every vote that was cast before.
create table approvals (
  approval_id uuid primary key,
  run_id uuid not null,
  -- The same for all attempts of the node in one generation: it is asked once.
  key text not null,
  owner text not null,
  node integer not null,
  node_id text not null,
  phase text,
  title text not null,
  message text,
  -- As they were named; null: whoever may change the run.
  approvers text[],
  -- Every name under which somebody named may come, and those that votes were passed on to.
  deciders text[] not null,
  required integer not null check (required > 0),
  on_deadline text not null check (on_deadline in ('approve', 'reject')),
  state text not null check (state in ('open', 'approved', 'rejected', 'cancelled')),
  -- `{by, decision, comment?, to?, at}`, in their order.
  decisions jsonb not null default '[]',
  -- Who has used their vote, or passed it on.
  voters text[] not null default '{}',
  approved_by integer not null default 0,
  reason text,
  -- The run was being cleaned up already: its end does not close the question.
  in_cleanup boolean not null,
  opened_at timestamptz not null,
  deadline_at timestamptz,
  decided_at timestamptz,
  version integer not null default 1,
  unique (run_id, key)
);
create index approvals_owner on approvals (owner, approval_id);
create index approvals_run on approvals (run_id, approval_id);
create index approvals_deciders on approvals using gin (deciders);
create index approvals_open on approvals (approval_id) where state = 'open';
create index approvals_due on approvals (deadline_at)
  where state = 'open' and deadline_at is not null;
