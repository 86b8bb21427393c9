import Type, { type Static } from 'typebox';
import { GATE_SEVERITIES, GATE_TYPES } from './gate.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const share = Type.Number({ minimum: 0, maximum: 1 });
const count = Type.Integer({ minimum: 0 });

/** What a look at the files of a workspace can find. */
export const HYGIENE_KINDS = [
  'secret',
  'large_file',
  'empty_file',
  'duplicate_content',
  'leftover',
  'unfinished_work',
  'missing_readme',
  'unreferenced_file',
] as const;
export type HygieneKind = (typeof HYGIENE_KINDS)[number];

export const HYGIENE_SEVERITIES = ['error', 'warning', 'info'] as const;
export type HygieneSeverity = (typeof HYGIENE_SEVERITIES)[number];

/** Something in the files that somebody should look at. */
export const HygieneFindingSchema = Type.Object(
  {
    kind: Type.Enum([...HYGIENE_KINDS]),
    severity: Type.Enum([...HYGIENE_SEVERITIES]),
    path: Type.String({ description: 'Empty when it is about the folder as a whole.' }),
    line: Type.Optional(Type.Integer({ minimum: 1 })),
    message: Type.String(),
    remediation: Type.String(),
    penalty: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'What it takes off the score; 0 beyond what its kind takes at most.',
    }),
  },
  closed,
);
export type HygieneFinding = Static<typeof HygieneFindingSchema>;

/** What a look at the files of a folder has found. */
export const HygieneReportSchema = Type.Object(
  {
    hygiene_score: share,
    findings: Type.Array(HygieneFindingSchema),
    findings_omitted: count,
    files: count,
    bytes: count,
    unread: Type.Array(Type.String(), { description: 'Files that were too large to look into.' }),
  },
  closed,
);
export type HygieneReport = Static<typeof HygieneReportSchema>;

/** What came of one gate. */
export const GateResultSchema = Type.Object(
  {
    id: Type.String(),
    type: Type.Enum([...GATE_TYPES]),
    severity: Type.Enum([...GATE_SEVERITIES]),
    weight: Type.Number({ minimum: 0 }),
    passed: Type.Boolean(),
    skipped: Type.Boolean({ description: 'It was not looked at, and counts for no score.' }),
    message: Type.String({ description: 'What was found.' }),
    remediation: Type.Optional(Type.String({ description: 'What to do about it.' })),
    value: Type.Optional(Type.Unknown({ description: 'What was measured.' })),
    threshold: Type.Optional(Type.Unknown({ description: 'What it is held against.' })),
    evidence: Type.Optional(
      Type.Array(Type.String(), { description: 'Places and details; a secret is never shown.' }),
    ),
  },
  closed,
);
export type GateResult = Static<typeof GateResultSchema>;

const report = {
  phase: Type.String(),
  passed: Type.Boolean({ description: 'No gate of severity `error` has failed.' }),
  governance_score: share,
  hygiene_score: share,
  gates: Type.Array(GateResultSchema),
  hygiene_findings: Type.Array(HygieneFindingSchema),
  hygiene_findings_omitted: Type.Optional(count),
} as const;

/** The output of `governance.check`. */
export const GovernanceReportSchema = Type.Object(report, closed);
export type GovernanceReport = Static<typeof GovernanceReportSchema>;

const PhaseReportSchema = Type.Object(
  {
    ...report,
    node_id: Type.String(),
    attempt: Type.Integer({ minimum: 1 }),
    generation: count,
    checked_at: TimeSchema,
  },
  closed,
);
export type PhaseReport = Static<typeof PhaseReportSchema>;

/** The answer of `GET /runs/{run_id}/governance`. */
export const RunGovernanceSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    passed: Type.Boolean({ description: 'The newest report of each phase has passed.' }),
    governance_score: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Over the gates of the newest report of each phase.',
    }),
    hygiene_score: Type.Union([share, Type.Null()], {
      description: 'Of the newest report of all; null before the first.',
    }),
    phases: Type.Array(PhaseReportSchema, { description: 'The newest report of each phase.' }),
    history: Type.Array(PhaseReportSchema, { description: 'Those before, newest first.' }),
    history_omitted: count,
  },
  {
    ...closed,
    examples: [
      {
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        passed: false,
        governance_score: 0.75,
        hygiene_score: 0.98,
        phases: [
          {
            phase: 'qa',
            passed: false,
            governance_score: 0.75,
            hygiene_score: 0.98,
            gates: [
              {
                id: 'coverage',
                type: 'metric',
                severity: 'error',
                weight: 1,
                passed: false,
                skipped: false,
                message: 'line_rate in coverage/lcov.info is 0.71, and has to be >= 0.8.',
                remediation: 'Raise line_rate to 0.8 or more, then run the phase again.',
                value: 0.71,
                threshold: 0.8,
              },
            ],
            hygiene_findings: [
              {
                kind: 'empty_file',
                severity: 'warning',
                path: 'artifacts/qa/notes.md',
                message: 'The file is empty.',
                remediation: 'Write what belongs into it, or delete it.',
                penalty: 0.02,
              },
            ],
            node_id: 'qa/gates',
            attempt: 14,
            generation: 0,
            checked_at: '2026-01-15T09:31:00.000Z',
          },
        ],
        history: [],
        history_omitted: 0,
      },
    ],
  },
);
export type RunGovernance = Static<typeof RunGovernanceSchema>;
