-- Events: the rows are the truth, whatever carries them besides. docs/events.md says how it works.

-- One row. Whoever publishes locks it until the commit: ids then rise in the order of commits, so
-- that "everything after this id" has no gaps, and a node that waits is either known to a publisher
-- or finds what it published.
create table event_head (
  one boolean primary key default true check (one),
  last_id uuid not null default '00000000-0000-7000-8000-000000000000',
  -- What is below is not kept any more: nobody reads it, and upkeep deletes it.
  floor_id uuid not null default '00000000-0000-7000-8000-000000000000'
) with (fillfactor = 10);
insert into event_head default values;

create table events (
  event_id uuid not null,
  owner text not null,
  topic text not null,
  -- JSON text.
  payload text not null,
  -- Data of a CloudEvent that is no text.
  bytes bytea,
  -- JSON text: the attributes of a CloudEvent, or what a webhook came with.
  context text,
  source_agent_id text,
  dedupe_id text,
  origin text not null check (origin in ('api', 'run', 'webhook', 'stream', 'replay')),
  published_by text not null,
  replay_of uuid,
  -- Subscriptions that it matched.
  triggered integer not null,
  primary key (event_id)
) partition by range (event_id);
create index events_topic on events (topic, event_id);
create index events_owner on events (owner, topic, event_id);

-- Topics that events have come on, of each owner.
create table event_topics (
  owner text not null,
  topic text not null,
  events bigint not null,
  first_id uuid not null,
  last_id uuid not null,
  primary key (owner, topic)
) with (fillfactor = 50);

-- By what an event is told from another: SHA-256 over its owner and the id that its sender gave it.
create table event_keys (
  hash bytea primary key,
  event_id uuid not null
);
create index event_keys_event on event_keys (event_id);

-- What was answered to requests with an idempotency key.
create table event_answers (
  answer_id uuid primary key,
  event_ids uuid[] not null,
  duplicates boolean[] not null
);

-- One row, locked by whoever changes a subscription until the commit: versions rise in the order of
-- commits, and who knows one knows all before it. Publishers only read. It is a row apart because a
-- task is locked before it, and after the head.
create table event_subscription_head (
  one boolean primary key default true check (one),
  version bigint not null default 0
) with (fillfactor = 10);
insert into event_subscription_head default values;

-- Who wants what. A task's subscription has the id of the task.
create table event_subscriptions (
  subscription_id uuid primary key,
  owner text not null,
  -- Hears the events of all owners; only administrators may.
  everyone boolean not null default false,
  pattern text not null,
  -- CEL over `event`.
  filter text,
  -- Waits until nothing has come for so long.
  debounce_ms integer,
  -- Gathers so many, for at most so long.
  batch_events integer,
  batch_ms integer,
  removed boolean not null default false,
  version bigint not null
);
create index event_subscriptions_version on event_subscriptions (version);

-- That an event was for a subscription: once for each pair.
create table event_matches (
  event_id uuid not null,
  subscription_id uuid not null,
  primary key (event_id, subscription_id)
) partition by range (event_id);

-- Events that gather for a subscription until its window closes.
create table event_windows (
  subscription_id uuid primary key,
  opened_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null,
  events integer not null,
  -- As the subscription says.
  debounce_ms integer,
  batch_events integer,
  batch_ms integer
);
create index event_windows_due on event_windows (due_at);
create table event_window_items (
  subscription_id uuid not null,
  event_id uuid not null,
  primary key (subscription_id, event_id)
);

-- Nodes of runs that wait for an event.
create table event_waiters (
  run_id uuid not null,
  -- The same for all attempts of the node.
  wait_key text not null,
  owner text not null,
  pattern text not null,
  -- What every topic that fits begins with; the whole topic when there is no wildcard.
  prefix text not null,
  filter text,
  answered_by uuid,
  -- JSON text: what the node gets for its output.
  answer text,
  -- The run has been told.
  told boolean not null default false,
  primary key (run_id, wait_key)
);
create index event_waiters_open on event_waiters (owner, prefix text_pattern_ops)
  where answered_by is null;
create index event_waiters_answered on event_waiters (run_id) where answered_by is not null and not told;

-- Up to where each carrier has taken the events.
create table event_carriers (
  name text primary key,
  carried_to uuid not null
) with (fillfactor = 10);
