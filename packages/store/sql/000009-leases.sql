-- How long an engine may be silent before others take over what it has: as it was told itself.
alter table engines add column lease_ms integer not null default 10000;
