import type { Json, JsonObject } from '@tenuto/contract';
import { type ActionOutcome, type TakenUp, WorkspaceError } from '@tenuto/engine';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { type CommandOptions, commandRun } from '../../command/index.ts';
import { createLeftOutTeller } from '../../left-out.ts';
import { isObject } from '../json-object.ts';
import { type AgentTool, answer, refusal, type ToolUse } from './agent-tool.ts';
import { derivedCall } from './derived-call.ts';
import { wireName } from './tool-name.ts';
import type { NoteOf } from './workspace-tools.ts';

const INPUT = Type.Object(
  {
    command: Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 200,
      description: 'The program, then its arguments. There is no shell.',
    }),
    cwd: Type.Optional(Type.String({ description: 'A folder of the workspace.' })),
    stdin: Type.Optional(Type.String()),
    timeout_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_600 })),
  },
  { additionalProperties: false },
);

const DEFAULT_SECONDS = 120;
const OUTPUT_BYTES = 24 * 1024;

/** `command.run` in the workspace: the operator's list of programs holds here too. */
export function commandTool(commands: CommandOptions, noteOf: NoteOf): AgentTool {
  const name = 'command.run';
  const inputSchema: JsonObject = JSON.parse(JSON.stringify(INPUT));
  const description =
    'Runs a program in the workspace and takes its exit code and output. The operator says which programs may be run.';
  const tell = createLeftOutTeller();
  return {
    name,
    spec: { name: wireName(name), description, inputSchema },
    repeatable: false,
    async run(input, use) {
      const given: unknown = input;
      if (!Check(INPUT, given)) return refusal(`${name}: the input does not fit its schema.`);
      const { timeout_seconds: seconds = DEFAULT_SECONDS, ...command } = given;
      const outcome = await runWithin(commands, use, { command, seconds });
      use.session.check();
      const taken = await takenUp(use, noteOf);
      if (typeof taken === 'string') {
        return refusal(`${toldOf(outcome, [], seconds)}\nIts files are not kept: ${taken}`);
      }
      const files = taken.files.map(({ path }) => path);
      const lost = tell(taken.leftOut);
      for (const line of lost) use.session.say(line);
      const said = [toldOf(outcome, files, seconds), ...lost].join('\n');
      return 'status' in outcome && hasRun(outcome) ? answer(said, files) : refusal(said);
    },
  };
}

interface Running {
  readonly command: JsonObject;
  readonly seconds: number;
}

async function runWithin(
  commands: CommandOptions,
  use: ToolUse,
  { command, seconds }: Running,
): Promise<ActionOutcome> {
  const { call, parts, workspace } = use.session;
  const timer = new AbortController();
  const cancel = parts.clock.after(seconds * 1_000, () => timer.abort('timeout'));
  try {
    const action = commandRun({ ...commands, root: workspace.folder });
    const input = { ...command, max_output_bytes: OUTPUT_BYTES };
    const signal = AbortSignal.any([call.signal, timer.signal]);
    return await action.run(derivedCall(use, { uses: 'command.run', input, signal }));
  } finally {
    cancel();
  }
}

/** @returns a sentence when there is no room for what it has left: the model can remove some of it */
async function takenUp(
  { session: { workspace } }: ToolUse,
  noteOf: NoteOf,
): Promise<TakenUp | string> {
  try {
    return await workspace.takeUp(noteOf);
  } catch (thrown) {
    if (!(thrown instanceof WorkspaceError) || thrown.kind === 'unavailable') throw thrown;
    return thrown.message;
  }
}

function hasRun(outcome: ActionOutcome): boolean {
  return 'output' in outcome && outcome.output !== undefined;
}

function toldOf(outcome: ActionOutcome, files: readonly string[], seconds: number): string {
  const error = 'error' in outcome ? outcome.error : undefined;
  const output = 'output' in outcome ? fieldsOf(outcome.output) : {};
  const lines = [
    ...(error?.type === 'timeout' ? [`It was stopped after ${seconds} s.`] : []),
    ...(typeof output.exit_code === 'number' ? [`exit code: ${output.exit_code}`] : []),
    ...(error !== undefined && output.exit_code === undefined ? [error.message] : []),
    ...stream('stdout', output.stdout),
    ...stream('stderr', output.stderr),
    ...(files.length > 0 ? [`files changed: ${files.slice(0, 100).join(', ')}`] : []),
  ];
  return lines.join('\n');
}

function stream(name: string, text: Json | undefined): readonly string[] {
  return typeof text === 'string' && text !== '' ? [`${name}:`, text] : [];
}

function fieldsOf(output: Json | undefined): JsonObject {
  return isObject(output) ? output : {};
}
