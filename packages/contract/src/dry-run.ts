import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });

/** The answer of `POST /orchestration/job?dry_run=true`. */
export const DryRunSchema = Type.Object(
  {
    valid: Type.Literal(true),
    plan_hash: Type.String(),
    node_count: count,
    edge_count: count,
    levels: Type.Array(Type.Object({ level: count, nodes: count }, closed)),
    critical_path: Type.Array(Type.String()),
    critical_path_length: count,
    widest_level: Type.Object({ level: count, nodes: count }, closed),
    warnings: Type.Array(Type.String()),
  },
  {
    ...closed,
    examples: [
      {
        valid: true,
        plan_hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        node_count: 2,
        edge_count: 1,
        levels: [
          { level: 0, nodes: 1 },
          { level: 1, nodes: 1 },
        ],
        critical_path: ['health', 'pause'],
        critical_path_length: 2,
        widest_level: { level: 0, nodes: 1 },
        warnings: [],
      },
    ],
  },
);
export type DryRun = Static<typeof DryRunSchema>;
