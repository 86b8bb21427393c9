-- What an overview asks: which tasks fail. Few runs of tasks fail, so that this index is small.
create index runs_task_failures on runs (run_id) include (task_id, owner)
  where task_id is not null and status in ('failed', 'timeout', 'aborted');

-- When a token was last let in; written at most once a minute, and not while a request waits.
alter table api_tokens add column last_used_at timestamptz;

-- What models have cost over time: from the index alone.
create index calls_spent on calls (ended_at) include (owner, target, cost_nano)
  where kind = 'model' and state = 'done';
