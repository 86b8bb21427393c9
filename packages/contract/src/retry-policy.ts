import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { RetryPolicySchema } from './plan-schema.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const schemaVersion = Type.Literal(1, { description: 'The form of this document.' });

const written = {
  name: Type.String({ minLength: 1, maxLength: 255, description: 'Unique among your policies.' }),
  description: Type.Union([Type.String({ maxLength: LIMITS.descriptionChars }), Type.Null()]),
  policy: RetryPolicySchema,
  applicable_job_types: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
    maxItems: LIMITS.policyJobTypes,
    description: 'Jobs of these types use the policy when they say nothing else about retries.',
  }),
} as const;

const example = {
  name: 'patient',
  description: 'For services that are away for minutes.',
  policy: { strategy: 'exponential_backoff', max_attempts: 8, max_delay_ms: 120_000 },
  applicable_job_types: ['import'],
} as const;

/** The body of `POST /orchestration/retry-policies`, and of `PUT` on one of them. */
export const WriteRetryPolicySchema = Type.Object(
  {
    name: written.name,
    description: Type.Optional(written.description),
    policy: written.policy,
    applicable_job_types: Type.Optional(written.applicable_job_types),
    schema_version: Type.Optional(schemaVersion),
  },
  { ...closed, examples: [example] },
);
export type WriteRetryPolicy = Static<typeof WriteRetryPolicySchema>;

/** The body of `PATCH`: what is not given stays; `policy` is exchanged as a whole. */
export const EditRetryPolicySchema = Type.Object(
  {
    name: Type.Optional(written.name),
    description: Type.Optional(written.description),
    policy: Type.Optional(written.policy),
    applicable_job_types: Type.Optional(written.applicable_job_types),
  },
  { ...closed, minProperties: 1, examples: [{ policy: { max_attempts: 5 } }] },
);
export type EditRetryPolicy = Static<typeof EditRetryPolicySchema>;

const rate = (description: string) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });

/** A stored retry policy, in the version that is in force or in an earlier one. */
export const StoredRetryPolicySchema = Type.Object(
  {
    policy_id: Type.String({ format: 'uuid' }),
    ...written,
    version: Type.Integer({ minimum: 1 }),
    schema_version: schemaVersion,
    owner: Type.String(),
    created_at: TimeSchema,
    updated_at: Type.String({ ...TimeSchema, description: 'When this version was made.' }),
    updated_by: Type.String(),
    success_rate: rate('Completed nodes by all that ran under it; null until there are some.'),
    average_attempts: rate('Attempts by nodes that ran under it; null until there are some.'),
    counts: Type.Object(
      {
        runs: Type.Integer({ ...count, description: 'Runs that are over.' }),
        nodes: Type.Integer({ ...count, description: 'Nodes that ran under it and have ended.' }),
        completed: count,
        attempts: count,
        retried: Type.Integer({ ...count, description: 'Nodes of more than one attempt.' }),
        recovered: Type.Integer({ ...count, description: 'Those of them that completed.' }),
      },
      closed,
    ),
  },
  {
    ...closed,
    examples: [
      {
        policy_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        ...example,
        version: 2,
        schema_version: 1,
        owner: 'ana',
        created_at: '2026-01-15T09:30:00.000Z',
        updated_at: '2026-01-16T10:00:00.000Z',
        updated_by: 'ana',
        success_rate: 0.98,
        average_attempts: 1.3,
        counts: { runs: 12, nodes: 50, completed: 49, attempts: 65, retried: 9, recovered: 8 },
      },
    ],
  },
);
export type StoredRetryPolicy = Static<typeof StoredRetryPolicySchema>;
export const StoredRetryPolicyListSchema = listSchema(StoredRetryPolicySchema);

/** A stored policy that a run used, and what for. */
export const UsedRetryPolicySchema = Type.Object(
  {
    policy_id: Type.String({ format: 'uuid' }),
    version: Type.Integer({ minimum: 1 }),
    used_by: Type.Enum(['job', 'job_type', 'nodes'], {
      description: 'Named by the job or by nodes of it, or found by the type of the job.',
    }),
  },
  closed,
);
export type UsedRetryPolicy = Static<typeof UsedRetryPolicySchema>;
