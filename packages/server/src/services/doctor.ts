import {
  type DoctorCheckResult,
  type DoctorRepairBody,
  type DoctorRepairRequest,
  type DoctorReportBody,
  formatTime,
} from '@tenuto/contract';
import type { CheckReport, Clock, Doctor, DoctorReport, ExamineOptions } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';

/** What the doctor's service works with. */
export interface DoctorParts {
  readonly doctor: Doctor;
  readonly clock: Clock;
}

/** @throws OrchestrationError 400 for a check that there is not, 503 when the store is away */
export async function examineStore(
  parts: DoctorParts,
  caller: Caller,
  options: ExamineOptions,
): Promise<DoctorReportBody> {
  authorize(caller.principal, 'admin', 'the doctor');
  const timing = timer(parts.clock);
  return reportBody(await parts.doctor.examine(options), timing());
}

/** @throws OrchestrationError as {@link examineStore} */
export async function repairStore(
  parts: DoctorParts,
  { principal, requestId }: Caller,
  { dry_run: dryRun = false, ...options }: DoctorRepairRequest,
): Promise<DoctorRepairBody> {
  authorize(principal, 'admin', 'the doctor');
  const timing = timer(parts.clock);
  const by = { actor: principal.actor, requestId };
  const { found, repaired, left } = await parts.doctor.repair(by, { ...options, dryRun });
  const taken = timing();
  return {
    dry_run: dryRun,
    found: reportBody(found, taken),
    repaired: repaired.map((each) => ({ ...each })),
    left: left === undefined ? null : reportBody(left, taken),
  };
}

interface Timing {
  readonly at: number;
  readonly tookMs: number;
}

function timer(clock: Clock): () => Timing {
  const at = clock.wall();
  const from = clock.mono();
  return () => ({ at, tookMs: Math.round((clock.mono() - from) * 10) / 10 });
}

function reportBody({ verdict, sample, checks }: DoctorReport, timing: Timing): DoctorReportBody {
  return {
    verdict,
    examined_at: formatTime(timing.at),
    duration_ms: timing.tookMs,
    sample: {
      live_runs: sample.liveRuns,
      over_runs: sample.overRuns,
      left_out: sample.leftOut,
    },
    checks: checks.map(checkBody),
  };
}

function checkBody(check: CheckReport): DoctorCheckResult {
  const { name, invariant = null, meaning, verdict, count, more, evidence, repair = null } = check;
  const told = evidence.map(({ subject, detail }) => ({ subject, detail }));
  return { name, invariant, meaning, verdict, count, more, evidence: told, repair };
}
