import type { MetricsStore } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { PhaseNodes } from './phase-nodes.ts';

/** What is read of the report that the gates of a phase leave. */
const ReportSchema = Type.Object({
  passed: Type.Boolean(),
  governance_score: Type.Number({ minimum: 0, maximum: 1 }),
  hygiene_score: Type.Number({ minimum: 0, maximum: 1 }),
  gates: Type.Array(
    Type.Object({
      severity: Type.String(),
      passed: Type.Boolean(),
      skipped: Type.Optional(Type.Boolean()),
    }),
  ),
  hygiene_findings: Type.Array(Type.Unknown()),
});
export type GateReport = Static<typeof ReportSchema>;

/** The last report of each phase that has one. */
export async function gateReports(
  metrics: Pick<MetricsStore, 'lastOutputs'>,
  runId: string,
  phases: readonly PhaseNodes[],
): Promise<ReadonlyMap<string, GateReport>> {
  const nodes = phases.flatMap(({ gates }) => (gates === undefined ? [] : [gates]));
  if (nodes.length === 0) return new Map();
  const outputs = await metrics.lastOutputs(runId, nodes);
  const found = new Map<string, GateReport>();
  for (const { phase, gates } of phases) {
    const output = outputs.find(({ node }) => node === gates)?.output;
    if (Check(ReportSchema, output)) found.set(phase, output);
  }
  return found;
}

/** Gates that were looked at. */
function evaluated({ gates }: GateReport): readonly GateReport['gates'][number][] {
  return gates.filter(({ skipped }) => skipped !== true);
}

export function warningsOf(report: GateReport): number {
  return evaluated(report).filter(({ severity, passed }) => severity === 'warning' && !passed)
    .length;
}

/** The scores of phases together, each as often as it has gates; null without any report. */
export function governanceScore(reports: readonly GateReport[]): number | null {
  if (reports.length === 0) return null;
  const weights = reports.map((report) => evaluated(report).length);
  const weight = weights.reduce((all, one) => all + one, 0);
  if (weight === 0) return 1;
  const score = reports.reduce((all, one, i) => all + one.governance_score * (weights[i] ?? 0), 0);
  return score / weight;
}
