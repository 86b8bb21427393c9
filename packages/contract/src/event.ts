import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { FiringSchema } from './task-view.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const uuid = Type.String({ format: 'uuid' });
const text = Type.Union([Type.String(), Type.Null()]);

/** Whom an event came from. */
export const EVENT_ORIGINS = ['api', 'run', 'webhook', 'stream', 'replay'] as const;
export type EventOrigin = (typeof EVENT_ORIGINS)[number];

/** Where an event goes: segments between dots. `*` and `#` are for those who listen. */
export const TopicSchema = Type.String({
  minLength: 1,
  maxLength: LIMITS.topicChars,
  pattern: '^[^*#\\u0000-\\u001f\\u007f-\\u009f]+$',
  description: 'Segments between dots; no `*` and no `#`.',
  examples: ['orders.created'],
});

/** Which topics are meant: `*` stands for one segment, `#` for any number of them. */
export const TopicPatternSchema = Type.String({
  minLength: 1,
  maxLength: LIMITS.topicChars,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$',
  description: 'A topic; `*` stands for one segment, `#` for any number of them.',
  examples: ['orders.*'],
});

/** The body of `POST /events` in the form of its own. */
export const PublishEventSchema = Type.Object(
  {
    topic: TopicSchema,
    payload: Type.Unknown({ description: 'Any JSON.' }),
    source_agent_id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'Who says that it was them.' }),
    ),
    dedupe_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'A second event on the topic with the same id is the first one.',
      }),
    ),
  },
  {
    ...closed,
    examples: [
      { topic: 'orders.created', payload: { order: 42, amount: 99.5 }, dedupe_id: 'o-42' },
    ],
  },
);
export type PublishEvent = Static<typeof PublishEventSchema>;

/** What became of an event that was published. */
const publishedFields = {
  event_id: uuid,
  stream_id: Type.String({ description: 'Its place in the order of all events, and on Redis.' }),
  topic: Type.String(),
  triggered_tasks: Type.Integer({ minimum: 0, description: 'How many tasks it was for.' }),
  published_at: TimeSchema,
  duplicate: Type.Optional(
    Type.Boolean({ description: 'True: it had been published before, and nothing was done.' }),
  ),
} as const;
export const PublishedEventSchema = Type.Object(publishedFields, closed);
export type PublishedEvent = Static<typeof PublishedEventSchema>;

const publishedExample = {
  event_id: '0199a1b2-7c3d-7000-8000-006c7d8e9f0a',
  stream_id: '1759400000573-0',
  topic: 'orders.created',
  triggered_tasks: 1,
  published_at: '2025-10-02T10:13:20.573Z',
};

/** The answer to a publish; to one of a batch, `details.events` has them all. */
export const PublishAnswerSchema = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String(),
    details: Type.Union([
      PublishedEventSchema,
      Type.Object({ events: Type.Array(PublishedEventSchema) }, closed),
    ]),
  },
  {
    ...closed,
    examples: [{ success: true, message: 'The event is published.', details: publishedExample }],
  },
);
export type PublishAnswer = Static<typeof PublishAnswerSchema>;

/** An event as it is kept. */
export const EventSchema = Type.Object(
  {
    event_id: uuid,
    stream_id: Type.String(),
    topic: Type.String(),
    payload: Type.Unknown(),
    data_base64: Type.Optional(
      Type.String({ description: 'Data of a CloudEvent that is no text; `payload` is null then.' }),
    ),
    source_agent_id: text,
    dedupe_id: text,
    origin: Type.Enum([...EVENT_ORIGINS]),
    owner: Type.String(),
    published_by: Type.String(),
    published_at: TimeSchema,
    replay_of: Type.Union([uuid, Type.Null()]),
    triggered_tasks: Type.Integer({ minimum: 0 }),
    cloudevent: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Attributes of a CloudEvent.' }),
    ),
    webhook: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'What a webhook came with.' }),
    ),
  },
  {
    ...closed,
    examples: [
      {
        event_id: publishedExample.event_id,
        stream_id: publishedExample.stream_id,
        topic: 'orders.created',
        payload: { order: 42, amount: 99.5 },
        source_agent_id: null,
        dedupe_id: 'o-42',
        origin: 'api',
        owner: 'ana',
        published_by: 'ana',
        published_at: publishedExample.published_at,
        replay_of: null,
        triggered_tasks: 1,
      },
    ],
  },
);
export type EventView = Static<typeof EventSchema>;
export const EventListSchema = listSchema(EventSchema);

/** A task that an event was for. */
export const EventTaskSchema = Type.Object(
  {
    task_id: uuid,
    title: Type.String(),
    firing: Type.Union([FiringSchema, Type.Null()], {
      description: 'What came of it; null while it gathers with others.',
    }),
  },
  {
    ...closed,
    examples: [
      { task_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b', title: 'pack the order', firing: null },
    ],
  },
);
export type EventTaskView = Static<typeof EventTaskSchema>;
export const EventTaskListSchema = listSchema(EventTaskSchema);

/** A topic that events have come on. */
export const TopicViewSchema = Type.Object(
  {
    topic: Type.String(),
    owner: Type.String(),
    events: Type.Integer({ minimum: 1, description: 'How many have come on it.' }),
    first_event_at: TimeSchema,
    last_event_at: TimeSchema,
    last_event_id: uuid,
  },
  {
    ...closed,
    examples: [
      {
        topic: 'orders.created',
        owner: 'ana',
        events: 3,
        first_event_at: '2025-10-01T08:00:00.000Z',
        last_event_at: publishedExample.published_at,
        last_event_id: publishedExample.event_id,
      },
    ],
  },
);
export type TopicView = Static<typeof TopicViewSchema>;
export const TopicListSchema = listSchema(TopicViewSchema);

export const CleanupAnswerSchema = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String(),
    details: Type.Object(
      {
        removed: Type.Integer({ minimum: 0 }),
        max_age_hours: Type.Integer({ minimum: 0 }),
        kept_from: TimeSchema,
      },
      closed,
    ),
  },
  {
    ...closed,
    examples: [
      {
        success: true,
        message: '120 events were removed.',
        details: { removed: 120, max_age_hours: 24, kept_from: '2025-10-01T10:13:20.573Z' },
      },
    ],
  },
);
export type CleanupAnswer = Static<typeof CleanupAnswerSchema>;
