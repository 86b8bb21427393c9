-- Agents, their credentials and tokens, teams, quotas, and sessions of browsers.

-- Names are what an agent's resources are owned by (`agent:<name>`), so none is ever given out twice.
create table agents (
  agent_id uuid primary key default uuid_v7(),
  name text not null,
  -- Who made it and may manage it.
  owner text not null,
  description text,
  scopes text[] not null,
  webhook_url text,
  status text not null default 'active' check (status in ('active', 'disabled')),
  -- The agent of the server itself: it stays, as it is.
  protected boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null,
  last_seen_at timestamptz,
  deleted_at timestamptz,
  version integer not null default 1
);
create unique index agents_name on agents (lower(name));
create index agents_owner on agents (owner, agent_id);
create index agents_scopes on agents using gin (scopes);

create table agent_credentials (
  credential_id uuid primary key default uuid_v7(),
  agent_id uuid not null references agents,
  client_id text not null unique,
  -- SHA-256 of 256 random bits: it needs no salt and no slow hash.
  secret_hash bytea not null,
  hint text not null,
  name text not null,
  -- At most these; what the agent may at the moment of use bounds them again.
  scopes text[] not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index agent_credentials_agent on agent_credentials (agent_id, credential_id);

-- What one exchange of credentials has led to: all its refresh and access tokens. One that is used
-- twice revokes them all.
create table token_families (
  family_id uuid primary key default uuid_v7(),
  agent_id uuid not null references agents,
  credential_id uuid not null references agent_credentials,
  scopes text[] not null,
  created_at timestamptz not null default clock_timestamp(),
  revoked_at timestamptz,
  revoked_reason text
);
create index token_families_agent on token_families (agent_id) where revoked_at is null;
create index token_families_credential on token_families (credential_id) where revoked_at is null;

create table refresh_tokens (
  hash bytea primary key,
  family_id uuid not null references token_families on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_lookup on refresh_tokens (substring(hash from 1 for 8));
create index refresh_tokens_family on refresh_tokens (family_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- A token of an agent, and an access token of a family.
alter table api_tokens
  add column agent_id uuid references agents,
  add column family_id uuid references token_families on delete cascade,
  add column created_by text not null default 'system';
create index api_tokens_agent on api_tokens (agent_id, token_id) where agent_id is not null;
create index api_tokens_family on api_tokens (family_id) where family_id is not null;
create index api_tokens_expiry on api_tokens (expires_at) where family_id is not null;

create table teams (
  team_id uuid primary key default uuid_v7(),
  -- What its resources are owned by is `team:<name>`; like an agent's, a name is given out once.
  name text not null,
  description text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null,
  deleted_at timestamptz,
  version integer not null default 1
);
create unique index teams_name on teams (lower(name));
create table team_members (
  team_id uuid not null references teams on delete cascade,
  principal text not null,
  added_by text not null,
  added_at timestamptz not null default clock_timestamp(),
  primary key (team_id, principal)
);
create index team_members_principal on team_members (principal);

-- `*` is for everybody who has no row of their own. Null: no limit.
create table quotas (
  principal text primary key,
  runs_per_day integer,
  concurrent_runs integer,
  storage_bytes bigint,
  events_per_minute integer,
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null,
  version integer not null default 1
);
-- Runs accepted a day, of those that have such a quota.
create table quota_days (
  principal text not null,
  day date not null,
  runs integer not null,
  primary key (principal, day)
);

-- Browsers. The token that was exchanged is asked for at each request: a session ends with it.
create table sessions (
  hash bytea primary key,
  csrf_hash bytea not null,
  -- The SHA-256 of the API token, or null for a JWT: then what it said is here.
  token_hash bytea,
  principal jsonb,
  subject text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
create index sessions_lookup on sessions (substring(hash from 1 for 8));
create index sessions_expiry on sessions (expires_at);

insert into agents (name, owner, description, scopes, protected, updated_by)
values ('system', 'system', 'What the server does by itself.', '{}', true, 'system');

-- What is left of scopes that are bounded by others; `admin` stands for all.
create function scopes_within(given text[], most text[]) returns text[]
language sql immutable parallel safe as $$
  select case
    when most @> '{admin}' then given
    when given @> '{admin}' then most
    else array(select s from unnest(given) s where s = any(most) order by s) end
$$;
create index api_tokens_admins on api_tokens (token_id)
  where family_id is null and revoked_at is null and scopes @> '{admin}';
create index agent_credentials_admins on agent_credentials (credential_id)
  where revoked_at is null and scopes @> '{admin}';
