-- The chain of the audit: committed rows are sealed in batches, and each seal holds the hash of the
-- one before. Writers know nothing of it and never wait for it.

-- Transactions are numbered, so behind the oldest that is still going on no row can appear any more.
-- A database that was restored elsewhere counts transactions from a lower number on: then the base is
-- raised (see queries/audit-seal.ts), and positions go on rising.
create function audit_base() returns bigint language sql stable parallel safe as 'select 0::bigint';
-- Rows from before the chain stand at position 0.
alter table audit add column position bigint not null default 0;
alter table audit alter column position
  set default audit_base() + (pg_current_xact_id()::text)::bigint;
create index audit_position on audit (position, audit_id);
-- Lists by action; what there are many of is found by its subject or actor.
create index audit_action on audit (action, audit_id) where action <> 'job.created';

-- A part of a row's text that says how long it is: no two rows have one text.
create function audit_part(value text) returns text language sql immutable parallel safe as $$
  select case when value is null then '-' else octet_length(value) || ':' || value end
$$;
create function audit_row_hash(a audit) returns bytea language sql stable parallel safe as $$
  select sha256(convert_to(
    audit_part(a.audit_id::text) || audit_part(a.position::text)
    || audit_part(((extract(epoch from a.at) * 1000000)::bigint)::text)
    || audit_part(a.actor) || audit_part(a.action) || audit_part(a.subject)
    || audit_part(a.details) || audit_part(a.request_id), 'UTF8'))
$$;

-- A seal covers the rows behind the one before, up to and with (to_position, to_id), in that order.
create table audit_seals (
  seal_no bigint primary key,
  to_position bigint not null,
  to_id uuid not null,
  rows integer not null,
  -- Of each row its id (16 bytes) and its hash (32 bytes), so that a row that is wrong can be named.
  entries bytea not null,
  previous bytea not null,
  hash bytea not null,
  sealed_at timestamptz not null default clock_timestamp()
);
create function audit_seal_hash(
  seal_no bigint, to_position bigint, to_id uuid, rows integer, entries bytea, previous bytea)
returns bytea language sql stable parallel safe as $$
  select sha256(previous || int8send(seal_no) || int8send(to_position) || uuid_send(to_id)
    || int4send(rows) || sha256(entries))
$$;
create trigger audit_seals_are_append_only before update or delete or truncate on audit_seals
  for each statement execute function refuse_change();
