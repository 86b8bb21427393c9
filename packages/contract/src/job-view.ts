import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { JobNodeSchema, NodeErrorSchema } from './node-view.ts';
import { UsedRetryPolicySchema } from './retry-policy.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { RUN_STATUSES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const text = Type.Union([Type.String(), Type.Null()]);
const anyObject = Type.Record(Type.String(), Type.Unknown());

/** One change of a run's status. */
export const HistoryEntrySchema = Type.Object(
  {
    at: TimeSchema,
    from: Type.Union([Type.Enum([...RUN_STATUSES]), Type.Null()]),
    to: Type.Enum([...RUN_STATUSES]),
    reason: text,
    actor: text,
  },
  {
    ...closed,
    examples: [
      { at: '2026-01-15T09:30:00.120Z', from: 'queued', to: 'running', reason: null, actor: null },
    ],
  },
);
export type HistoryEntry = Static<typeof HistoryEntrySchema>;

const jobExample = {
  job_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  job_name: 'nightly checks',
  job_description: null,
  job_type: 'dag',
  status: 'running',
  cancelling: false,
  priority: 3,
  triggered_by: 'admin',
  triggered_at: '2026-01-15T09:30:00.100Z',
  scheduled_at: null,
  started_at: '2026-01-15T09:30:00.120Z',
  completed_at: null,
  deadline_at: null,
  timeout_ms: 600_000,
  max_concurrent_nodes: 10,
  fail_fast: false,
  progress_percentage: 50,
  current_node_ids: ['pause'],
  counts: { pending: 0, running: 1, completed: 1, failed: 0, skipped: 0 },
  node_count: 2,
  retry_count: 0,
  max_retries: 2,
  retry_policies: [
    { policy_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c', version: 3, used_by: 'job' },
  ],
  execution_context: { branch: 'main' },
  execution_results: null,
  error_details: null,
  tags: ['nightly'],
  metadata: {},
  estimated_completion_at: null,
  version: 1,
};

/** One job, as every route answers it. */
export const JobSchema = Type.Object(
  {
    job_id: Type.String({ format: 'uuid' }),
    job_name: Type.String(),
    job_description: text,
    job_type: Type.String(),
    status: Type.Enum([...RUN_STATUSES]),
    cancelling: Type.Boolean({ description: 'A cancel was accepted; its engine has yet to act.' }),
    priority: Type.Integer({ minimum: 1, maximum: 10 }),
    triggered_by: Type.String(),
    triggered_at: TimeSchema,
    scheduled_at: OptionalTimeSchema,
    started_at: OptionalTimeSchema,
    completed_at: OptionalTimeSchema,
    deadline_at: OptionalTimeSchema,
    timeout_ms: count,
    max_concurrent_nodes: count,
    fail_fast: Type.Boolean(),
    progress_percentage: Type.Number({ minimum: 0, maximum: 100 }),
    current_node_ids: Type.Array(Type.String()),
    counts: Type.Object(
      { pending: count, running: count, completed: count, failed: count, skipped: count },
      closed,
    ),
    node_count: count,
    retry_count: count,
    max_retries: Type.Union([count, Type.Null()]),
    retry_policies: Type.Array(UsedRetryPolicySchema, {
      description: 'Stored policies, in the versions that were in force at the submit.',
    }),
    execution_context: anyObject,
    execution_results: Type.Union([anyObject, Type.Null()], {
      description: 'Outputs of the nodes that no other node waits for, once the job is over.',
    }),
    error_details: Type.Union([NodeErrorSchema, Type.Null()]),
    tags: Type.Array(Type.String()),
    metadata: anyObject,
    estimated_completion_at: OptionalTimeSchema,
    version: Type.Integer({ minimum: 1 }),
    nodes: Type.Optional(Type.Array(JobNodeSchema)),
    nodes_omitted: Type.Optional(count),
    history: Type.Optional(Type.Array(HistoryEntrySchema)),
    plan: Type.Optional(
      Type.Unknown({
        description: 'The graph as it was submitted; of a large one, the first part.',
      }),
    ),
    plan_omitted: Type.Optional(
      Type.Object(
        { nodes: count, edges: count },
        { ...closed, description: 'Nodes and edges that `plan` leaves out, when it is large.' },
      ),
    ),
  },
  { ...closed, examples: [jobExample] },
);
export type Job = Static<typeof JobSchema>;

export const JobListSchema = listSchema(JobSchema);
export const HistoryListSchema = listSchema(HistoryEntrySchema);
