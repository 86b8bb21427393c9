import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { NotifyTargetSchema } from './notification.ts';
import {
  type DagInput,
  EdgeSchema,
  NodeSchema,
  PolicyIdSchema,
  RetryPolicySchema,
} from './plan-schema.ts';
import { BudgetSchema } from './profile.ts';
import { RecoveryPolicySchema } from './recovery-policy.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const jobName = Type.String({ minLength: 1, maxLength: LIMITS.jobNameChars });
const description = Type.String({ maxLength: LIMITS.descriptionChars });
const priority = Type.Integer({
  minimum: 1,
  maximum: 10,
  default: 5,
  description: '1 is the highest, 10 the lowest.',
});
const tags = Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.tagChars }), {
  maxItems: LIMITS.tags,
});
const notifyTargets = (description: string) =>
  Type.Optional(Type.Array(NotifyTargetSchema, { maxItems: LIMITS.notifyTargets, description }));
const anyObject = Type.Record(Type.String(), Type.Unknown());

/** The body of `POST /orchestration/job`. */
export const SubmitJobSchema = Type.Object(
  {
    job_name: Type.Optional(jobName),
    name: Type.Optional(Type.String({ ...jobName, description: 'Another name of `job_name`.' })),
    job_description: Type.Optional(description),
    description: Type.Optional(
      Type.String({ ...description, description: 'Another name of `job_description`.' }),
    ),
    job_type: Type.Optional(Type.String({ minLength: 1, maxLength: 100, default: 'dag' })),
    priority: Type.Optional(priority),
    tags: Type.Optional(tags),
    dag_definition: Type.Optional(
      Type.Object(
        {
          nodes: Type.Array(NodeSchema),
          edges: Type.Optional(Type.Array(EdgeSchema, { maxItems: LIMITS.planEdges })),
        },
        closed,
      ),
    ),
    test_suite_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LIMITS.nodeIdChars,
        description: 'In place of a graph: the suite of the test catalogue to run.',
      }),
    ),
    test_case_ids: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.nodeIdChars }), {
        minItems: 1,
        maxItems: LIMITS.testCaseIds,
        description: 'In place of a graph: only these cases of the catalogue, or of the suite.',
      }),
    ),
    template: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LIMITS.jobNameChars,
        description: 'In place of a graph: the name or id of a template.',
      }),
    ),
    template_version: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The one in force when absent.' }),
    ),
    params: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'What the template is given.' }),
    ),
    execution_context: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: '`params` in expressions.' }),
    ),
    scheduled_at: Type.Optional(TimeSchema),
    max_retries: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LIMITS.maxAttempts - 1,
        default: 3,
        description: 'The default of the nodes; a node that says otherwise wins.',
      }),
    ),
    retry_policy: Type.Optional(RetryPolicySchema),
    retry_policy_id: Type.Optional(PolicyIdSchema),
    recovery_policy: Type.Optional(RecoveryPolicySchema),
    max_concurrent_nodes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 10 })),
    fail_fast: Type.Optional(Type.Boolean({ default: false })),
    timeout_ms: Type.Optional(
      Type.Integer({
        minimum: LIMITS.jobTimeoutMinMs,
        maximum: LIMITS.jobTimeoutMaxMs,
        default: 3_600_000,
      }),
    ),
    deadline_at: Type.Optional(TimeSchema),
    on_success: notifyTargets('Whom to tell when the job has completed.'),
    on_failure: notifyTargets('Whom to tell when it failed, ran out of time or was aborted.'),
    metadata: Type.Optional(anyObject),
    budget: Type.Optional(BudgetSchema),
  },
  {
    ...closed,
    examples: [
      {
        job_name: 'nightly checks',
        priority: 3,
        tags: ['nightly'],
        dag_definition: {
          nodes: [
            { id: 'health', uses: 'http.request', with: { url: 'https://example.com/health' } },
            { id: 'pause', uses: 'sleep.for', with: { seconds: 1 }, parent_nodes: ['health'] },
          ],
        },
        execution_context: { branch: 'main' },
        max_retries: 2,
        timeout_ms: 600_000,
      },
    ],
  },
);

/** {@link SubmitJobSchema} as a type; written out because nodes refer to themselves. */
export interface SubmitJob extends Omit<Static<typeof SubmitJobSchema>, 'dag_definition'> {
  readonly dag_definition?: DagInput;
}

/** The body of `PATCH /orchestration/job/{job_id}`. */
export const EditJobSchema = Type.Object(
  {
    priority: Type.Optional(priority),
    tags: Type.Optional(tags),
    metadata: Type.Optional(anyObject),
    scheduled_at: Type.Optional(Type.Union([TimeSchema, Type.Null()])),
  },
  { ...closed, minProperties: 1, examples: [{ priority: 1, tags: ['nightly', 'urgent'] }] },
);
export type EditJob = Static<typeof EditJobSchema>;
