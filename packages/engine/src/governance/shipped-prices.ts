import type { ModelPrice } from './price.ts';
import { RECORDED_PROVIDER } from './recorded.ts';

/** USD per million tokens: input, output, and input that was cached, as their makers list them. */
const LIST: readonly (readonly [model: string, input: string, output: string, cached?: string])[] =
  [
    ['anthropic/claude-opus-4-5*', '5', '25', '0.5'],
    ['anthropic/claude-opus-4*', '15', '75', '1.5'],
    ['anthropic/claude-sonnet-4*', '3', '15', '0.3'],
    ['anthropic/claude-haiku-4-5*', '1', '5', '0.1'],
    ['anthropic/claude-3-7-sonnet*', '3', '15', '0.3'],
    ['anthropic/claude-3-5-sonnet*', '3', '15', '0.3'],
    ['anthropic/claude-3-5-haiku*', '0.8', '4', '0.08'],
    ['anthropic/claude-3-haiku*', '0.25', '1.25', '0.03'],
    ['anthropic/claude-3-opus*', '15', '75', '1.5'],
    ['openai/gpt-5*', '1.25', '10', '0.125'],
    ['openai/gpt-5-mini*', '0.25', '2', '0.025'],
    ['openai/gpt-5-nano*', '0.05', '0.4', '0.005'],
    ['openai/gpt-5-pro*', '15', '120'],
    ['openai/gpt-4.1*', '2', '8', '0.5'],
    ['openai/gpt-4.1-mini*', '0.4', '1.6', '0.1'],
    ['openai/gpt-4.1-nano*', '0.1', '0.4', '0.025'],
    ['openai/gpt-4o*', '2.5', '10', '1.25'],
    ['openai/gpt-4o-mini*', '0.15', '0.6', '0.075'],
    ['openai/o1*', '15', '60', '7.5'],
    ['openai/o3*', '2', '8', '0.5'],
    ['openai/o3-mini*', '1.1', '4.4', '0.55'],
    ['openai/o4-mini*', '1.1', '4.4', '0.275'],
    ['google/gemini-3-pro*', '2', '12', '0.2'],
    ['google/gemini-2.5-pro*', '1.25', '10', '0.125'],
    ['google/gemini-2.5-flash*', '0.3', '2.5', '0.03'],
    ['google/gemini-2.5-flash-lite*', '0.1', '0.4', '0.01'],
    ['google/gemini-2.0-flash*', '0.1', '0.4', '0.025'],
    // Recorded answers cost nothing; what they would cost is shown all the same.
    [`${RECORDED_PROVIDER}/*`, '1', '4', '0.1'],
  ];

const SINCE = Date.UTC(2020, 0, 1);

/** What comes with Tenuto; rows that are stored under the same pattern win. */
export const SHIPPED_PRICES: readonly ModelPrice[] = LIST.map(([model, input, output, cached]) => ({
  ...{ model, input, output, effectiveFrom: SINCE, shipped: true },
  ...(cached !== undefined && { cachedInput: cached }),
}));
