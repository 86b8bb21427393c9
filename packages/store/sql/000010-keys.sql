-- What an idempotency key made: a run, or something else by its id.
alter table idempotency_keys add column names text not null default 'run';
update idempotency_keys k set names = 'retry_policy'
  where exists (select from retry_policies p where p.policy_id = k.run_id);
