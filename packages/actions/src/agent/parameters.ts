import { ARTIFACT_TYPES, agentFields } from '@tenuto/contract';
import Type, { type Static } from 'typebox';

/** What `with` of `agent.run` may hold. */
export const AGENT_PARAMETERS = Type.Object(
  {
    agent: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[A-Za-z][A-Za-z0-9_-]*$',
      description: 'Its name, for costs, logs and scripts.',
    }),
    prompt: Type.String({ maxLength: 400_000, description: 'What it is to do.' }),
    phase: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z][A-Za-z0-9_-]*$' }),
    ),
    input: Type.Optional(Type.Unknown({ description: 'What it works on: any JSON.' })),
    feedback: Type.Optional(
      Type.Unknown({ description: 'What checks have found in its earlier work.' }),
    ),
    expected_artifacts: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ minLength: 1, maxLength: 500 }),
            type: Type.Optional(Type.Enum([...ARTIFACT_TYPES])),
            description: Type.Optional(Type.String({ maxLength: 2_000 })),
            required: Type.Optional(Type.Boolean({ default: true })),
          },
          { additionalProperties: false },
        ),
        { maxItems: 200 },
      ),
    ),
    allowed_models: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 100,
        description: 'Names of models that it may use, or how they begin, with `*` behind it.',
      }),
    ),
    ...agentFields,
  },
  { additionalProperties: false },
);
export type AgentParameters = Static<typeof AGENT_PARAMETERS>;
export type ExpectedFile = NonNullable<AgentParameters['expected_artifacts']>[number];

/** An agent at any depth: the one that a node names, or one of its sub-agents. */
export type SubAgent = NonNullable<AgentParameters['sub_agents']>[number];
