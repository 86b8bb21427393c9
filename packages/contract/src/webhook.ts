import Type, { type Static } from 'typebox';
import { TopicSchema } from './event.ts';
import { listSchema } from './list.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;

/** How a post is known to be genuine: see docs/events.md. */
export const WEBHOOK_VERIFICATIONS = ['standard', 'github', 'stripe', 'hmac', 'none'] as const;
export type WebhookVerification = (typeof WEBHOOK_VERIFICATIONS)[number];

export const WEBHOOK_STATES = ['active', 'disabled'] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

const written = {
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$', examples: ['github'] }),
  topic: TopicSchema,
  verify: Type.Enum([...WEBHOOK_VERIFICATIONS]),
  secret: Type.String({
    minLength: 1,
    maxLength: 1_000,
    description: 'What the sender signs with; never shown. `none` has none.',
  }),
  state: Type.Enum([...WEBHOOK_STATES]),
} as const;

/** The body of `POST /webhooks`, and of `PUT` on one of them. */
export const WriteWebhookSchema = Type.Object(
  {
    name: written.name,
    topic: written.topic,
    verify: written.verify,
    secret: Type.Optional(written.secret),
    state: Type.Optional(written.state),
  },
  {
    ...closed,
    examples: [
      { name: 'github', topic: 'github.push', verify: 'github', secret: 'a-long-random-secret' },
    ],
  },
);
export type WriteWebhook = Static<typeof WriteWebhookSchema>;

/** The body of `PATCH`: what is not given stays. */
export const EditWebhookSchema = Type.Object(
  {
    name: Type.Optional(written.name),
    topic: Type.Optional(written.topic),
    verify: Type.Optional(written.verify),
    secret: Type.Optional(written.secret),
    state: Type.Optional(written.state),
  },
  { ...closed, minProperties: 1, examples: [{ state: 'disabled' }] },
);
export type EditWebhook = Static<typeof EditWebhookSchema>;

const fields = {
  webhook_id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  topic: Type.String(),
  path: Type.Union([Type.String(), Type.Null()], {
    description: 'Where on this server to post to; null when its key is not here.',
  }),
  verify: written.verify,
  has_secret: Type.Boolean(),
  state: written.state,
  owner: Type.String(),
  created_at: TimeSchema,
  updated_at: TimeSchema,
  version: Type.Integer({ minimum: 1 }),
} as const;

const example = {
  webhook_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  name: 'github',
  topic: 'github.push',
  path: '/hooks/3q2-7wAAAAAAAAAAAAAAAA',
  verify: 'github',
  has_secret: true,
  state: 'active',
  owner: 'ana',
  created_at: '2026-01-15T09:30:00.000Z',
  updated_at: '2026-01-15T09:30:00.000Z',
  version: 1,
};

export const WebhookSchema = Type.Object(fields, { ...closed, examples: [example] });
export type Webhook = Static<typeof WebhookSchema>;
export const WebhookListSchema = listSchema(WebhookSchema);

/** What a sender is told. */
export const HookAnswerSchema = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String(),
    duplicate: Type.Optional(Type.Boolean({ description: 'It had come before.' })),
  },
  { ...closed, examples: [{ success: true, message: 'The event is published.' }] },
);
export type HookAnswer = Static<typeof HookAnswerSchema>;
