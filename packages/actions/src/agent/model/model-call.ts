/** One call of one model: its stream, gathered into an answer. */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { isJSONObject } from '@ai-sdk/provider';
import type { TokenUsage } from '@tenuto/engine';
import { AGENT_LIMITS } from '../limits.ts';
import type { AnswerPart, Finish } from '../turn.ts';

export interface ModelAnswer {
  readonly parts: readonly AnswerPart[];
  readonly finish: Finish;
  readonly usage: TokenUsage;
  /** As the provider names the model that answered. */
  readonly served?: string;
}

/** The provider broke off, or said something that is no answer; it may have been paid for. */
export class BrokenAnswer extends Error {
  readonly type: 'interrupted' | 'too_long' | 'model_error';

  constructor(type: BrokenAnswer['type'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.type = type;
  }
}

/**
 * @param onText is given the text as it comes
 * @throws BrokenAnswer, and what the provider throws
 */
export async function callModel(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  onText: (delta: string) => void,
): Promise<ModelAnswer> {
  const { stream } = await model.doStream(options);
  const answer = new Gathering(onText);
  for await (const part of stream) answer.take(part);
  return answer.whole();
}

interface Block {
  readonly type: 'text' | 'reasoning';
  text: string;
  metadata: SharedV4ProviderMetadata | undefined;
}

class Gathering {
  readonly #onText: (delta: string) => void;
  readonly #parts: (AnswerPart | Block)[] = [];
  readonly #open = new Map<string, Block>();
  #chars = 0;
  #served: string | undefined;
  #end: { readonly finish: LanguageModelV4FinishReason; readonly usage: TokenUsage } | undefined;

  constructor(onText: (delta: string) => void) {
    this.#onText = onText;
  }

  take(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
        this.#block(part.type === 'text-start' ? 'text' : 'reasoning', part);
        return;
      case 'text-delta':
      case 'reasoning-delta':
        this.#add(part.type === 'text-delta' ? 'text' : 'reasoning', part);
        return;
      case 'text-end':
      case 'reasoning-end': {
        const block = this.#open.get(part.id);
        if (block !== undefined) block.metadata = part.providerMetadata ?? block.metadata;
        this.#open.delete(part.id);
        return;
      }
      case 'tool-call':
        if (part.providerExecuted !== true) this.#call(part);
        return;
      case 'response-metadata':
        this.#served = part.modelId ?? this.#served;
        return;
      case 'finish':
        this.#end = { finish: part.finishReason, usage: usageOf(part.usage) };
        return;
      case 'error':
        throw part.error;
    }
  }

  whole(): ModelAnswer {
    const reason = this.#end?.finish.unified;
    if (this.#end === undefined || reason === 'interrupted') {
      throw new BrokenAnswer('interrupted', 'The provider broke off in the middle of its answer.');
    }
    if (reason === 'error') throw new BrokenAnswer('model_error', 'The model ended with an error.');
    const parts = this.#parts.flatMap(closedPart);
    const finish = finishOf(reason, parts);
    const served = this.#served;
    return { parts, finish, usage: this.#end.usage, ...(served !== undefined && { served }) };
  }

  #block(
    type: Block['type'],
    { id, providerMetadata: metadata }: { id: string; providerMetadata?: SharedV4ProviderMetadata },
  ): Block {
    const block: Block = { type, text: '', metadata };
    this.#open.set(id, block);
    this.#parts.push(block);
    return block;
  }

  #add(
    type: Block['type'],
    part: { id: string; delta: string; providerMetadata?: SharedV4ProviderMetadata },
  ): void {
    const block = this.#open.get(part.id) ?? this.#block(type, part);
    block.text += part.delta;
    block.metadata = part.providerMetadata ?? block.metadata;
    this.#count(part.delta.length);
    if (type === 'text') this.#onText(part.delta);
  }

  #call(part: Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>): void {
    this.#count(part.input.length);
    const taken = new Set(this.#parts.map((each) => ('id' in each ? each.id : '')));
    const id = freshId(part.toolCallId, taken);
    const options = part.providerMetadata;
    this.#parts.push({
      ...{ type: 'tool_call', id, name: part.toolName, input: part.input },
      ...(options !== undefined && { options }),
    });
  }

  #count(chars: number): void {
    this.#chars += chars;
    if (this.#chars <= AGENT_LIMITS.answerChars) return;
    const message = `The answer has more than ${AGENT_LIMITS.answerChars} characters.`;
    throw new BrokenAnswer('too_long', message);
  }
}

/** Servers there are that give several calls one id, or none. */
function freshId(id: string, taken: ReadonlySet<string>): string {
  const base = id.slice(0, 120) || 'call';
  let fresh = base;
  for (let number = 2; taken.has(fresh); number += 1) fresh = `${base}-${number}`;
  return fresh;
}

function closedPart(part: AnswerPart | Block): readonly AnswerPart[] {
  if (!('metadata' in part)) return [part];
  const { type, text, metadata } = part;
  if (text === '' && metadata === undefined) return [];
  return [
    {
      type,
      text: text.toWellFormed(),
      ...(metadata !== undefined && { options: plain(metadata) }),
    },
  ];
}

function plain(metadata: SharedV4ProviderMetadata): SharedV4ProviderMetadata {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => isJSONObject(value)));
}

const FINISHES: ReadonlyMap<string, Finish> = new Map<string, Finish>([
  ['stop', 'stop'],
  ['length', 'length'],
  ['content-filter', 'content_filter'],
  ['tool-calls', 'tool_calls'],
]);

/** Some servers say `stop` and call tools all the same. */
function finishOf(reason: string | undefined, parts: readonly AnswerPart[]): Finish {
  const finish = FINISHES.get(reason ?? '') ?? 'other';
  const calls = parts.some(({ type }) => type === 'tool_call');
  return calls && (finish === 'stop' || finish === 'other') ? 'tool_calls' : finish;
}

function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): TokenUsage {
  return {
    input: countOf(inputTokens.total),
    output: countOf(outputTokens.total),
    cached: countOf(inputTokens.cacheRead),
    reasoning: countOf(outputTokens.reasoning),
  };
}

/** Providers there are that count below zero, or in fractions. */
function countOf(tokens: number | undefined): number {
  if (tokens === undefined || Number.isNaN(tokens)) return 0;
  return Math.min(Math.max(0, Math.trunc(tokens)), AGENT_LIMITS.usageTokens);
}
