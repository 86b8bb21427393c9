import Type, { type Static, type TObject } from 'typebox';
import { ApprovalSchema } from './approval.ts';
import { InterventionSchema } from './intervention.ts';
import { OptionalTimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const waits = {
  run_name: Type.Union([Type.String(), Type.Null()], {
    description: 'Of the run that waits for it; null when that is gone.',
  }),
  mine: Type.Boolean({
    description: 'Whether it waits for you: you may decide it, and nobody else has taken it.',
  }),
};

function part<Item extends TObject>(item: Item, description: string) {
  const listed = {
    items: Type.Array(item, {
      description: 'Yours before others, what decides by itself first, then the oldest.',
    }),
    total: Type.Integer({ minimum: 0, description: 'All of them; counted up to 10,000.' }),
    mine: Type.Integer({ minimum: 0, description: 'Those that wait for you.' }),
  };
  return Type.Union([Type.Object(listed, closed), Type.Null()], { description });
}

/** The first of the examples of a schema. */
function exampleOf(schema: TObject): object {
  const examples: unknown = Reflect.get(schema, 'examples');
  const first: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return typeof first === 'object' && first !== null ? first : {};
}

export const NeededApprovalSchema = Type.Object({ ...ApprovalSchema.properties, ...waits }, closed);
export type NeededApproval = Static<typeof NeededApprovalSchema>;

export const NeededInterventionSchema = Type.Object(
  { ...InterventionSchema.properties, ...waits },
  closed,
);
export type NeededIntervention = Static<typeof NeededInterventionSchema>;

/** A run of a profile that waits to be told to go on. */
export const WaitingRunSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    profile: Type.String(),
    started_at: OptionalTimeSchema,
    phases: Type.Array(Type.Object({ phase: Type.String(), name: Type.String() }, closed), {
      description: 'The phases that `POST /runs/{run_id}/next` would execute.',
    }),
    mine: waits.mine,
  },
  closed,
);
export type WaitingRun = Static<typeof WaitingRunSchema>;

/** The answer of `GET /needs`. */
export const NeedsSchema = Type.Object(
  {
    mine: Type.Integer({ ...count, description: 'What waits for you, all parts together.' }),
    total: Type.Integer({ ...count, description: 'What waits for anybody.' }),
    approvals: part(NeededApprovalSchema, 'Questions that are open; null without `runs:read`.'),
    interventions: part(
      NeededInterventionSchema,
      'Failures that no policy repairs, and money that is used up; null without `jobs:read`.',
    ),
    phases: part(WaitingRunSchema, 'Runs that wait for Next; null without `runs:read`.'),
  },
  {
    ...closed,
    examples: [
      {
        mine: 3,
        total: 3,
        approvals: {
          items: [{ ...exampleOf(ApprovalSchema), run_name: 'release 1.4.0', mine: true }],
          ...{ total: 1, mine: 1 },
        },
        interventions: {
          items: [{ ...exampleOf(InterventionSchema), run_name: 'publish', mine: true }],
          ...{ total: 1, mine: 1 },
        },
        phases: {
          items: [
            {
              run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
              name: 'release 1.4.0',
              profile: 'release_of_the_shop',
              started_at: '2026-01-15T09:30:00.000Z',
              phases: [{ phase: 'build', name: 'Build' }],
              mine: true,
            },
          ],
          ...{ total: 1, mine: 1 },
        },
      },
    ],
  },
);
export type Needs = Static<typeof NeedsSchema>;
