import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { CHANNEL_STATES, CHANNEL_TYPES, DELIVERY_STATES, NOTICE_EVENTS } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const text = Type.Union([Type.String(), Type.Null()]);
const uuid = Type.String({ format: 'uuid' });
const maybeUuid = Type.Union([uuid, Type.Null()]);

/** One address of mail, without a display name; nothing in it can end a header or begin another. */
export const EmailAddressSchema = Type.String({
  maxLength: 254,
  pattern:
    "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
  examples: ['ops@example.com'],
});
const recipients = Type.Array(EmailAddressSchema, { minItems: 1, maxItems: LIMITS.recipients });
const webhookUrl = Type.String({ pattern: '^https?://[\\x21-\\x7e]+$', maxLength: 2_048 });

/** Names are used in graphs and jobs, so they have no blanks. */
export const ChannelNameSchema = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
  examples: ['ops'],
});

/** Whom a job tells of its end: a channel of its owner, or an address. */
export const NotifyTargetSchema = Type.Union(
  [
    Type.Object({ channel: ChannelNameSchema }, closed),
    Type.Object({ webhook: webhookUrl }, closed),
    Type.Object({ email: EmailAddressSchema }, closed),
  ],
  { examples: [{ channel: 'ops' }] },
);
export type NotifyTarget = Static<typeof NotifyTargetSchema>;

const channelExample = {
  channel_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  name: 'ops',
  type: 'webhook',
  url: 'https://ops.example.com/hooks/tenuto',
  to: null,
  state: 'active',
  disabled_reason: null,
  owner: 'admin',
  created_at: '2026-01-15T09:30:00.100Z',
  updated_at: '2026-01-15T09:30:00.100Z',
  version: 1,
};

const channelFields = {
  channel_id: uuid,
  name: Type.String(),
  type: Type.Enum([...CHANNEL_TYPES]),
  url: text,
  to: Type.Union([Type.Array(Type.String()), Type.Null()]),
  state: Type.Enum([...CHANNEL_STATES]),
  disabled_reason: text,
  owner: Type.String(),
  created_at: TimeSchema,
  updated_at: TimeSchema,
  version: Type.Integer({ minimum: 1 }),
};
export const ChannelSchema = Type.Object(channelFields, {
  ...closed,
  examples: [channelExample],
});
export type Channel = Static<typeof ChannelSchema>;
export const ChannelListSchema = listSchema(ChannelSchema);

/** A channel with its signing secret, which is shown this once. */
export const ChannelWithSecretSchema = Type.Object(
  {
    ...channelFields,
    secret: Type.Union([Type.String(), Type.Null()], {
      description: 'Shown once; null for a channel of mail, which signs nothing.',
    }),
  },
  {
    ...closed,
    examples: [{ ...channelExample, secret: 'whsec_bm90IGEgc2VjcmV0OiBvbmx5IGFuIGV4YW1wbGU=' }],
  },
);
export type ChannelWithSecret = Static<typeof ChannelWithSecretSchema>;

export const CreateChannelSchema = Type.Union(
  [
    Type.Object(
      { name: ChannelNameSchema, type: Type.Literal('webhook'), url: webhookUrl },
      closed,
    ),
    Type.Object({ name: ChannelNameSchema, type: Type.Literal('email'), to: recipients }, closed),
  ],
  { examples: [{ name: 'ops', type: 'webhook', url: 'https://ops.example.com/hooks/tenuto' }] },
);
export type CreateChannel = Static<typeof CreateChannelSchema>;

export const EditChannelSchema = Type.Object(
  {
    name: Type.Optional(ChannelNameSchema),
    url: Type.Optional(webhookUrl),
    to: Type.Optional(recipients),
    state: Type.Optional(Type.Enum([...CHANNEL_STATES])),
  },
  { ...closed, minProperties: 1, examples: [{ state: 'active' }] },
);
export type EditChannel = Static<typeof EditChannelSchema>;

export const CreateNoticeRouteSchema = Type.Object(
  {
    channel: Type.String({ minLength: 1, maxLength: 100, description: "A channel's id or name." }),
    events: Type.Array(Type.Enum([...NOTICE_EVENTS]), {
      minItems: 1,
      maxItems: NOTICE_EVENTS.length,
    }),
    tag: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.tagChars })),
    job_type: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    everyone: Type.Optional(
      Type.Boolean({
        default: false,
        description: "Of everybody's runs and of circuits too; needs the scope `admin`.",
      }),
    ),
  },
  {
    ...closed,
    examples: [{ channel: 'ops', events: ['run.failed', 'run.timeout'], tag: 'nightly' }],
  },
);
export type CreateNoticeRoute = Static<typeof CreateNoticeRouteSchema>;

export const NoticeRouteSchema = Type.Object(
  {
    route_id: uuid,
    channel_id: uuid,
    channel: Type.String({ description: "The channel's name." }),
    events: Type.Array(Type.Enum([...NOTICE_EVENTS])),
    tag: text,
    job_type: text,
    everyone: Type.Boolean(),
    owner: Type.String(),
    created_at: TimeSchema,
  },
  {
    ...closed,
    examples: [
      {
        route_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c',
        channel_id: channelExample.channel_id,
        channel: 'ops',
        events: ['run.failed', 'run.timeout'],
        tag: 'nightly',
        job_type: null,
        everyone: false,
        owner: 'admin',
        created_at: '2026-01-15T09:31:00.000Z',
      },
    ],
  },
);
export type NoticeRoute = Static<typeof NoticeRouteSchema>;
export const NoticeRouteListSchema = listSchema(NoticeRouteSchema);

const DeliveryErrorSchema = Type.Object({ type: Type.String(), message: Type.String() }, closed);
const status = Type.Union([Type.Integer(), Type.Null()], {
  description: 'Of the HTTP answer, or the reply code of the mail server.',
});

export const DeliverySchema = Type.Object(
  {
    delivery_id: uuid,
    webhook_id: Type.String({ description: 'The same for all attempts: know a message by it.' }),
    event: Type.String(),
    run_id: maybeUuid,
    owner: Type.String(),
    type: Type.Enum([...CHANNEL_TYPES]),
    channel_id: maybeUuid,
    channel: text,
    to: Type.Array(Type.String(), { description: 'Addresses of mail, or one URL.' }),
    state: Type.Enum([...DELIVERY_STATES]),
    created_at: TimeSchema,
    ended_at: OptionalTimeSchema,
    next_attempt_at: OptionalTimeSchema,
    attempts_made: Type.Integer({ minimum: 0 }),
    attempts_most: Type.Integer({ minimum: 1 }),
    last_status: status,
    last_error: Type.Union([DeliveryErrorSchema, Type.Null()]),
    attempts: Type.Array(
      Type.Object(
        {
          attempt: Type.Integer({ minimum: 1 }),
          ended_at: TimeSchema,
          duration_ms: Type.Integer({ minimum: 0 }),
          status,
          error: Type.Union([DeliveryErrorSchema, Type.Null()]),
        },
        closed,
      ),
    ),
  },
  {
    ...closed,
    examples: [
      {
        delivery_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1d',
        webhook_id: 'msg_0199a1b27c3d7e4f8a5b6c7d8e9f0a1d',
        event: 'run.failed',
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1e',
        owner: 'admin',
        type: 'webhook',
        channel_id: channelExample.channel_id,
        channel: 'ops',
        to: ['https://ops.example.com/hooks/tenuto'],
        state: 'pending',
        created_at: '2026-01-15T09:32:00.000Z',
        ended_at: null,
        next_attempt_at: '2026-01-15T09:32:05.300Z',
        attempts_made: 1,
        attempts_most: 8,
        last_status: 503,
        last_error: {
          type: 'http_status',
          message: 'POST https://ops.example.com/hooks/tenuto answered 503.',
        },
        attempts: [
          {
            attempt: 1,
            ended_at: '2026-01-15T09:32:00.300Z',
            duration_ms: 212,
            status: 503,
            error: {
              type: 'http_status',
              message: 'POST https://ops.example.com/hooks/tenuto answered 503.',
            },
          },
        ],
      },
    ],
  },
);
export type Delivery = Static<typeof DeliverySchema>;
export const DeliveryListSchema = listSchema(DeliverySchema);
