import type { Price, WritePrice } from '@tenuto/contract';
import { type ChangeOptions, createChanger, type SubmitOptions, submit } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { priceShape } from './money-shapes.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import type { TransportOptions } from './transport.ts';

export interface PriceQuery extends PageQuery {
  /** Only rows that this model matches, the one in force first. */
  readonly model?: string;
  /** In force at this time, RFC 3339. */
  readonly at?: string;
  /** Only those that come with Tenuto, or none of them. */
  readonly shipped?: boolean;
}

/** What tokens of models cost. Every function throws as `createClient` says. */
export interface Prices {
  create(body: WritePrice, options?: SubmitOptions): Promise<Price>;
  get(priceId: string, options?: CallOptions): Promise<Price>;
  /** By pattern. */
  list(query?: PriceQuery, options?: CallOptions): Listing<Price>;
  replace(priceId: string, body: WritePrice, options?: ChangeOptions): Promise<Price>;
  remove(priceId: string, options?: ChangeOptions): Promise<Price>;
}

const ROOT = '/prices';

export function createPrices(transport: TransportOptions): Prices {
  const shape = priceShape;
  const { read, list } = createReader(transport);
  const pathOf = (id: string) => `${ROOT}/${segment(id)}`;
  const change = createChanger(transport, { pathOf, shape });
  return {
    create: (body, options) => submit(transport, { path: ROOT, body, shape }, options),
    get: (priceId, options) => read(pathOf(priceId), shape, {}, options),
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    replace: (priceId, body, options) => change('PUT', priceId, options, body),
    remove: (priceId, options) => change('DELETE', priceId, options),
  };
}
