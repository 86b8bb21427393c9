/** A conversation in a form of its own: it is hashed, recorded, shortened, and sent to any provider. */
import type { Json, JsonObject } from '@tenuto/contract';
import type { TokenUsage } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';

const options = Type.Optional(
  Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
);

const AnswerPartSchema = Type.Union([
  Type.Object({ type: Type.Literal('text'), text: Type.String(), options }),
  Type.Object({ type: Type.Literal('reasoning'), text: Type.String(), options }),
  Type.Object({
    type: Type.Literal('tool_call'),
    id: Type.String(),
    name: Type.String(),
    input: Type.String(),
    options,
  }),
]);
export type AnswerPart = Static<typeof AnswerPartSchema>;
export type ToolCallPart = Extract<AnswerPart, { type: 'tool_call' }>;

const FINISHES = ['stop', 'length', 'content_filter', 'tool_calls', 'other'] as const;

/** What a model has answered, as it is recorded. */
const AnswerSchema = Type.Object({
  parts: Type.Array(AnswerPartSchema),
  finish: Type.Enum([...FINISHES]),
  /** The model that was asked, as `provider/model`. */
  model: Type.String(),
});
export type Answer = Static<typeof AnswerSchema>;
export type Finish = (typeof FINISHES)[number];

/** What a tool has answered, as it is recorded. */
const ToolAnswerSchema = Type.Object({
  text: Type.String(),
  isError: Type.Boolean(),
  paths: Type.Optional(Type.Array(Type.String())),
});
export type ToolAnswer = Static<typeof ToolAnswerSchema>;

export interface ToolResult {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isError: boolean;
}

export type Turn =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly parts: readonly AnswerPart[]; readonly model: string }
  | { readonly role: 'tool'; readonly results: readonly ToolResult[] };

/** A tool as a model is told of it. */
export interface ToolSpec {
  /** As providers take names: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

/** One question to a model. Its hash leaves out the model: a cheaper one may be asked the same. */
export interface Question {
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolSpec[];
  readonly maxOutputTokens: number;
  readonly temperature?: number;
  /** The schema that the answer has to fit, where the provider is to keep to it. */
  readonly schema?: JsonObject;
}

/** @returns undefined when what was recorded is no answer */
export function readAnswer(recorded: Json): Answer | undefined {
  return Check(AnswerSchema, recorded) ? recorded : undefined;
}

/** @returns undefined when what was recorded is no answer of a tool */
export function readToolAnswer(recorded: Json): ToolAnswer | undefined {
  return Check(ToolAnswerSchema, recorded) ? recorded : undefined;
}

export const NO_USAGE: TokenUsage = { input: 0, output: 0, cached: 0, reasoning: 0 };

export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cached: a.cached + b.cached,
    reasoning: a.reasoning + b.reasoning,
  };
}

export function textOf({ parts }: Pick<Answer, 'parts'>): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
}

export function toolCallsOf({ parts }: Pick<Answer, 'parts'>): readonly ToolCallPart[] {
  return parts.filter((part) => part.type === 'tool_call');
}
