import { GATE_SEVERITIES, GATE_TYPES } from '@tenuto/contract';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** What of the output of `governance.check` is told about a phase. */
const ReportedSchema = Type.Object({
  governance_score: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  hygiene_score: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  gates: Type.Array(
    Type.Object({
      id: Type.String(),
      type: Type.Enum([...GATE_TYPES]),
      severity: Type.Enum([...GATE_SEVERITIES]),
      passed: Type.Boolean(),
      skipped: Type.Optional(Type.Boolean()),
      message: Type.String(),
    }),
  ),
});
export type ReportedGates = Static<typeof ReportedSchema>;

const REPORT = Compile(ReportedSchema);

/** Undefined for what is no report: the check has not ended, or ended otherwise. */
export function gateReport(output: unknown): ReportedGates | undefined {
  return REPORT.Check(output) ? output : undefined;
}
