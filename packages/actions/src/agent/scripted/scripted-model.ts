/**
 * The provider `scripted`: replays recorded answers through the interface that all providers have. It
 * asks nobody, so nobody is paid, and says so wherever its answers are shown.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import type { Clock, TokenUsage } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { stop } from '../failure.ts';
import type { AgentModel } from '../model/agent-model.ts';
import { wireName } from '../tool/tool-name.ts';
import { contentFor } from './content.ts';
import { type ScriptLibrary, type ScriptStep, stepsFor } from './library.ts';
import { filled, titleOf } from './placeholders.ts';
import { sampleOf } from './sample.ts';

const ContextSchema = Type.Object({
  agent: Type.String(),
  phase: Type.Optional(Type.String()),
  prompt: Type.String(),
  input: Type.Optional(Type.Unknown()),
  expected: Type.Array(
    Type.Object({
      path: Type.String(),
      type: Type.Optional(Type.String()),
      description: Type.Optional(Type.String()),
      required: Type.Boolean(),
    }),
  ),
  schema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
type Context = Static<typeof ContextSchema>;

const NOBODY: Context = { agent: 'agent', prompt: '', expected: [] };
/** Files that one step of an unscripted agent writes. */
const FILES_A_STEP = 3;
const DELTA_CHARS = 60;

/**
 * @param script its name; `default` takes whichever script fits the agent and what is expected of it
 * @throws AgentStop `unknown_model`
 */
export function scriptedModel(
  scripts: ScriptLibrary,
  script: string,
  clock: Pick<Clock, 'after'>,
): Omit<AgentModel, 'contextTokens' | 'maxOutputTokens'> {
  if (script !== 'default' && !scripts.has(script)) {
    const known = ['default', ...scripts.keys()].join(', ');
    throw stop(
      'validation',
      'unknown_model',
      `There is no script "${script}"; there are ${known}.`,
    );
  }
  const name = `scripted/${script}`;
  const stream = async (options: LanguageModelV4CallOptions) => {
    const step = stepOf(scripts, script, options);
    await delay(step.delay_ms ?? 0, { clock, signal: options.abortSignal });
    return ReadableStream.from(partsOf(step, options, script));
  };
  const language: LanguageModelV4 = {
    specificationVersion: 'v4',
    provider: 'scripted',
    modelId: script,
    supportedUrls: {},
    doGenerate: () => Promise.reject(new TypeError('The scripted model only streams.')),
    doStream: async (options) => ({ stream: await stream(options) }),
  };
  return { name, language, scripted: true, structured: true, mask: (text) => text };
}

/** Which step it is, the conversation tells: a script keeps no state. */
function stepOf(
  scripts: ScriptLibrary,
  script: string,
  { prompt, tools = [], providerOptions }: LanguageModelV4CallOptions,
): ScriptStep {
  const given: unknown = providerOptions?.scripted;
  const context = Check(ContextSchema, given) ? given : NOBODY;
  const index = prompt.filter(({ role }) => role === 'assistant').length;
  const canWrite = tools.some(({ name }) => name === wireName('workspace.write'));
  const recorded = stepsFor(scripts, script, contextOf(context));
  const steps = recorded ?? improvised(context, canWrite);
  const step = steps[index] ?? lastWord(context);
  return filled(step, context);
}

function contextOf({ agent, phase, prompt, input, expected }: Context) {
  return { agent, prompt, input, expected, ...(phase !== undefined && { phase }) };
}

/** What an agent does of whom nothing is recorded: it writes each file that is expected of it. */
function improvised(context: Context, canWrite: boolean): readonly ScriptStep[] {
  const { expected, agent, phase, prompt } = context;
  const about = { title: titleOf(context), agent, prompt, ...(phase !== undefined && { phase }) };
  const steps: ScriptStep[] = [];
  for (let from = 0; canWrite && from < expected.length; from += FILES_A_STEP) {
    const files = expected.slice(from, from + FILES_A_STEP);
    steps.push({
      text: `I write ${files.map(({ path }) => path).join(', ')}.`,
      tool_calls: files.map((file) => ({
        tool: 'workspace.write',
        input: { path: file.path, content: contentFor(file, about) },
      })),
    });
  }
  return [...steps, lastWord(context)];
}

function lastWord(context: Context): ScriptStep {
  if (context.schema !== undefined) {
    // It came with the agent's parameters, which are JSON.
    const schema = JSON.parse(JSON.stringify(context.schema));
    return { text: JSON.stringify(sampleOf(schema, titleOf(context))) };
  }
  const files = context.expected.map(({ path }) => `\n- ${path}`).join('');
  const left = files === '' ? '' : ` It has left:${files}`;
  return { text: `(scripted) ${context.agent} is done with: ${titleOf(context)}.${left}` };
}

async function* partsOf(
  step: ScriptStep,
  options: LanguageModelV4CallOptions,
  script: string,
): AsyncGenerator<LanguageModelV4StreamPart> {
  const { text = '', tool_calls: calls = [] } = step;
  yield { type: 'stream-start', warnings: [] };
  yield { type: 'response-metadata', modelId: script };
  if (text !== '') {
    yield { type: 'text-start', id: '0' };
    for (let at = 0; at < text.length; at += DELTA_CHARS) {
      yield { type: 'text-delta', id: '0', delta: text.slice(at, at + DELTA_CHARS) };
    }
    yield { type: 'text-end', id: '0' };
  }
  for (const [index, { tool, input }] of calls.entries()) {
    const toolCallId = `call_${index + 1}`;
    yield { type: 'tool-call', toolCallId, toolName: wireName(tool), input: JSON.stringify(input) };
  }
  const unified = calls.length > 0 ? 'tool-calls' : (step.finish ?? 'stop').replace('_', '-');
  yield {
    type: 'finish',
    finishReason: { unified: finishOf(unified), raw: unified },
    usage: told(usageOf(step, options)),
  };
}

function finishOf(word: string) {
  return word === 'tool-calls' || word === 'length' || word === 'content-filter' ? word : 'stop';
}

/** Tokens as plausible as four bytes each make them. */
function usageOf(
  { usage, text = '', tool_calls: calls = [] }: ScriptStep,
  { prompt, tools = [] }: LanguageModelV4CallOptions,
): TokenUsage {
  if (usage !== undefined) return { cached: 0, reasoning: 0, ...usage };
  const input = Math.ceil(Buffer.byteLength(JSON.stringify([prompt, tools])) / 4);
  const said = calls.length === 0 ? text : text + JSON.stringify(calls);
  return { input, output: Math.ceil(Buffer.byteLength(said) / 4), cached: 0, reasoning: 0 };
}

function told({ input, output, cached, reasoning }: TokenUsage) {
  return {
    inputTokens: { total: input, noCache: input - cached, cacheRead: cached, cacheWrite: 0 },
    outputTokens: { total: output, text: output - reasoning, reasoning },
  };
}

function delay(
  ms: number,
  { clock, signal }: { clock: Pick<Clock, 'after'>; signal: AbortSignal | undefined },
): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, resolve);
    signal?.addEventListener('abort', () => {
      cancel();
      reject(signal.reason);
    });
  });
}
