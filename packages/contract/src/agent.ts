import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { AGENT_STATES, SCOPES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const uuid = Type.String({ format: 'uuid' });
const version = Type.Integer({ minimum: 1 });
const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

/** What may be done; nobody gives away more than they have. */
export const ScopesSchema = Type.Array(Type.Enum([...SCOPES]), {
  maxItems: SCOPES.length,
  uniqueItems: true,
});

/** Names of agents and teams: parts of the names that own resources, and never given out twice. */
export const PrincipalNameSchema = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
});

const written = {
  name: PrincipalNameSchema,
  description: Type.Union([Type.String({ maxLength: LIMITS.descriptionChars }), Type.Null()]),
  scopes: ScopesSchema,
  webhook_url: Type.Union([Type.String({ maxLength: 2_048, pattern: '^https?://' }), Type.Null()], {
    description: 'Where it wants to be told of things.',
  }),
  status: Type.Enum([...AGENT_STATES], { description: 'Asked for at every request.' }),
} as const;

const example = {
  name: 'deployer',
  description: 'Puts releases into the world.',
  scopes: ['jobs:read', 'jobs:write'],
  webhook_url: 'https://deployer.example/hook',
  status: 'active',
} as const;

/** The body of `POST /agents`, and of `PUT` on one of them, which keeps its name. */
export const WriteAgentSchema = Type.Object(
  {
    name: written.name,
    description: Type.Optional(written.description),
    scopes: written.scopes,
    webhook_url: Type.Optional(written.webhook_url),
    status: Type.Optional(written.status),
  },
  { ...closed, examples: [example] },
);
export type WriteAgent = Static<typeof WriteAgentSchema>;

export const AgentSchema = Type.Object(
  {
    agent_id: uuid,
    ...written,
    principal: Type.String({ description: 'What its resources are owned by: `agent:<name>`.' }),
    owner: Type.String({ description: 'Who made it and may manage it.' }),
    protected: Type.Boolean({ description: 'It cannot be changed or deleted.' }),
    created_at: TimeSchema,
    updated_at: TimeSchema,
    updated_by: Type.String(),
    last_seen_at: OptionalTimeSchema,
    version,
  },
  {
    ...closed,
    examples: [
      {
        agent_id: ID,
        ...example,
        principal: 'agent:deployer',
        owner: 'ana',
        protected: false,
        created_at: '2026-01-15T09:30:00.000Z',
        updated_at: '2026-01-15T09:30:00.000Z',
        updated_by: 'ana',
        last_seen_at: null,
        version: 1,
      },
    ],
  },
);
export type Agent = Static<typeof AgentSchema>;
export const AgentListSchema = listSchema(AgentSchema);

/** The body of `POST /agents/{agent_id}/credentials`. */
export const WriteCredentialSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    scopes: Type.Optional(ScopesSchema),
    expires_at: Type.Optional(TimeSchema),
  },
  { ...closed, examples: [{ name: 'production' }] },
);
export type WriteCredential = Static<typeof WriteCredentialSchema>;

const credential = {
  credential_id: uuid,
  agent_id: uuid,
  client_id: Type.String(),
  name: Type.String(),
  hint: Type.String({ description: 'The end of the secret, to know it again by.' }),
  scopes: Type.Array(Type.String(), { description: 'At most these, of what the agent may.' }),
  created_by: Type.String(),
  created_at: TimeSchema,
  expires_at: OptionalTimeSchema,
  last_used_at: OptionalTimeSchema,
  revoked_at: OptionalTimeSchema,
} as const;
const credentialExample = {
  credential_id: ID,
  agent_id: ID,
  client_id: 'tnc_Zk1x0vJ3bq8sYw2nT5rLpA',
  name: 'production',
  hint: '…x9Qw',
  scopes: ['jobs:read', 'jobs:write'],
  created_by: 'ana',
  created_at: '2026-01-15T09:30:00.000Z',
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
};
export const CredentialSchema = Type.Object(credential, {
  ...closed,
  examples: [credentialExample],
});
export type Credential = Static<typeof CredentialSchema>;
export const CredentialListSchema = listSchema(CredentialSchema);

/** The one answer that says the secret. */
export const NewCredentialSchema = Type.Object(
  { ...credential, client_secret: Type.String({ description: 'Shown this once.' }) },
  {
    ...closed,
    examples: [{ ...credentialExample, client_secret: 'tns_shown-once-and-never-again' }],
  },
);
export type NewCredential = Static<typeof NewCredentialSchema>;

/** The body of `POST /agents/auth/token`. */
export const TokenRequestSchema = Type.Object(
  {
    grant_type: Type.Literal('client_credentials'),
    client_id: Type.String({ minLength: 1, maxLength: 200 }),
    client_secret: Type.String({ minLength: 1, maxLength: 200 }),
    scope: Type.Optional(Type.String({ maxLength: 1_000, description: 'Fewer, apart by spaces.' })),
  },
  {
    ...closed,
    examples: [
      {
        grant_type: 'client_credentials',
        client_id: 'tnc_Zk1x0vJ3bq8sYw2nT5rLpA',
        client_secret: 'tns_shown-once-and-never-again',
      },
    ],
  },
);
export type TokenRequest = Static<typeof TokenRequestSchema>;

/** The body of `POST /agents/auth/refresh`. */
export const RefreshRequestSchema = Type.Object(
  { refresh_token: Type.String({ minLength: 1, maxLength: 200 }) },
  { ...closed, examples: [{ refresh_token: 'tnr_used-once' }] },
);

/** The body of `POST /agents/auth/revoke`: an access token or a refresh token. */
export const RevokeRequestSchema = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 200 }) },
  { ...closed, examples: [{ token: 'tnr_used-once' }] },
);
export const RevokedSchema = Type.Object(
  { revoked: Type.Literal(true) },
  { ...closed, examples: [{ revoked: true }] },
);

export const TokenGrantSchema = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ description: 'Seconds.' }),
    refresh_token: Type.String({ description: 'Good for one use; a second one revokes it all.' }),
    refresh_expires_in: Type.Integer(),
    scope: Type.String(),
  },
  {
    ...closed,
    examples: [
      {
        access_token: 'tna_short-lived',
        token_type: 'Bearer',
        expires_in: 600,
        refresh_token: 'tnr_used-once',
        refresh_expires_in: 2_592_000,
        scope: 'jobs:read jobs:write',
      },
    ],
  },
);
export type TokenGrant = Static<typeof TokenGrantSchema>;

/** Who sends the request, as the server sees them. */
export const MeSchema = Type.Object(
  {
    principal: Type.String(),
    actor: Type.String({ description: 'As it stands in the audit.' }),
    kind: Type.Enum(['agent', 'user']),
    via: Type.Enum(['token', 'access', 'jwt', 'session']),
    email: Type.Union([Type.String(), Type.Null()]),
    scopes: Type.Array(Type.String()),
    teams: Type.Array(Type.String()),
    agent: Type.Union([AgentSchema, Type.Null()]),
  },
  {
    ...closed,
    examples: [
      {
        principal: 'ana',
        actor: 'ana',
        kind: 'user',
        via: 'jwt',
        email: 'ana@example.com',
        scopes: ['jobs:read'],
        teams: ['qa'],
        agent: null,
      },
    ],
  },
);
export type Me = Static<typeof MeSchema>;
