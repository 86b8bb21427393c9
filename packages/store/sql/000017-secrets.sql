-- Secrets: values that actions are given by name and that nobody is shown.

create table secrets (
  secret_id uuid primary key,
  owner text not null,
  name text not null,
  -- Sealed by the server's key for this id; a database alone tells no value.
  sealed bytea not null,
  description text,
  -- The only hosts that the value may be sent to; null for any.
  allowed_hosts text[],
  version integer not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create unique index secrets_name on secrets (owner, name);
create index secrets_owner on secrets (owner, secret_id);
