import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const name = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' });
const path = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'Relative to the workspace; `*`, `**` and `?` match.',
});

export const GATE_TYPES = [
  'artifact_required',
  'artifact_pattern',
  'metric',
  'command',
  'no_secrets',
  'max_cost',
  'approval',
  'expression',
] as const;
export type GateType = (typeof GATE_TYPES)[number];

export const GATE_SEVERITIES = ['error', 'warning'] as const;
export type GateSeverity = (typeof GATE_SEVERITIES)[number];

/** What all gates say. `error` blocks the phase, `warning` does not. */
const common = {
  id: name,
  description: Type.Optional(Type.String({ maxLength: 1_000 })),
  severity: Type.Optional(Type.Enum([...GATE_SEVERITIES], { default: 'error' })),
  weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000, default: 1 })),
  remediation: Type.Optional(
    Type.String({ maxLength: 2_000, description: 'What to do when it does not pass.' }),
  ),
} as const;

const OPERATORS = ['<', '<=', '==', '!=', '>=', '>'] as const;

/** Who has to agree, and by when. */
export const ApprovalRuleSchema = Type.Object(
  {
    approvers: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 50 }),
    ),
    required: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 1 })),
    deadline_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 31_622_400 })),
    on_deadline: Type.Optional(Type.Enum(['reject', 'approve'], { default: 'reject' })),
    message: Type.Optional(Type.String({ maxLength: 2_000 })),
  },
  closed,
);
export type ApprovalRule = Static<typeof ApprovalRuleSchema>;

/** One governance check of a phase. */
export const GateSchema = Type.Union([
  Type.Object(
    {
      ...common,
      type: Type.Literal('artifact_required'),
      path,
      min_count: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1 })),
    },
    closed,
  ),
  Type.Object(
    {
      ...common,
      type: Type.Literal('artifact_pattern'),
      path,
      pattern: Type.String({ minLength: 1, maxLength: 1_000 }),
      must: Type.Optional(Type.Enum(['match', 'not_match'], { default: 'match' })),
    },
    closed,
  ),
  Type.Object(
    {
      ...common,
      type: Type.Literal('metric'),
      path,
      format: Type.Enum(['json', 'junit', 'lcov']),
      field: Type.String({
        minLength: 1,
        maxLength: 200,
        description:
          'json: a JSON Pointer; junit: tests, passed, failed, skipped, pass_rate, duration_seconds; lcov: line_rate, branch_rate, function_rate, lines_found, lines_hit.',
      }),
      operator: Type.Enum([...OPERATORS]),
      threshold: Type.Number(),
    },
    closed,
  ),
  Type.Object(
    {
      ...common,
      type: Type.Literal('command'),
      command: Type.Array(Type.String({ maxLength: 4_096, pattern: '^[^\\u0000]*$' }), {
        minItems: 1,
        maxItems: 100,
        description: 'A program and its arguments; no shell. It runs in the workspace.',
      }),
      timeout_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_600 })),
    },
    closed,
  ),
  Type.Object({ ...common, type: Type.Literal('no_secrets'), path: Type.Optional(path) }, closed),
  Type.Object(
    {
      ...common,
      type: Type.Literal('max_cost'),
      usd: Type.Number({ minimum: 0, maximum: 1_000_000 }),
      scope: Type.Optional(Type.Enum(['phase', 'run'], { default: 'phase' })),
    },
    closed,
  ),
  Type.Object(
    { ...common, type: Type.Literal('approval'), ...ApprovalRuleSchema.properties },
    closed,
  ),
  Type.Object(
    {
      ...common,
      type: Type.Literal('expression'),
      expression: Type.String({
        minLength: 1,
        maxLength: 4_096,
        description: 'CEL over `artifacts`, `metrics`, `gates`, `params` and `intake`.',
      }),
    },
    closed,
  ),
]);
export type Gate = Static<typeof GateSchema>;
