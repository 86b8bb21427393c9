/** Runs the command of a gate in the workspace, as `command.run` would. */
import type { Gate } from '@tenuto/contract';
import type { ActionCall, Clock, EvidenceFor } from '@tenuto/engine';
import type { Prepare } from '../command/launch.ts';
import { Refusal } from '../command/refusal.ts';
import { lastLines, notStarted } from '../command/verdict.ts';
import { CHECK_LIMITS } from './check-limits.ts';

const SECOND_MS = 1_000;

interface CommandPlace {
  readonly prepare: Prepare;
  readonly clock: Clock;
  readonly folder: string;
  readonly call: ActionCall;
}

export async function runCommandGate(
  gate: Extract<Gate, { type: 'command' }>,
  { prepare, clock, folder, call }: CommandPlace,
): Promise<EvidenceFor<'command'>> {
  const seconds = gate.timeout_seconds ?? CHECK_LIMITS.commandSeconds;
  const late = new AbortController();
  const cancel = clock.after(seconds * SECOND_MS, () => late.abort('timeout'));
  try {
    const signal = AbortSignal.any([call.signal, late.signal]);
    const request = {
      ...{ command: gate.command, cwd: folder, maxOutputBytes: CHECK_LIMITS.commandBytes },
    };
    const end = await (await prepare(request, { ...call, signal })).run();
    if (end.aborted && late.signal.aborted) {
      return { problem: `${gate.command[0]} had not ended after ${seconds} s, and was stopped.` };
    }
    const said = lastLines(end.stderr.text()) || lastLines(end.stdout.text());
    return { exitCode: end.exitCode, said };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message };
    return { problem: notStarted(error).message };
  } finally {
    cancel();
  }
}
