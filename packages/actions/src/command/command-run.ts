import type { Json, JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionError, ActionOutcome } from '@tenuto/engine';
import type { Static } from 'typebox';
import type { ActionDefinition } from '../action.ts';
import { createLauncher, type Prepare, withRefusals } from './launch.ts';
import { COMMAND_LIMITS, type CommandOptions } from './options.ts';
import { CommandParameters, parseParameters } from './parameters.ts';
import type { ProcessEnd } from './process-group.ts';
import { abortedBy, verdict } from './verdict.ts';

/**
 * The action `command.run`: one program, without a shell, in a process group of its own.
 *
 * Its output is `{exit_code, signal, stdout, stderr, stdout_truncated, duration_ms, json?}`, also
 * when it fails after having run. When the attempt ends, everything in the process group ends.
 * After a `kill -9` of the server, on Linux with `setpriv` the program itself is killed too;
 * elsewhere, and for what it had started in turn, processes may survive.
 */
export function commandRun(options: CommandOptions): ActionDefinition {
  const prepare = createLauncher(options);
  return {
    name: 'command.run',
    description: 'Runs a program on the server and takes its output.',
    parameters: CommandParameters,
    secretFields: ['env', 'stdin'],
    run: (call) => withRefusals(() => runCommand(prepare, call)),
  };
}

async function runCommand(prepare: Prepare, call: ActionCall): Promise<ActionOutcome> {
  const parameters = parseParameters(CommandParameters, call.with);
  const prepared = await prepare(
    { ...parameters, maxOutputBytes: parameters.max_output_bytes ?? COMMAND_LIMITS.outputBytes },
    call,
  );
  if (call.signal.aborted) return abortedBy(call);
  return outcomeOf(await prepared.run(), call, parameters);
}

function outcomeOf(
  end: ProcessEnd,
  call: ActionCall,
  parameters: Static<typeof CommandParameters>,
): ActionOutcome {
  const keep = parameters.output !== 'none';
  const output: JsonObject = {
    exit_code: end.exitCode,
    signal: end.signal,
    stdout: keep ? end.stdout.text() : '',
    stderr: keep ? end.stderr.text() : '',
    stdout_truncated: keep && end.stdout.cutBytes() > 0,
    duration_ms: Math.round(end.durationMs),
  };
  const failure = verdict(end, call, parameters.expected_exit_codes ?? [0]);
  if (failure !== undefined) return { ...failure, output };
  if (parameters.output !== 'json') return { status: 'completed', output };
  const parsed = parseOutput(end);
  return 'error' in parsed
    ? { status: 'failed', error: parsed.error, output }
    : { status: 'completed', output: { ...output, json: parsed.json } };
}

function parseOutput(end: ProcessEnd): { readonly json: Json } | { readonly error: ActionError } {
  if (end.stdout.cutBytes() > 0) {
    const error: ActionError = {
      classification: 'validation',
      type: 'output_too_large',
      message: `The standard output is ${end.stdout.cutBytes()} bytes too long to be read as JSON; raise \`max_output_bytes\` or print less.`,
    };
    return { error };
  }
  try {
    return { json: JSON.parse(end.stdout.text()) };
  } catch {
    // The parser's own message quotes the text, which belongs into the output only.
    const message =
      'The standard output is not one JSON value; print nothing else to it, logs go to the standard error.';
    return { error: { classification: 'unknown', type: 'output_not_json', message } };
  }
}
