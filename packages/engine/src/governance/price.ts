import type { TokenUsage } from '../ports/call-ledger.ts';
import { nanoOf } from './money.ts';

/** USD per million tokens, in decimals as they were written. */
export interface PriceRates {
  readonly input: string;
  readonly output: string;
  /** Absent: as input. */
  readonly cachedInput?: string;
  /** Absent: as output. */
  readonly reasoning?: string;
}

/** A row of the price table. Times in milliseconds since the epoch. */
export interface ModelPrice extends PriceRates {
  /** `provider/model`, in which `*` stands for any characters. */
  readonly model: string;
  readonly effectiveFrom: number;
  /** Up to, and not including. */
  readonly effectiveTo?: number;
  /** It comes with Tenuto; a stored row of the same pattern wins. */
  readonly shipped?: boolean;
}

/** What a call is made of before anybody has counted its tokens. */
export interface CallEstimate {
  readonly inputBytes: number;
  readonly maxOutputTokens: number;
}

const TOKENS_PER_UNIT = 1_000_000n;
/** Bytes that a token has, as a rule: for what is expected, not for what is possible. */
const BYTES_PER_TOKEN = 4;

/**
 * What a call costs, in nano-USD: the exact sum over its tokens, rounded half up once. `cached` is a
 * part of `input`, `reasoning` a part of `output`.
 */
export function costOf(price: PriceRates, usage: TokenUsage): number {
  const cached = Math.min(usage.cached, usage.input);
  const reasoning = Math.min(usage.reasoning, usage.output);
  return perMillion([
    [usage.input - cached, price.input],
    [cached, price.cachedInput ?? price.input],
    [usage.output - reasoning, price.output],
    [reasoning, price.reasoning ?? price.output],
  ]);
}

/** What a call costs at most: a token for every byte, and all the output that it may have. */
export function upperCost(price: PriceRates, call: CallEstimate): number {
  return perMillion([
    [call.inputBytes, dearer(price.input, price.cachedInput)],
    [call.maxOutputTokens, dearer(price.output, price.reasoning)],
  ]);
}

/**
 * What a call will probably cost.
 * @param averageOutput tokens that calls of the model had on average; absent, no output is counted
 */
export function expectedCost(
  price: PriceRates,
  call: CallEstimate,
  averageOutput: number | undefined,
): number {
  const output = Math.min(Math.round(averageOutput ?? 0), call.maxOutputTokens);
  const cost = perMillion([
    [Math.ceil(call.inputBytes / BYTES_PER_TOKEN), price.input],
    [output, price.output],
  ]);
  return Math.min(cost, upperCost(price, call));
}

/**
 * The price of a model at a time: of all rows in force that match, the most specific pattern; of the
 * same pattern, a stored row before one that comes with Tenuto, and the latest.
 * @param model `provider/model`
 * @param at milliseconds since the epoch
 */
export function priceInForce<Price extends ModelPrice>(
  prices: readonly Price[],
  model: string,
  at: number,
): Price | undefined {
  let best: Price | undefined;
  for (const price of prices) {
    const inForce =
      price.effectiveFrom <= at && at < (price.effectiveTo ?? Number.POSITIVE_INFINITY);
    if (!inForce || !matchesModel(price.model, model)) continue;
    if (best === undefined || comesBefore(price, best)) best = price;
  }
  return best;
}

/** Whether a pattern stands for a model. */
export function matchesModel(pattern: string, model: string): boolean {
  const [head = '', ...parts] = pattern.split('*');
  const tail = parts.pop();
  if (tail === undefined) return pattern === model;
  if (!model.startsWith(head) || model.length < head.length + tail.length) return false;
  let at = head.length;
  const end = model.length - tail.length;
  for (const part of parts) {
    const found = model.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return model.endsWith(tail);
}

function comesBefore(one: ModelPrice, other: ModelPrice): boolean {
  const [a, b] = [specificity(one.model), specificity(other.model)];
  if (a !== b) return a > b;
  if (one.model !== other.model) return one.model < other.model;
  if ((one.shipped ?? false) !== (other.shipped ?? false)) return other.shipped === true;
  return one.effectiveFrom > other.effectiveFrom;
}

/** Letters that are given; a pattern without `*` is above all. */
function specificity(pattern: string): number {
  return pattern.includes('*') ? pattern.replaceAll('*', '').length : Number.POSITIVE_INFINITY;
}

function dearer(usual: string, special: string | undefined): string {
  return special !== undefined && nanoOf(special) > nanoOf(usual) ? special : usual;
}

function perMillion(parts: readonly (readonly [tokens: number, usd: string])[]): number {
  let sum = 0n;
  for (const [tokens, usd] of parts) sum += BigInt(tokens) * nanoOf(usd);
  return Number((sum + TOKENS_PER_UNIT / 2n) / TOKENS_PER_UNIT);
}
