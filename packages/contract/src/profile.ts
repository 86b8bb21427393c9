import Type, { type Static } from 'typebox';
import { ApprovalRuleSchema, GateSchema } from './gate.ts';
import { AMBIGUITY_POLICIES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const name = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z][A-Za-z0-9_-]*$' });
const text = Type.String({ maxLength: 2_000 });
const usd = Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 });
const parameters = Type.Record(Type.String(), Type.Unknown());

export const ARTIFACT_TYPES = [
  'prd',
  'architecture',
  'code',
  'test',
  'data',
  'report',
  'doc',
  'log',
  'other',
] as const;
export type ArtifactType = (typeof ARTIFACT_TYPES)[number];

export const CROSSINGS = ['pause', 'stop', 'degrade'] as const;
export type Crossing = (typeof CROSSINGS)[number];

/** How much may be spent, and what follows before the call that would cross it. */
export const BudgetSchema = Type.Object(
  {
    usd,
    warn_at: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.8, description: 'A share of it.' }),
    ),
    on_crossing: Type.Optional(Type.Enum([...CROSSINGS], { default: 'pause' })),
    degrade_to: Type.Optional(
      Type.String({ minLength: 3, maxLength: 200, description: 'A cheaper model.' }),
    ),
  },
  { ...closed, examples: [{ usd: 5, warn_at: 0.8, on_crossing: 'pause' }] },
);
export type Budget = Static<typeof BudgetSchema>;

const retry = {
  timeout_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 86_400 })),
  max_retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
} as const;

/** A sub-agent that an agent may call as a tool. */
const SubAgentSchema = Type.Object(
  {
    name,
    description: Type.String({ minLength: 1, maxLength: 1_000 }),
    system: Type.Optional(Type.String({ maxLength: 100_000 })),
    system_file: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    model: Type.Optional(Type.String({ minLength: 3, maxLength: 200 })),
    tools: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50 }),
    ),
    max_steps: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  closed,
);

/** What an agent is, wherever it is written: in a profile's phase, or in `with` of `agent.run`. */
export const agentFields = {
  system: Type.Optional(Type.String({ maxLength: 100_000 })),
  system_file: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'A prompt file, by its name.' }),
  ),
  model: Type.Optional(
    Type.String({
      minLength: 3,
      maxLength: 200,
      description: '`provider/model`, e.g. `anthropic/claude-sonnet-4-5`.',
    }),
  ),
  tools: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      maxItems: 50,
      description:
        '`workspace.read`, `workspace.write`, `workspace.list`, `workspace.search`, `command.run`, an MCP server or `<server>.<tool>`.',
    }),
  ),
  sub_agents: Type.Optional(Type.Array(SubAgentSchema, { maxItems: 20 })),
  output_schema: Type.Optional(parameters),
  max_steps: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 20 })),
  max_output_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
  call_timeout_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_600 })),
  call_retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 10, default: 2 })),
  ask_above_usd: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1_000_000,
      description:
        'A call that may have been paid for when its engine died is made again only up to this price; above it a person is asked.',
    }),
  ),
} as const;

/** Somebody who works in a phase: an LLM agent, or any other action. */
const ProfileAgentSchema = Type.Object(
  {
    id: name,
    description: Type.Optional(text),
    prompt: Type.Optional(Type.String({ minLength: 1, maxLength: 100_000 })),
    ...agentFields,
    uses: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Any action; `agent.run` if absent.',
      }),
    ),
    with: Type.Optional(parameters),
    artifacts: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
        maxItems: 200,
        description: 'Paths of those artifacts of its phase that it is to leave; all if absent.',
      }),
    ),
    needs: Type.Optional(Type.Array(name, { maxItems: 50 })),
    if: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
    on_ambiguous: Type.Optional(Type.Enum([...AMBIGUITY_POLICIES])),
    ...retry,
  },
  closed,
);
export type ProfileAgent = Static<typeof ProfileAgentSchema>;

/** A file that a phase is to leave under `artifacts/<phase>/`. */
const ExpectedArtifactSchema = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: 500, description: 'Below `artifacts/<phase>/`.' }),
    type: Type.Optional(Type.Enum([...ARTIFACT_TYPES])),
    description: Type.Optional(text),
    required: Type.Optional(Type.Boolean({ default: true })),
  },
  closed,
);

/** One phase: who works in it, what it leaves, what is checked. */
const ProfilePhaseSchema = Type.Object(
  {
    id: name,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    description: Type.Optional(text),
    needs: Type.Optional(
      Type.Array(name, { maxItems: 50, description: 'The phase before it if absent.' }),
    ),
    agents: Type.Array(ProfileAgentSchema, { minItems: 1, maxItems: 100 }),
    artifacts: Type.Optional(Type.Array(ExpectedArtifactSchema, { maxItems: 200 })),
    gates: Type.Optional(Type.Array(GateSchema, { maxItems: 100 })),
    auto_advance: Type.Optional(Type.Boolean()),
    approval: Type.Optional(ApprovalRuleSchema),
    budget: Type.Optional(BudgetSchema),
  },
  closed,
);
export type ProfilePhase = Static<typeof ProfilePhaseSchema>;

/** What a profile or a deployment asks of every phase; the stricter of two wins. */
export const GovernancePolicySchema = Type.Object(
  {
    gates: Type.Optional(Type.Array(GateSchema, { maxItems: 100 })),
    min_governance_score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    min_hygiene_score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    max_cost_usd: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
    allow_skip_validation: Type.Optional(Type.Boolean()),
    allowed_models: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 100 }),
    ),
  },
  closed,
);
export type GovernancePolicy = Static<typeof GovernancePolicySchema>;

/** A phased workflow, as a YAML file or a request says it. */
export const ProfileSchema = Type.Object(
  {
    schema_version: Type.Optional(Type.Literal(1)),
    name,
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    description: Type.Optional(text),
    intake_schema: Type.Optional(parameters),
    params: Type.Optional(parameters),
    model: Type.Optional(Type.String({ minLength: 3, maxLength: 200 })),
    auto_advance: Type.Optional(Type.Boolean({ default: false })),
    budget: Type.Optional(BudgetSchema),
    policy: Type.Optional(GovernancePolicySchema),
    max_concurrent_nodes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 86_400_000 })),
    phases: Type.Array(ProfilePhaseSchema, { minItems: 1, maxItems: 100 }),
  },
  closed,
);
export type Profile = Static<typeof ProfileSchema>;
