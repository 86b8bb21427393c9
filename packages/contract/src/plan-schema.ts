import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import {
  AMBIGUITY_POLICIES,
  type CLASSIFICATIONS,
  DEPENDENCY_CONDITIONS,
  JITTERS,
  NODE_TYPES,
  RETRY_STRATEGIES,
} from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const id = Type.String({ minLength: 1, maxLength: LIMITS.nodeIdChars });
const expression = Type.String({ minLength: 1, maxLength: 4_096 });
const parameters = Type.Record(Type.String(), Type.Unknown());
const catalogueId = { minLength: 1, maxLength: LIMITS.nodeIdChars } as const;
const errorTypes = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50 });

/** What every id that Tenuto makes looks like. */
export const ID_PATTERN = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';

/** Names a stored retry policy. */
export const PolicyIdSchema = Type.String({
  pattern: ID_PATTERN,
  description: 'The id of a stored retry policy.',
});

const timeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });

/** The part of each day in which retries may happen; one that ends before it starts spans midnight. */
const RetryWindowSchema = Type.Object(
  {
    start: timeOfDay,
    end: timeOfDay,
    timezone: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, default: 'UTC', description: 'An IANA name.' }),
    ),
  },
  closed,
);
export type RetryWindow = Static<typeof RetryWindowSchema>;

/** A retry policy as it is written inline; a stored one has a name and versions besides. */
export const RetryPolicySchema = Type.Object(
  {
    strategy: Type.Optional(Type.Enum([...RETRY_STRATEGIES])),
    max_attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.maxAttempts })),
    max_retries: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.maxAttempts - 1 })),
    base_delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.retryDelayMs })),
    backoff_multiplier: Type.Optional(Type.Number({ minimum: 1, maximum: 100 })),
    max_delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.retryDelayMs })),
    delays_ms: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0, maximum: LIMITS.retryDelayMs }), {
        minItems: 1,
        maxItems: LIMITS.maxAttempts,
      }),
    ),
    jitter: Type.Optional(Type.Enum([...JITTERS])),
    jitter_range: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    retryable_error_types: Type.Optional(errorTypes),
    non_retryable_error_types: Type.Optional(errorTypes),
    failure_threshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    success_threshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    circuit_timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400_000 })),
    failure_rate_threshold: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'The circuit also opens at this share of failures in the window.',
      }),
    ),
    window_ms: Type.Optional(Type.Integer({ minimum: 100, maximum: 3_600_000 })),
    minimum_calls: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    total_time_limit_ms: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: LIMITS.retryTotalMs,
        description: 'No attempt starts later than this after the first one started.',
      }),
    ),
    retry_window: Type.Optional(RetryWindowSchema),
  },
  { ...closed, examples: [{ strategy: 'exponential_backoff', max_attempts: 4 }] },
);
export type InlineRetryPolicy = Static<typeof RetryPolicySchema>;

/** Something to do in a node's place, or about it. */
const sideAction = Type.Object(
  { uses: Type.String({ minLength: 1, maxLength: 200 }), with: Type.Optional(parameters) },
  closed,
);

/** What makes a node a test: entries of the catalogue by their ids. */
const testFields = {
  test_case_id: Type.Optional(
    Type.String({
      ...catalogueId,
      description: 'Of a test_case: what it runs, unless `with` says it. Names its results.',
    }),
  ),
  test_suite_id: Type.Optional(
    Type.String({
      ...catalogueId,
      description: 'Of a test_suite: what it runs, unless `with` says it. Names its results.',
    }),
  ),
  test_case_ids: Type.Optional(
    Type.Array(Type.String(catalogueId), {
      minItems: 1,
      maxItems: LIMITS.testCaseIds,
      description: 'Of a test_suite: only these cases of it, each as a node.',
    }),
  ),
  shards: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LIMITS.testShards,
      description: 'Of a test_suite: split by past durations into so many nodes.',
    }),
  ),
} as const;

const nodeFields = {
  id,
  name: Type.Optional(Type.String({ maxLength: 255 })),
  description: Type.Optional(Type.String({ maxLength: LIMITS.descriptionChars })),
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.tagChars }), {
      maxItems: LIMITS.tags,
    }),
  ),
  metadata: Type.Optional(parameters),
  type: Type.Optional(Type.Enum([...NODE_TYPES], { default: 'action' })),
  uses: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  with: Type.Optional(parameters),
  action_type: Type.Optional(Type.String({ description: 'Another name of `uses`.' })),
  action_parameters: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Another name of `with`.' }),
  ),
  parent_nodes: Type.Optional(Type.Array(id, { maxItems: LIMITS.planNodes })),
  needs: Type.Optional(
    Type.Array(id, { maxItems: LIMITS.planNodes, description: 'Another name of `parent_nodes`.' }),
  ),
  dependency_condition: Type.Optional(Type.Enum([...DEPENDENCY_CONDITIONS])),
  condition_expression: Type.Optional(expression),
  if: Type.Optional(Type.Union([expression, Type.Boolean()])),
  skip_on_failure: Type.Optional(Type.Boolean()),
  allow_failure: Type.Optional(Type.Boolean()),
  critical: Type.Optional(Type.Boolean()),
  max_parallel_instances: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.forEachItems })),
  for_each: Type.Optional(expression),
  item_name: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$' })),
  retry: Type.Optional(Type.Union([PolicyIdSchema, RetryPolicySchema])),
  max_retries: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.maxAttempts - 1 })),
  timeout_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 86_400 })),
  grace_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 600 })),
  heartbeat_seconds: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 86_400,
      description: 'An attempt that says nothing for so long is given up as lost.',
    }),
  ),
  circuit_key: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: LIMITS.circuitKeyChars,
      description: 'The circuit breaker before the node; may hold `${...}`.',
    }),
  ),
  fallback: Type.Optional(sideAction),
  rollback: Type.Optional(sideAction),
  on_ambiguous: Type.Optional(
    Type.Union([Type.Enum([...AMBIGUITY_POLICIES]), Type.Object({ probe: sideAction }, closed)]),
  ),
  save_as: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$' })),
  priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  ...testFields,
} as const;

/** One unit of work in a graph, as it is written. */
const PlanDefinitions = Type.Module({
  Node: Type.Object(
    { ...nodeFields, children: Type.Optional(Type.Array(Type.Ref('Node'), { minItems: 1 })) },
    closed,
  ),
});
export const NodeSchema = PlanDefinitions.Node;
/** A node as it was written and validated; nothing is defaulted yet. */
export interface NodeInput extends Static<ReturnType<typeof nodeObject>> {
  readonly children?: readonly NodeInput[];
}
function nodeObject() {
  return Type.Object(nodeFields);
}

export const EdgeSchema = Type.Object(
  {
    from: id,
    to: id,
    when: Type.Optional(
      Type.Union([Type.Boolean(), Type.Number(), Type.String({ maxLength: LIMITS.nodeIdChars })]),
    ),
  },
  closed,
);
export type EdgeInput = Static<typeof EdgeSchema>;

/** The graph of a job: nodes, and edges that say the same as `parent_nodes`. */
export interface DagInput {
  readonly nodes: readonly NodeInput[];
  readonly edges?: readonly EdgeInput[];
}

export const TERMINAL_CLASSIFICATIONS = [
  'validation',
  'permanent',
] as const satisfies readonly (typeof CLASSIFICATIONS)[number][];
