-- The seal of an audit row is found by the row's place, for bundles of runs.
create index audit_seals_place on audit_seals (to_position, to_id);
