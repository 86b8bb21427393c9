import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { type Profile, ProfileSchema } from './profile.ts';
import { OptionalTimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const anyObject = Type.Record(Type.String(), Type.Unknown());

const example = {
  name: 'greeting',
  title: 'A greeting',
  description: 'Writes a greeting and looks whether it is one.',
  intake_schema: {
    type: 'object',
    properties: { who: { type: 'string' } },
    required: ['who'],
    additionalProperties: false,
  },
  phases: [
    {
      id: 'planning',
      agents: [
        {
          id: 'writer',
          model: 'anthropic/claude-sonnet-4-5',
          prompt: 'Write a greeting for ${params.intake.who} to artifacts/planning/greeting.md.',
          tools: ['workspace.write'],
        },
      ],
      artifacts: [{ path: 'greeting.md', type: 'doc' }],
      gates: [
        {
          id: 'polite',
          type: 'artifact_pattern',
          path: 'artifacts/planning/greeting.md',
          pattern: '(?i)dear|hello',
          severity: 'warning',
          remediation: 'Begin the greeting with "Dear" or "Hello".',
        },
      ],
    },
  ],
} as const;

/** The body of `POST /profiles`, and of `PUT` on one of them. */
export const WriteProfileSchema = Type.Object(ProfileSchema.properties, {
  ...closed,
  examples: [example],
});
export type WriteProfile = Profile;

const summary = {
  profile_id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()], {
    description: 'Null for those that are files of the server.',
  }),
  name: Type.String(),
  title: Type.Union([Type.String(), Type.Null()]),
  description: Type.Union([Type.String(), Type.Null()]),
  source: Type.Enum(['shipped', 'folder', 'stored'], {
    description: 'Files, shipped or of the operator, are read by all and changed by nobody here.',
  }),
  phases: Type.Array(Type.String(), {
    description: 'Their ids, in the order they are written in.',
  }),
  outline: Type.Array(
    Type.Object(
      {
        phase: Type.String(),
        name: Type.String(),
        needs: Type.Array(Type.String()),
        agents: Type.Integer({ minimum: 0 }),
        gates: Type.Integer({ minimum: 0 }),
      },
      closed,
    ),
    { description: 'The same phases: what each needs, and how much there is in it.' },
  ),
  version: Type.Integer({ minimum: 1 }),
  schema_version: Type.Literal(1),
  owner: Type.Union([Type.String(), Type.Null()]),
  created_at: OptionalTimeSchema,
  updated_at: { ...OptionalTimeSchema, description: 'When this version was made.' },
  updated_by: Type.Union([Type.String(), Type.Null()]),
} as const;

const summaryExample = {
  profile_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  name: example.name,
  title: example.title,
  description: example.description,
  source: 'stored',
  phases: ['planning'],
  outline: [{ phase: 'planning', name: 'planning', needs: [], agents: 1, gates: 1 }],
  version: 2,
  schema_version: 1,
  owner: 'ana',
  created_at: '2026-01-15T09:30:00.000Z',
  updated_at: '2026-01-16T10:00:00.000Z',
  updated_by: 'ana',
};

/** One profile among others. */
export const ProfileSummarySchema = Type.Object(summary, {
  ...closed,
  examples: [summaryExample],
});
export type ProfileSummary = Static<typeof ProfileSummarySchema>;

/** A profile in one of its versions, with all that it says. */
export const ProfileViewSchema = Type.Object(
  { ...summary, profile: WriteProfileSchema },
  { ...closed, examples: [{ ...summaryExample, profile: example }] },
);
export type ProfileView = Static<typeof ProfileViewSchema>;

export const ProfileListSchema = listSchema(ProfileSummarySchema);
export const ProfileVersionsSchema = listSchema(ProfileViewSchema);

/** The body of a validation: a profile that need not be one yet. */
export const ValidateProfileSchema = Type.Object(
  {
    profile: Type.Optional(
      Type.Unsafe<unknown>({ description: 'Instead of the one that is stored.' }),
    ),
    include_plan: Type.Optional(
      Type.Boolean({ default: false, description: 'Answers the nodes that it becomes, too.' }),
    ),
  },
  { ...closed, examples: [{ profile: example }] },
);

/** The graph that a profile becomes. */
const ProfilePlanSchema = Type.Object(
  {
    nodes: Type.Array(
      Type.Object(
        {
          node_id: Type.String(),
          phase: Type.String(),
          place: Type.String({ description: 'JSON pointer to what it comes from.' }),
          uses: Type.Union([Type.String(), Type.Null()], {
            description: 'Null for the checkpoint that a phase begins with.',
          }),
          parent_nodes: Type.Array(Type.String()),
          level: Type.Integer({
            minimum: 0,
            description: 'How many nodes stand before it on the longest way to it.',
          }),
        },
        closed,
      ),
    ),
    edge_count: Type.Integer({ minimum: 0 }),
    level_count: Type.Integer({ minimum: 0 }),
    critical_path: Type.Array(Type.String(), { description: 'Nodes along one longest way.' }),
  },
  closed,
);
export type ProfilePlan = Static<typeof ProfilePlanSchema>;

/** What a validation has found. */
export const ProfileVerdictSchema = Type.Object(
  {
    valid: Type.Boolean(),
    problems: Type.Array(
      Type.Object(
        { path: Type.String(), message: Type.String(), value: Type.Optional(Type.Unknown()) },
        closed,
      ),
    ),
    phases: Type.Array(
      Type.Object(
        {
          phase: Type.String(),
          needs: Type.Array(Type.String()),
          auto_advance: Type.Boolean(),
          agent_ids: Type.Array(Type.String()),
        },
        closed,
      ),
      { description: 'In an order in which they can be executed; empty when it is not valid.' },
    ),
    node_count: Type.Integer({ minimum: 0 }),
    plan: Type.Optional(ProfilePlanSchema),
  },
  {
    ...closed,
    examples: [
      {
        valid: false,
        problems: [{ path: '/phases/1/needs/0', message: 'names no phase "planing"' }],
        phases: [],
        node_count: 0,
      },
    ],
  },
);
export type ProfileVerdict = Static<typeof ProfileVerdictSchema>;

/** Params of a run as they are sent. */
export const RunParamsSchema = anyObject;
