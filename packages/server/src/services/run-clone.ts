/** The same run again, or from one of its phases on. */
import type { CloneRun, CreatedRun } from '@tenuto/contract';
import { type Access, phasesBefore, startOf } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { JobStateError } from './job-state.ts';
import {
  findPhased,
  type PhasedParts,
  type PhasedRecord,
  phasesOfRun,
  refuseUnknownPhase,
} from './phased-find.ts';
import { createdView } from './run-create.ts';
import { forkRecord } from './run-fork.ts';

/**
 * Makes a run with the plan and the input of another. From a phase on it begins with what the phases
 * before have done: their attempts and their files are its own.
 * @throws OrchestrationError 404, 409 for a run that has no phases, or whose earlier phases have not
 *   completed, 422, 429, 503
 */
export async function cloneRun(
  parts: PhasedParts,
  caller: Caller,
  of: {
    readonly runId: string;
    readonly body: CloneRun;
    readonly key: string | undefined;
  },
): Promise<CreatedRun> {
  const access = authorize(caller.principal, 'runs:write', 'runs');
  const { body, key } = of;
  const source = await findPhased(parts, access, of.runId);
  const { from_phase: phase, project_name: name, metadata } = body;
  if (phase !== undefined) await refuseUndone(parts, access, source, phase);
  const run = await forkRecord(parts, caller, {
    ...{ runId: source.run.runId, key, asked: ['clone', source.run.runId, body] },
    body: {
      ...(phase !== undefined && { from_node: startOf(phase) }),
      changes: { name: name ?? source.run.name, ...(metadata !== undefined && { metadata }) },
    },
    ...(name !== undefined && { phased: { ...source.phased, projectName: name } }),
  });
  return createdView(parts, access, run);
}

/** What a phase needs has to be there. @throws OrchestrationError 409, 422 */
async function refuseUndone(
  parts: PhasedParts,
  access: Access,
  source: PhasedRecord,
  from: string,
): Promise<void> {
  refuseUnknownPhase(source.phased, from, '/from_phase');
  const before = phasesBefore(source.phased.phases, from);
  const phases = await phasesOfRun(parts, access, source);
  const open = phases.find(({ phase, status }) => before.has(phase) && status !== 'completed');
  if (open === undefined) return;
  const detail = `The phase "${open.phase}" is ${open.status}; what comes before "${from}" has to be completed.`;
  throw new JobStateError(source.run, detail);
}
