import Type, { type Static } from 'typebox';
import { ARTIFACT_TYPES } from './profile.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const orNull = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** What stands for "no phase" among phases: no phase can be called so. */
export const NO_PHASE = '-';

const EXAMPLE = {
  artifact_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a2c',
  phase: 'planning',
  path: 'artifacts/planning/prd.md',
  name: 'prd.md',
  description: 'What is to be built, and for whom.',
  artifact_type: 'prd',
  media_type: 'text/markdown',
  size_bytes: 18_204,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  generation: 0,
  current: true,
  node_id: 'planning/product_manager',
  attempt: 1,
  created_at: '2026-01-15T09:30:00.000Z',
};

/** A file that a node produced; its bytes never change, a file that does is another artifact. */
export const ArtifactSchema = Type.Object(
  {
    artifact_id: Type.String({ format: 'uuid' }),
    run_id: Type.String({ format: 'uuid' }),
    phase: orNull(Type.String()),
    path: Type.String({
      description: 'Relative to the workspace; what jobs leave stands under `nodes/<node id>/`.',
    }),
    name: Type.String(),
    description: orNull(Type.String()),
    artifact_type: Type.Enum([...ARTIFACT_TYPES]),
    media_type: Type.String(),
    size_bytes: Type.Integer({ minimum: 0 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    generation: Type.Integer({
      minimum: 0,
      description: 'How often the run had been rolled back when it was made.',
    }),
    current: Type.Boolean({
      description: 'False when another version, a rollback or a removal took its place.',
    }),
    node_id: orNull(Type.String()),
    attempt: Type.Integer({ minimum: 1 }),
    created_at: TimeSchema,
  },
  { ...closed, examples: [EXAMPLE] },
);
export type Artifact = Static<typeof ArtifactSchema>;

/** The answer of `GET /runs/{run_id}/artifacts`: one page, by phase and path. */
export const RunArtifactsSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    total_count: Type.Integer({ minimum: 0, description: 'Of all pages.' }),
    total_bytes: Type.Integer({ minimum: 0, description: 'Of all pages.' }),
    generation: Type.Integer({ minimum: 0, description: 'The generation that is shown.' }),
    artifacts_by_phase: Type.Record(Type.String(), Type.Array(ArtifactSchema), {
      description: `What belongs to no phase stands under \`${NO_PHASE}\`.`,
    }),
    limit: Type.Integer({ minimum: 1 }),
    offset: Type.Integer({ minimum: 0 }),
    has_more: Type.Boolean(),
    next_cursor: orNull(Type.String()),
  },
  {
    ...closed,
    examples: [
      {
        run_id: EXAMPLE.run_id,
        total_count: 1,
        total_bytes: 18_204,
        generation: 0,
        artifacts_by_phase: { planning: [EXAMPLE] },
        limit: 100,
        offset: 0,
        has_more: false,
        next_cursor: null,
      },
    ],
  },
);
export type RunArtifacts = Static<typeof RunArtifactsSchema>;
