-- Documents: what people register under a name and in versions, such as templates and MCP servers.

create table documents (
  document_id uuid primary key default uuid_v7(),
  kind text not null,
  owner text not null,
  name text not null,
  -- The version that is in force.
  version integer not null,
  created_at timestamptz not null default clock_timestamp(),
  -- Runs remember what they were made from: one that is deleted only cannot be used any more.
  deleted_at timestamptz
);
create unique index documents_name on documents (owner, kind, name) where deleted_at is null;
create index documents_owner on documents (kind, owner, document_id) where deleted_at is null;
create index documents_kind on documents (kind, document_id) where deleted_at is null;

create table document_versions (
  document_id uuid not null references documents,
  version integer not null,
  name text not null,
  -- JSON as it was checked; its form is the business of its kind.
  content text not null,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  primary key (document_id, version)
);
create trigger document_versions_stay before update or delete or truncate
  on document_versions for each statement execute function refuse_change();
