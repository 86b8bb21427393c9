-- Circuit breakers, shared by all engines. A circuit belongs to the owner of the runs that it
-- guards: nobody trips somebody else's.
create table circuits (
  owner text not null,
  key text not null,
  state text not null check (state in ('closed', 'open', 'half_open')),
  failures integer not null,
  successes integer not null,
  open_until timestamptz,
  -- Calls of the sliding window, in slices.
  slices jsonb not null,
  settings jsonb not null,
  -- The one slot for a probe: whose it is, and until when.
  probe_by uuid,
  probe_until timestamptz,
  reason text,
  changed_by text,
  -- Rises with every change; engines compare and set.
  version integer not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (owner, key)
) with (fillfactor = 70);
create index circuits_state on circuits (state, owner, key) where state <> 'closed';
