import {
  type CleanupAnswer,
  EVENT_ORIGINS,
  type EventTaskView,
  type EventView,
  type PublishAnswer,
  type PublishedEvent,
  type TopicView,
  WEBHOOK_STATES,
  WEBHOOK_VERIFICATIONS,
  type Webhook,
} from '@tenuto/contract';
import {
  anything,
  fields,
  flag,
  listOf,
  mapOf,
  nullable,
  number,
  oneOf,
  optional,
  type Shape,
  text,
} from './shape.ts';
import { firingShape } from './task-shapes.ts';

const publishedShape: Shape<PublishedEvent> = fields({
  event_id: text,
  stream_id: text,
  topic: text,
  triggered_tasks: number,
  published_at: text,
  duplicate: optional(flag),
});
const batchShape = fields({ events: listOf(publishedShape) });

export const publishAnswerShape: Shape<PublishAnswer> = fields({
  success: flag,
  message: text,
  details: (value): value is PublishAnswer['details'] => publishedShape(value) || batchShape(value),
});

export const eventShape: Shape<EventView> = fields({
  event_id: text,
  stream_id: text,
  topic: text,
  payload: anything,
  data_base64: optional(text),
  source_agent_id: nullable(text),
  dedupe_id: nullable(text),
  origin: oneOf(EVENT_ORIGINS),
  owner: text,
  published_by: text,
  published_at: text,
  replay_of: nullable(text),
  triggered_tasks: number,
  cloudevent: optional(mapOf(anything)),
  webhook: optional(mapOf(anything)),
});

export const eventTaskShape: Shape<EventTaskView> = fields({
  task_id: text,
  title: text,
  firing: nullable(firingShape),
});

export const topicShape: Shape<TopicView> = fields({
  topic: text,
  owner: text,
  events: number,
  first_event_at: text,
  last_event_at: text,
  last_event_id: text,
});

export const cleanupShape: Shape<CleanupAnswer> = fields({
  success: flag,
  message: text,
  details: fields({ removed: number, max_age_hours: number, kept_from: text }),
});

export const webhookShape: Shape<Webhook> = fields({
  webhook_id: text,
  name: text,
  topic: text,
  path: nullable(text),
  verify: oneOf(WEBHOOK_VERIFICATIONS),
  has_secret: flag,
  state: oneOf(WEBHOOK_STATES),
  owner: text,
  created_at: text,
  updated_at: text,
  version: number,
});
