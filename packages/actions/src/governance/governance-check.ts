import { type GovernanceReport, matchesGlob } from '@tenuto/contract';
import {
  type ActionCall,
  type ActionOutcome,
  governanceReport,
  WorkspaceError,
} from '@tenuto/engine';
import { Compile } from 'typebox/compile';
import { type ActionDefinition, refused } from '../action.ts';
import { createLauncher } from '../command/launch.ts';
import { expectedPath, plannedGates } from './check-gates.ts';
import { type Check, type GovernanceOptions, judgeAll, runCommands } from './check-judge.ts';
import { CheckParameters } from './check-parameters.ts';
import { surveyWorkspace } from './workspace-survey.ts';

/**
 * `governance.check`: looks at what a phase has left in the workspace of its run, and holds it
 * against its gates. The report is its output, also when a blocking gate has not passed: the
 * attempt has then failed, with an error of type `gate_blocked`.
 */
export function governanceCheck(options: GovernanceOptions): ActionDefinition {
  const parameters = Compile(CheckParameters);
  const prepare = createLauncher(options.commands);
  return {
    name: 'governance.check',
    description: 'Holds what a phase has left in its workspace against its gates.',
    parameters: CheckParameters,
    async run(call): Promise<ActionOutcome> {
      if (call.node === undefined) return refused('no_node', 'It is checked within a run.');
      const wanted = parameters.Parse(call.with);
      try {
        return outcomeOf(await check({ options, prepare, call, wanted }));
      } catch (error) {
        if (call.signal.aborted) return stopped(call);
        if (error instanceof WorkspaceError) return failedWorkspace(error);
        throw error;
      }
    },
  };
}

async function check(
  given: Pick<Check, 'options' | 'prepare' | 'call' | 'wanted'>,
): Promise<GovernanceReport> {
  const { options, call, wanted } = given;
  const planned = plannedGates(wanted, options.policy ?? {});
  if (planned.refusedToSkip) {
    call.log(
      'system',
      'The policy does not allow validation to be skipped: all gates are checked.',
    );
  }
  const { runId, owner, nodeId, attempt, node = 0 } = call;
  const { phase } = wanted;
  const workspace = await options.workspaces.open({ runId, owner, node, nodeId, attempt, phase });
  const { gates, policy } = planned;
  const commands = await runCommands({ ...given, planned, workspace });
  const survey = await surveyWorkspace({
    ...{ workspace, gates, isWanted: wantedBy(wanted) },
    onFile() {
      call.signal.throwIfAborted();
      call.heartbeat();
    },
  });
  const results = await judgeAll({ ...given, planned, workspace, survey }, commands);
  return governanceReport({ phase, gates: results, hygiene: survey.hygiene, policy });
}

function wantedBy({ phase, artifacts = [] }: CheckParameters): (path: string) => boolean {
  const globs = artifacts.map(({ path }) => expectedPath(phase, path));
  return (path) => globs.some((glob) => matchesGlob(glob, path));
}

function outcomeOf(report: GovernanceReport): ActionOutcome {
  const output = JSON.parse(JSON.stringify(report));
  if (report.passed) return { status: 'completed', output };
  const blocking = report.gates.filter(
    ({ passed, skipped, severity }) => !passed && !skipped && severity === 'error',
  );
  const which = blocking
    .slice(0, 5)
    .map(({ id, message }) => `${id} (${message.replace(/\.$/, '')})`);
  const more = blocking.length > 5 ? ` and ${blocking.length - 5} more` : '';
  const gates = blocking.length === 1 ? 'A gate' : `${blocking.length} gates`;
  const message = `${gates} of the phase ${report.phase} did not pass: ${which.join('; ')}${more}`;
  return {
    status: 'failed',
    error: { classification: 'validation', type: 'gate_blocked', message },
    output,
  };
}

function failedWorkspace({ kind, message }: WorkspaceError): ActionOutcome {
  const isPassing = kind === 'unavailable';
  return isPassing
    ? { status: 'failed', error: { classification: 'transient', type: 'workspace', message } }
    : refused('workspace', message);
}

function stopped({ signal }: ActionCall): ActionOutcome {
  const { reason } = signal;
  const isLate =
    reason === 'timeout' || (reason instanceof Error && reason.name === 'TimeoutError');
  const status = isLate ? 'timeout' : 'cancelled';
  const classification = isLate ? 'timeout' : 'permanent';
  const message = `The check was ${isLate ? 'out of time' : 'cancelled'}.`;
  return { status, error: { classification, type: status, message } };
}
