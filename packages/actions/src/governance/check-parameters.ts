import { GateSchema, GovernancePolicySchema } from '@tenuto/contract';
import Type, { type Static } from 'typebox';

const Expected = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: 500 }),
    type: Type.Optional(Type.String({ maxLength: 64 })),
    description: Type.Optional(Type.String({ maxLength: 2_000 })),
    required: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** What an approval's node has left; whatever else is in it is not read. */
const Answer = Type.Object({
  approved: Type.Boolean(),
  decisions: Type.Optional(
    Type.Array(Type.Object({ by: Type.String(), decision: Type.String() }), { maxItems: 1_000 }),
  ),
  reason: Type.Optional(Type.String()),
});

export const CheckParameters = Type.Object(
  {
    phase: Type.String({ minLength: 1, maxLength: 64 }),
    gates: Type.Optional(Type.Array(GateSchema, { maxItems: 200 })),
    artifacts: Type.Optional(
      Type.Array(Expected, {
        maxItems: 200,
        description: 'Files that the phase is to leave; each that is required is a gate.',
      }),
    ),
    policy: Type.Optional(GovernancePolicySchema),
    skip_warnings: Type.Optional(
      Type.Boolean({ default: false, description: 'Look at no gate that does not block.' }),
    ),
    approvals: Type.Optional(
      Type.Record(Type.String(), Type.Union([Answer, Type.Null()]), {
        description: 'Outputs of the approvals that were asked for, by the id of their gate.',
      }),
    ),
    intake: Type.Optional(Type.Unknown()),
    params: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
export type CheckParameters = Static<typeof CheckParameters>;
