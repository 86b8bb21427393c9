import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;

/** Fits behind `secrets.` in an expression. */
export const SECRET_NAME = '^[A-Za-z_][A-Za-z0-9_]{0,99}$';

const written = {
  value: Type.String({
    minLength: 1,
    maxLength: LIMITS.secretChars,
    description: 'Goes in and is never shown again.',
  }),
  description: Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()]),
  allowed_hosts: Type.Union(
    [
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        minItems: 1,
        maxItems: LIMITS.secretHosts,
      }),
      Type.Null(),
    ],
    {
      description:
        'The only hosts that the value may be sent to: `host`, `host:port` or `*.suffix`; null for any.',
    },
  ),
} as const;
const name = Type.String({ pattern: SECRET_NAME, description: 'Unique among your secrets.' });

/** The body of `POST /secrets`. */
export const CreateSecretSchema = Type.Object(
  {
    name,
    value: written.value,
    description: Type.Optional(written.description),
    allowed_hosts: Type.Optional(written.allowed_hosts),
  },
  {
    ...closed,
    examples: [
      { name: 'DEPLOY_TOKEN', value: 'a-long-random-token', allowed_hosts: ['api.example.com'] },
    ],
  },
);
export type CreateSecret = Static<typeof CreateSecretSchema>;

/** The body of `PUT /secrets/{name}`: what is not given is as if it had never been. */
export const PutSecretSchema = Type.Object(
  {
    value: written.value,
    description: Type.Optional(written.description),
    allowed_hosts: Type.Optional(written.allowed_hosts),
  },
  { ...closed, examples: [{ value: 'another-long-random-token' }] },
);
export type PutSecret = Static<typeof PutSecretSchema>;

/** The body of `PATCH /secrets/{name}`: what is not given stays. */
export const EditSecretSchema = Type.Object(
  {
    value: Type.Optional(written.value),
    description: Type.Optional(written.description),
    allowed_hosts: Type.Optional(written.allowed_hosts),
  },
  { ...closed, minProperties: 1, examples: [{ allowed_hosts: ['*.example.com'] }] },
);
export type EditSecret = Static<typeof EditSecretSchema>;

/** A secret as it is shown: without its value. */
export const SecretSchema = Type.Object(
  {
    secret_id: Type.String({ format: 'uuid' }),
    name,
    description: written.description,
    allowed_hosts: written.allowed_hosts,
    owner: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    created_at: TimeSchema,
    updated_at: TimeSchema,
  },
  {
    ...closed,
    examples: [
      {
        secret_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        name: 'DEPLOY_TOKEN',
        description: null,
        allowed_hosts: ['api.example.com'],
        owner: 'ana',
        version: 1,
        created_at: '2026-01-15T09:30:00.000Z',
        updated_at: '2026-01-15T09:30:00.000Z',
      },
    ],
  },
);
export type Secret = Static<typeof SecretSchema>;
export const SecretListSchema = listSchema(SecretSchema);
