import Type, { type Static } from 'typebox';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;

/** A session of a browser. Its cookie is the browser's alone: no script sees it. */
export const SessionSchema = Type.Object(
  {
    principal: Type.String(),
    scopes: Type.Array(Type.String()),
    csrf_token: Type.String({
      description: 'Goes into the header X-CSRF-Token of every request that changes something.',
    }),
    expires_at: TimeSchema,
  },
  {
    ...closed,
    examples: [
      {
        principal: 'ana',
        scopes: ['jobs:read'],
        csrf_token: 'shown-to-pages-of-this-origin-only',
        expires_at: '2026-01-15T21:30:00.000Z',
      },
    ],
  },
);
export type Session = Static<typeof SessionSchema>;

/** The public answer of `GET /auth/methods`. */
export const SignInMethodsSchema = Type.Object(
  {
    token: Type.Literal(true, { description: 'An API token or a JWT is always taken.' }),
    oidc: Type.Union(
      [
        Type.Object({ name: Type.Union([Type.String(), Type.Null()]) }, closed),
        Type.Null({ description: 'No provider signs people in here.' }),
      ],
      { description: 'The provider that people can sign in by, and how it is called.' },
    ),
  },
  { ...closed, examples: [{ token: true, oidc: { name: 'Example Corp' } }] },
);
export type SignInMethods = Static<typeof SignInMethodsSchema>;

export const SessionEndedSchema = Type.Object(
  { ended: Type.Boolean() },
  { ...closed, examples: [{ ended: true }] },
);
