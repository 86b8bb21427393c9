import type { Price, WritePrice } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

export interface ListPricesOptions {
  /** Only what this model matches. */
  readonly model?: string;
  readonly own?: boolean;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto prices ls`: by pattern. */
export const listPrices: Command<[options: ListPricesOptions]> = async (session, options) => {
  const { model, own, limit: written } = options;
  const limit = readCount(written);
  const listing = session.client().prices.list({
    limit: Math.min(limit, PAGE),
    ...(model !== undefined && { model }),
    ...(own === true && { shipped: false }),
  });
  return showList(session, { listing, limit }, (prices) =>
    tableLines(
      ['MODEL', 'INPUT', 'OUTPUT', 'CACHED', 'REASONING', 'FROM', 'ID'],
      prices.map((price) => [
        printable(price.model),
        ...[price.input_usd_per_mtok, price.output_usd_per_mtok].map(String),
        ...[price.cached_input_usd_per_mtok, price.reasoning_usd_per_mtok].map(numberOrNone),
        ...(price.shipped ? ['shipped', ''] : [price.effective_from, price.price_id]),
      ]),
    ),
  );
};

const numberOrNone = (value: number | null) => (value === null ? '' : String(value));

export interface PriceOptions {
  readonly input: string;
  readonly output: string;
  readonly cached?: string;
  readonly reasoning?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `tenuto prices add MODEL`. */
export const addPrice: Command<[model: string, options: PriceOptions]> = async (
  { output, client },
  model,
  options,
) => {
  const price = await client().prices.create(bodyOf(model, options));
  output.result(price, () => priceLines(price));
  return EXIT.ok;
};

/** `tenuto prices set ID`: replaces a row. */
export const setPrice: Command<[priceId: string, options: PriceOptions]> = async (
  { output, client },
  priceId,
  options,
) => {
  const { prices } = client();
  const { model, effective_from: from } = await prices.get(priceId);
  const price = await prices.replace(priceId, bodyOf(model, { from, ...options }));
  output.result(price, () => priceLines(price));
  return EXIT.ok;
};

/** `tenuto prices rm ID`. */
export const removePrice: Command<[priceId: string]> = async ({ output, client }, priceId) => {
  const price = await client().prices.remove(priceId);
  output.result(price, () => [`The price of ${printable(price.model)} is deleted.`]);
  return EXIT.ok;
};

function bodyOf(model: string, options: PriceOptions): WritePrice {
  const { cached, reasoning, from, to } = options;
  return {
    model,
    input_usd_per_mtok: readUsd(options.input, '--input'),
    output_usd_per_mtok: readUsd(options.output, '--output'),
    ...(cached !== undefined && { cached_input_usd_per_mtok: readUsd(cached, '--cached') }),
    ...(reasoning !== undefined && { reasoning_usd_per_mtok: readUsd(reasoning, '--reasoning') }),
    ...(from !== undefined && { effective_from: from }),
    ...(to !== undefined && { effective_to: to }),
  };
}

/** @throws UsageError for what is no amount of money */
export function readUsd(text: string, what: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new UsageError(`${what} is an amount of USD such as 2.5; "${printable(text)}" is not.`);
}

function priceLines(price: Price): readonly string[] {
  const { cached_input_usd_per_mtok: cached, reasoning_usd_per_mtok: reasoning } = price;
  return [
    `${printable(price.model)} costs, in USD for a million tokens`,
    ...facts([
      ['input', String(price.input_usd_per_mtok)],
      ['cached', cached === null ? 'as input' : String(cached)],
      ['output', String(price.output_usd_per_mtok)],
      ['reasoning', reasoning === null ? 'as output' : String(reasoning)],
      ['from', price.effective_from],
      ['to', price.effective_to ?? ''],
      ['id', price.price_id],
    ]),
  ];
}
