import {
  formatTime,
  GovernanceReportSchema,
  type PhaseReport,
  type RunGovernance,
} from '@tenuto/contract';
import { type Access, type AttemptRecord, governanceScore, type Plan } from '@tenuto/engine';
import { Compile } from 'typebox/compile';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import type { JobParts } from './services.ts';

const CHECK = 'governance.check';
/** Attempts of one node that are looked at, and earlier reports that are told. */
const ATTEMPTS = 200;
const HISTORY = 100;

const isReport = Compile(GovernanceReportSchema);

/**
 * What the gates of a run's phases have said: the newest report of each phase, and those before.
 * @throws OrchestrationError 404
 */
export async function runGovernance(
  parts: JobParts,
  caller: Caller,
  runId: string,
): Promise<RunGovernance> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const run = await findJob(parts, access, runId);
  const plan = await parts.plans(access, run);
  const reports = await reportsOf(parts, access, { runId: run.runId, plan });
  const newest = new Map<string, PhaseReport>();
  for (const report of reports) {
    if (!newest.has(report.node_id)) newest.set(report.node_id, report);
  }
  const phases = [...newest.values()].sort((a, b) => (a.checked_at < b.checked_at ? -1 : 1));
  const before = reports.filter((report) => !phases.includes(report));
  return {
    run_id: run.runId,
    passed: phases.every(({ passed }) => passed),
    governance_score: governanceScore(phases.flatMap(({ gates }) => gates)),
    // Of the last check: each one looks through all that is there.
    hygiene_score: phases.at(-1)?.hygiene_score ?? null,
    phases,
    history: before.slice(0, HISTORY),
    history_omitted: Math.max(0, before.length - HISTORY),
  };
}

/** Of each node, newest first. */
async function reportsOf(
  { jobs }: JobParts,
  access: Access,
  { runId, plan }: { readonly runId: string; readonly plan: Plan },
): Promise<readonly PhaseReport[]> {
  const reports: PhaseReport[] = [];
  for (const [node, spec] of plan.specs.entries()) {
    if (spec.uses !== CHECK) continue;
    const page = await jobs.attempts(access, { runId, node }, { limit: ATTEMPTS, offset: 0 });
    for (const attempt of page.items) {
      const report = reportOf(attempt, plan.ids[node] ?? '');
      if (report !== undefined) reports.push(report);
    }
  }
  return reports.sort((a, b) => b.attempt - a.attempt);
}

function reportOf(
  { output, attempt, generation, endedAt }: AttemptRecord,
  nodeId: string,
): PhaseReport | undefined {
  const report: unknown = output;
  if (!isReport.Check(report)) return undefined;
  return { ...report, node_id: nodeId, attempt, generation, checked_at: formatTime(endedAt) };
}
