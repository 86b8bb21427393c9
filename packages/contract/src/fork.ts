import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { BudgetSchema } from './profile.ts';

const closed = { additionalProperties: false } as const;
const parameters = Type.Record(Type.String(), Type.Unknown());

/** What becomes of one node in a fork; what is absent stays. */
export const NodeChangeSchema = Type.Object(
  {
    uses: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    with: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'In place of all parameters that the node had.',
      }),
    ),
    prompt: Type.Optional(
      Type.String({ maxLength: 1_000_000, description: 'Put into `with`, among what is there.' }),
    ),
    model: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Put into `with`, among what is there.',
      }),
    ),
    timeout_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 86_400 })),
    max_retries: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.maxAttempts - 1 })),
  },
  closed,
);

/** How a fork differs from its original. */
export const ForkChangesSchema = Type.Object(
  {
    params: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'Put into the parameters of the run, among those that are there.',
      }),
    ),
    nodes: Type.Optional(
      Type.Record(Type.String(), NodeChangeSchema, { description: 'By the id of the node.' }),
    ),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.jobNameChars })),
    description: Type.Optional(Type.String({ maxLength: LIMITS.descriptionChars })),
    priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.tagChars }), {
        maxItems: LIMITS.tags,
      }),
    ),
    metadata: Type.Optional(parameters),
    max_concurrent_nodes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    timeout_ms: Type.Optional(
      Type.Integer({ minimum: LIMITS.jobTimeoutMinMs, maximum: LIMITS.jobTimeoutMaxMs }),
    ),
    budget: Type.Optional(BudgetSchema),
  },
  closed,
);
export type ForkChanges = Static<typeof ForkChangesSchema>;

/** A fork: a run of the same plan that begins with what another run has done. */
export const ForkRequestSchema = Type.Object(
  {
    from_node: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_000,
        description:
          'Runs again, with all that comes of it; everything else is taken over. An instance is ' +
          'named as `check[3]`. Absent: nothing is taken over.',
      }),
    ),
    changes: Type.Optional(ForkChangesSchema),
  },
  {
    ...closed,
    examples: [
      {
        from_node: 'a',
        changes: { params: { branch: 'main' }, nodes: { a: { timeout_seconds: 60 } } },
      },
    ],
  },
);
export type ForkRequest = Static<typeof ForkRequestSchema>;
