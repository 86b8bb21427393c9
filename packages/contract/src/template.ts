import Type, { type Static } from 'typebox';
import { SubmitJobSchema } from './job-request.ts';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { type DagInput, EdgeSchema, NodeSchema } from './plan-schema.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const { properties: job } = SubmitJobSchema;
const anyObject = Type.Record(Type.String(), Type.Unknown());

const name = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$',
  description: 'Unique among your templates.',
});
const description = Type.Union([Type.String({ maxLength: LIMITS.descriptionChars }), Type.Null()]);

/** What a template says about its jobs where they do not say it themselves. */
const TemplateJobSchema = Type.Object(
  {
    job_type: job.job_type,
    priority: job.priority,
    tags: job.tags,
    max_retries: job.max_retries,
    retry_policy: job.retry_policy,
    retry_policy_id: job.retry_policy_id,
    recovery_policy: job.recovery_policy,
    max_concurrent_nodes: job.max_concurrent_nodes,
    fail_fast: job.fail_fast,
    timeout_ms: job.timeout_ms,
    on_success: job.on_success,
    on_failure: job.on_failure,
    metadata: job.metadata,
  },
  closed,
);
export type TemplateJob = Static<typeof TemplateJobSchema>;

const written = {
  name,
  description,
  params_schema: Type.Union(
    [Type.Record(Type.String(), Type.Unknown()), Type.Boolean(), Type.Null()],
    { description: 'JSON Schema of `params`; null: any. Defaults in it are put in.' },
  ),
  dag_definition: Type.Object(
    {
      nodes: Type.Array(NodeSchema),
      edges: Type.Optional(Type.Array(EdgeSchema, { maxItems: LIMITS.planEdges })),
    },
    closed,
  ),
  job: TemplateJobSchema,
} as const;

const example = {
  name: 'deploy',
  description: 'Deploys a branch and looks whether it is well.',
  params_schema: {
    type: 'object',
    properties: { branch: { type: 'string', default: 'main' }, region: { enum: ['eu', 'us'] } },
    required: ['region'],
    additionalProperties: false,
  },
  dag_definition: {
    nodes: [
      {
        id: 'health',
        uses: 'http.request',
        with: { url: 'https://${params.region}.example.com/${params.branch}' },
      },
    ],
  },
  job: { priority: 3, tags: ['deploy'] },
} as const;

/** The body of `POST /orchestration/templates`, and of `PUT` on one of them. */
export const WriteTemplateSchema = Type.Object(
  {
    name,
    description: Type.Optional(description),
    params_schema: Type.Optional(written.params_schema),
    dag_definition: written.dag_definition,
    job: Type.Optional(TemplateJobSchema),
    schema_version: Type.Optional(Type.Literal(1, { description: 'The form of this document.' })),
  },
  { ...closed, examples: [example] },
);
/** {@link WriteTemplateSchema} as a type; written out because nodes refer to themselves. */
export interface WriteTemplate extends Omit<Static<typeof WriteTemplateSchema>, 'dag_definition'> {
  readonly dag_definition: DagInput;
}

/** What a version of a template says. */
export const TemplateFieldsSchema = Type.Object({
  description,
  params_schema: written.params_schema,
  dag_definition: written.dag_definition,
  job: TemplateJobSchema,
});

const stored = {
  template_id: Type.String({ format: 'uuid' }),
  ...written,
  version: Type.Integer({ minimum: 1 }),
  schema_version: Type.Literal(1),
  owner: Type.String(),
  created_at: TimeSchema,
  updated_at: Type.String({ ...TimeSchema, description: 'When this version was made.' }),
  updated_by: Type.String(),
} as const;
const storedExample = {
  template_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  ...example,
  version: 2,
  schema_version: 1,
  owner: 'ana',
  created_at: '2026-01-15T09:30:00.000Z',
  updated_at: '2026-01-16T10:00:00.000Z',
  updated_by: 'ana',
} as const;

const StoredSchema = Type.Object(stored, { ...closed, examples: [storedExample] });

/** A stored template in one of its versions. */
export interface Template extends Omit<Static<typeof StoredSchema>, 'dag_definition'> {
  readonly dag_definition: DagInput;
}
export const TemplateSchema = Type.Unsafe<Template>(StoredSchema);
export const TemplateListSchema = listSchema(TemplateSchema);

/** The body of `POST /orchestration/templates/{name}/instantiate`. */
export const InstantiateTemplateSchema = Type.Object(
  {
    params: Type.Optional(anyObject),
    version: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'An earlier version; the one in force when absent.',
      }),
    ),
    job_name: job.job_name,
    job_description: job.job_description,
    job_type: job.job_type,
    priority: job.priority,
    tags: job.tags,
    scheduled_at: job.scheduled_at,
    deadline_at: job.deadline_at,
    timeout_ms: job.timeout_ms,
    metadata: job.metadata,
  },
  { ...closed, examples: [{ params: { region: 'eu' }, priority: 1 }] },
);
export type InstantiateTemplate = Static<typeof InstantiateTemplateSchema>;
