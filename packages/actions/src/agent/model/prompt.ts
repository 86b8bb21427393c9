/** From a conversation of ours to the form that providers take. */
import {
  isJSONObject,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Message,
  type LanguageModelV4Prompt,
  type SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import type { AnswerPart, Question, Turn } from '../turn.ts';
import type { AgentModel } from './agent-model.ts';

/** The question as the options of one call. */
export function callOptions(question: Question, model: AgentModel): LanguageModelV4CallOptions {
  const { tools, maxOutputTokens, temperature, schema } = question;
  return {
    prompt: promptOf(question, model.name),
    maxOutputTokens,
    ...(temperature !== undefined && { temperature }),
    ...(tools.length > 0 && {
      tools: tools.map((tool) => ({ type: 'function', ...tool })),
      toolChoice: { type: 'auto' },
    }),
    ...(schema !== undefined && {
      responseFormat: { type: 'json', ...(model.structured && { schema }), name: 'answer' },
      // Strictly, OpenAI refuses most schemas; the answer is held against the schema here.
      providerOptions: { openai: { strictJsonSchema: false } },
    }),
  };
}

function promptOf({ system, turns }: Question, model: string): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = [{ role: 'system', content: system }];
  for (const turn of turns) prompt.push(messageOf(turn, model));
  return prompt;
}

function messageOf(turn: Turn, model: string): LanguageModelV4Message {
  switch (turn.role) {
    case 'user':
      return { role: 'user', content: [{ type: 'text', text: turn.text }] };
    case 'assistant':
      return {
        role: 'assistant',
        content: turn.parts.flatMap((part) => partOf(part, turn.model === model)),
      };
    case 'tool':
      return {
        role: 'tool',
        content: turn.results.map(({ id, name, text, isError }) => ({
          type: 'tool-result',
          toolCallId: id,
          toolName: name,
          output: { type: isError ? 'error-text' : 'text', value: text },
        })),
      };
  }
}

type Content = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];

/** What a model has thought is for itself: another one can do nothing with it. */
function partOf(part: AnswerPart, own: boolean): Content {
  const options = own ? optionsOf(part) : {};
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, ...options }];
    case 'reasoning':
      return own ? [{ type: 'reasoning', text: part.text, ...options }] : [];
    case 'tool_call': {
      const { id: toolCallId, name: toolName } = part;
      return [{ type: 'tool-call', toolCallId, toolName, input: inputOf(part.input), ...options }];
    }
  }
}

function optionsOf({ options }: AnswerPart): { providerOptions?: SharedV4ProviderOptions } {
  if (options === undefined) return {};
  const providerOptions: SharedV4ProviderOptions = {};
  for (const [name, value] of Object.entries(options)) {
    if (isJSONObject(value)) providerOptions[name] = value;
  }
  return { providerOptions };
}

/** Providers take an object only; what was none is told to the model as a failure of the call. */
function inputOf(text: string): unknown {
  try {
    const input: unknown = JSON.parse(text);
    return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
  } catch {
    return {};
  }
}
