-- Inbound webhooks: addresses that others post to, each post an event.

create table webhooks (
  webhook_id uuid primary key,
  owner text not null,
  name text not null,
  topic text not null,
  verify text not null check (verify in ('standard', 'github', 'stripe', 'hmac', 'none')),
  -- Sealed by the server's key.
  secret bytea,
  -- SHA-256 of the random id in the address, by which a post is found; and the id, sealed too.
  hook_hash bytea not null unique,
  hook bytea not null,
  state text not null default 'active' check (state in ('active', 'disabled')),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  version integer not null default 1,
  -- Its address leads nowhere from then on; the key that made it is known for a day.
  deleted_at timestamptz
);
create unique index webhooks_name on webhooks (owner, name) where deleted_at is null;
create index webhooks_owner on webhooks (owner, webhook_id) where deleted_at is null;
