import { type ModelPrice, priceInForce, SHIPPED_PRICES } from '@tenuto/engine';
import type pg from 'pg';

export interface PriceColumns {
  readonly model: string;
  readonly input: string;
  readonly output: string;
  readonly cached: string | null;
  readonly reasoning: string | null;
  readonly effective_from: number;
  readonly effective_to: number | null;
}

/** Trailing zeros of a numeric's scale say nothing. */
const DECIMAL = (column: string) => `trim_scale(p.${column})::text`;
export const PRICE_COLUMNS = `p.model, ${DECIMAL('input_usd_per_mtok')} as input,
  ${DECIMAL('output_usd_per_mtok')} as output, ${DECIMAL('cached_input_usd_per_mtok')} as cached,
  ${DECIMAL('reasoning_usd_per_mtok')} as reasoning,
  (extract(epoch from p.effective_from) * 1000)::float8 as effective_from,
  (extract(epoch from p.effective_to) * 1000)::float8 as effective_to`;

/** A row of the table, as what is computed with. */
export function priceOf(row: PriceColumns): ModelPrice {
  return {
    model: row.model,
    input: row.input,
    output: row.output,
    effectiveFrom: row.effective_from,
    ...(row.cached !== null && { cachedInput: row.cached }),
    ...(row.reasoning !== null && { reasoning: row.reasoning }),
    ...(row.effective_to !== null && { effectiveTo: row.effective_to }),
  };
}

/**
 * The price of each of the models at a time, stored rows and those that come with Tenuto together.
 * @param at milliseconds since the epoch
 */
export async function pricesOf(
  db: Pick<pg.ClientBase, 'query'>,
  models: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, ModelPrice>> {
  const { rows } = await db.query<PriceColumns>(
    `select ${PRICE_COLUMNS} from prices p where p.effective_from <= to_timestamp($1::float8 / 1000)
       and (p.effective_to is null or p.effective_to > to_timestamp($1::float8 / 1000))`,
    [at],
  );
  const all = [...rows.map(priceOf), ...SHIPPED_PRICES];
  const found = new Map<string, ModelPrice>();
  for (const model of models) {
    const price = priceInForce(all, model, at);
    if (price !== undefined) found.set(model, price);
  }
  return found;
}
