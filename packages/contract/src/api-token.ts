import Type, { type Static } from 'typebox';
import { ScopesSchema } from './agent.ts';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const uuid = Type.String({ format: 'uuid' });
const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

/** The body of `POST /tokens`. */
export const WriteApiTokenSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    agent_id: Type.Optional(
      Type.String({ format: 'uuid', description: 'The agent it is for; yourself when absent.' }),
    ),
    scopes: Type.Optional(ScopesSchema),
    expires_at: Type.Optional(TimeSchema),
  },
  { ...closed, examples: [{ name: 'ci', scopes: ['jobs:read'] }] },
);
export type WriteApiToken = Static<typeof WriteApiTokenSchema>;

const fields = {
  token_id: uuid,
  principal: Type.String({ description: 'Whom it speaks for.' }),
  agent_id: Type.Union([uuid, Type.Null()]),
  name: Type.String(),
  hint: Type.String({ description: 'The end of the token, to know it again by.' }),
  scopes: Type.Array(Type.String()),
  created_by: Type.String(),
  created_at: TimeSchema,
  expires_at: OptionalTimeSchema,
  last_used_at: Type.Union([TimeSchema, Type.Null()], {
    description: 'When it was last let in, to about a minute.',
  }),
  revoked_at: OptionalTimeSchema,
} as const;
const example = {
  token_id: ID,
  principal: 'ana',
  agent_id: null,
  name: 'ci',
  hint: '…x9Qw',
  scopes: ['jobs:read'],
  created_by: 'ana',
  created_at: '2026-01-15T09:30:00.000Z',
  expires_at: null,
  last_used_at: '2026-01-15T10:02:11.000Z',
  revoked_at: null,
};

export const ApiTokenSchema = Type.Object(fields, { ...closed, examples: [example] });
export type ApiToken = Static<typeof ApiTokenSchema>;
export const ApiTokenListSchema = listSchema(ApiTokenSchema);

/** The one answer that says the token. */
export const NewApiTokenSchema = Type.Object(
  { ...fields, token: Type.String({ description: 'Shown this once.' }) },
  { ...closed, examples: [{ ...example, token: 'tnt_shown-once-and-never-again' }] },
);
export type NewApiToken = Static<typeof NewApiTokenSchema>;
