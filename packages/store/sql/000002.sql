-- Who may call the API. A token is 256 random bits: its SHA-256 needs no salt and no slow hash.

-- UUIDv7 by the clock of the database, on every version that is supported.
create function uuid_v7() returns uuid language sql volatile parallel safe as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

create table api_tokens (
  token_id uuid primary key default uuid_v7(),
  hash bytea not null unique,
  -- A few characters by which a person knows it again.
  hint text not null,
  subject text not null,
  name text not null,
  scopes text[] not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz
);
-- Found by the first bytes, compared whole in constant time by the server.
create index api_tokens_lookup on api_tokens (substring(hash from 1 for 8));
create index api_tokens_subject on api_tokens (subject);
