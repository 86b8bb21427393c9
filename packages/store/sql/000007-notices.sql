-- Notifications: who wants to hear of what, what there is to tell, and what became of telling it.

create table notice_channels (
  channel_id uuid primary key,
  owner text not null,
  name text not null,
  type text not null check (type in ('webhook', 'email')),
  url text,
  recipients text[],
  -- Sealed by the server's key; a database alone tells no secret.
  secret bytea,
  -- The secret before the last rotation signs too, until then.
  previous_secret bytea,
  previous_until timestamptz,
  state text not null default 'active' check (state in ('active', 'disabled')),
  disabled_reason text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  version integer not null default 1,
  check ((url is not null) = (type = 'webhook') and (recipients is not null) = (type = 'email'))
);
create unique index notice_channels_name on notice_channels (owner, name);
create index notice_channels_owner on notice_channels (owner, channel_id);

create table notice_routes (
  route_id uuid primary key default uuid_v7(),
  owner text not null,
  channel_id uuid not null references notice_channels on delete cascade,
  events text[] not null,
  tag text,
  job_type text,
  -- Of the runs of all owners, and of what is nobody's own; only administrators may.
  everyone boolean not null,
  created_at timestamptz not null default clock_timestamp(),
  version integer not null default 1
);
-- Asked for every run that ends: see `isWanted` in the queries.
create index notice_routes_wanted on notice_routes (owner, everyone);
create index notice_routes_everyone on notice_routes (route_id) where everyone;
create index notice_routes_owner on notice_routes (owner, route_id);
create index notice_routes_channel on notice_routes (channel_id);

-- The outbox. Whoever changes a state puts a row here in the same statement; the relay takes it out
-- in the statement that makes deliveries of it.
create table notices (
  notice_id uuid primary key default uuid_v7(),
  -- Null: nobody's own, such as a circuit; only routes of everyone hear of it.
  owner text,
  event text not null,
  run_id uuid,
  payload jsonb not null default '{}',
  -- JSON text as the engine wrote it, which may hold what jsonb does not.
  detail text,
  -- What the run asked for itself: [{"channel"} | {"webhook"} | {"email"}].
  targets jsonb,
  at timestamptz not null default clock_timestamp()
);

create table notice_deliveries (
  delivery_id uuid primary key default uuid_v7(),
  owner text not null,
  notice_id uuid not null,
  event text not null,
  run_id uuid,
  type text not null check (type in ('webhook', 'email')),
  -- A channel, as it is when the message is sent, or the address that the run named.
  channel_id uuid,
  channel_name text,
  url text,
  recipients text[],
  -- One text for where it goes, so that a place that is slow does not take all senders.
  place text not null,
  payload jsonb not null,
  detail text,
  noticed_at timestamptz not null,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  attempts smallint not null default 0,
  -- It is given up after so many.
  attempts_most smallint not null,
  -- While pending: the next attempt, or the end of the lease of the one that is under way.
  due_at timestamptz not null default clock_timestamp(),
  last_status smallint,
  last_error jsonb,
  ended_at timestamptz
);
create index notice_deliveries_due on notice_deliveries (due_at) where state = 'pending';
create index notice_deliveries_owner on notice_deliveries (owner, delivery_id);
create index notice_deliveries_state on notice_deliveries (state, delivery_id)
  where state <> 'delivered';
create index notice_deliveries_event on notice_deliveries (event, delivery_id);
create index notice_deliveries_channel on notice_deliveries (channel_id, delivery_id)
  where channel_id is not null;

create table notice_attempts (
  delivery_id uuid not null references notice_deliveries on delete cascade,
  attempt smallint not null,
  ended_at timestamptz not null default clock_timestamp(),
  duration_ms integer not null,
  status smallint,
  error jsonb,
  primary key (delivery_id, attempt)
);

-- The lowest UUIDv7 of a moment.
create function uuid_v7_floor(at timestamptz) returns uuid language sql stable parallel safe as $$
  select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0')
    || '00000000000000000000')::uuid
$$;
