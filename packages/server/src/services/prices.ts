import {
  formatTime,
  type List,
  OrchestrationError,
  type Price,
  parseTime,
  type WritePrice,
} from '@tenuto/contract';
import {
  type Clock,
  type JobStore,
  nanoOf,
  type PriceContent,
  type PriceKey,
  type PriceRecord,
  type PriceStore,
} from '@tenuto/engine';
import { accessOf, authorize, type Caller } from '../auth/principal.ts';
import { isPlainText } from '../http/text.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { auditOf, refuseStale, stale, wantedVersion } from './job-state.ts';
import { listOf, type Paging, pageRequest } from './paging.ts';

/** What the services of prices work with. */
export interface PriceParts {
  readonly prices: PriceStore;
  readonly jobs: Pick<JobStore, 'submission'>;
  readonly clock: Pick<Clock, 'wall'>;
}

const WHAT = 'prices';
const byModel = {
  write: ({ model, effectiveFrom, priceId }: PriceKey) => [model, effectiveFrom, priceId],
  read: ([model, effectiveFrom, priceId]: readonly unknown[]): PriceKey | undefined =>
    typeof model === 'string' && typeof effectiveFrom === 'number' && typeof priceId === 'string'
      ? { model, effectiveFrom, priceId }
      : undefined,
};

export interface PriceQuery extends Paging {
  readonly model?: string;
  readonly at?: string;
  readonly shipped?: boolean;
}

/** By pattern; for one model the rows that it matches, with the one that is in force first. */
export async function listPrices(
  { prices, clock }: PriceParts,
  _caller: Caller,
  { model, at, shipped, ...paging }: PriceQuery,
): Promise<List<Price>> {
  const request = pageRequest(paging, byModel);
  const codec = { codec: byModel, key: (price: PriceRecord) => price, item: priceView };
  if (model === undefined) {
    const filter = shipped === undefined ? {} : { shipped };
    return listOf(await prices.list(filter, request), request, codec);
  }
  const when = at === undefined ? clock.wall() : timeOf(at, '/at');
  const all = (await prices.matching(model, when)).filter(
    (price) => shipped === undefined || (price.shipped ?? false) === shipped,
  );
  const { limit, offset } = request;
  const items = all.slice(offset, offset + limit);
  const page = { items, total: all.length, totalIsEstimate: false, hasMore: false };
  return listOf(page, request, codec);
}

/** @throws OrchestrationError 404 */
export async function getPrice(
  { prices }: PriceParts,
  _caller: Caller,
  priceId: string,
): Promise<Price> {
  return priceView(await findPrice(prices, priceId));
}

/** @throws OrchestrationError 400, 409 for a pattern that has a row from the same time on */
export async function createPrice(
  parts: PriceParts,
  caller: Caller,
  { body, key }: { readonly body: WritePrice; readonly key: string | undefined },
): Promise<Price> {
  authorize(caller.principal, 'admin', WHAT);
  const { owner } = accessOf(caller.principal);
  const content = contentOf(body);
  const priceId = await makeOnce(
    parts,
    { owner, idempotency: readIdempotency(key, ['price', body]), what: 'price' },
    {
      find: async (id) => (await parts.prices.find(id))?.priceId,
      async make(keyed) {
        const audit = auditOf(caller, 'price.created', '', { ...body });
        const made = await parts.prices.create({ owner, content, ...keyed, audit });
        if (made === 'taken') throw taken(content);
        return made === 'duplicate' ? made : made.priceId;
      },
    },
  );
  return priceView(await findPrice(parts.prices, priceId));
}

interface Change {
  readonly priceId: string;
  readonly ifMatch: string | undefined;
}

/**
 * Replaces a row. What was priced by it before stays as it was.
 * @throws OrchestrationError 400, 404, 409, 412
 */
export async function replacePrice(
  { prices }: PriceParts,
  caller: Caller,
  { priceId, ifMatch, body }: Change & { readonly body: WritePrice },
): Promise<Price> {
  authorize(caller.principal, 'admin', WHAT);
  const present = await toChange(prices, { priceId, ifMatch });
  const content = contentOf(body);
  const result = await prices.change({
    priceId: present.priceId,
    ...wantedVersion(present, ifMatch),
    content: { effectiveFrom: present.effectiveFrom, ...content },
    audit: auditOf(caller, 'price.updated', present.priceId, { ...body }),
  });
  if (result === 'taken') throw taken(content);
  const now = await findPrice(prices, priceId);
  if (result === 'stale') throw stale(now);
  return priceView(now);
}

/**
 * Deletes a row; the calls that it has priced keep its price.
 * @returns the row as it was
 * @throws OrchestrationError 404, 409 for one that comes with Tenuto, 412
 */
export async function deletePrice(
  { prices }: PriceParts,
  caller: Caller,
  change: Change,
): Promise<Price> {
  authorize(caller.principal, 'admin', WHAT);
  const present = await toChange(prices, change);
  const { priceId } = present;
  const removed = await prices.remove({
    ...{ priceId, ...wantedVersion(present, change.ifMatch) },
    audit: auditOf(caller, 'price.deleted', priceId, { ...priceView(present) }),
  });
  if (removed === 'missing') throw noPrice(priceId);
  if (removed === 'stale') throw stale(await findPrice(prices, priceId));
  return priceView(present);
}

async function toChange(prices: PriceStore, { priceId, ifMatch }: Change): Promise<PriceRecord> {
  const present = await findPrice(prices, priceId);
  if (present.shipped === true) {
    const detail = `The price of ${present.model} comes with Tenuto: add one of the same pattern, which wins.`;
    throw new OrchestrationError('conflict', detail);
  }
  refuseStale(present, ifMatch);
  return present;
}

async function findPrice(prices: PriceStore, priceId: string): Promise<PriceRecord> {
  const found = await prices.find(priceId.toLowerCase());
  if (found === undefined) throw noPrice(priceId);
  return found;
}

function noPrice(priceId: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no price ${priceId}.`);
}

function taken({ model }: PriceContent): OrchestrationError {
  const detail = `There is a price of ${model} from the same time on: change that one.`;
  return new OrchestrationError('conflict', detail);
}

/** @throws OrchestrationError 400 */
function contentOf(body: WritePrice): PriceContent {
  if (!isPlainText(body.model)) throw wrong('/model', 'has characters that are no text');
  const from =
    body.effective_from === undefined ? undefined : timeOf(body.effective_from, '/effective_from');
  const to = body.effective_to == null ? undefined : timeOf(body.effective_to, '/effective_to');
  if (to !== undefined && from !== undefined && to <= from) {
    throw wrong('/effective_to', 'is not after effective_from');
  }
  const { cached_input_usd_per_mtok: cached, reasoning_usd_per_mtok: reasoning } = body;
  return {
    model: body.model,
    input: decimalOf(body.input_usd_per_mtok, '/input_usd_per_mtok'),
    output: decimalOf(body.output_usd_per_mtok, '/output_usd_per_mtok'),
    ...(cached != null && { cachedInput: decimalOf(cached, '/cached_input_usd_per_mtok') }),
    ...(reasoning != null && { reasoning: decimalOf(reasoning, '/reasoning_usd_per_mtok') }),
    ...(from !== undefined && { effectiveFrom: from }),
    ...(to !== undefined && { effectiveTo: to }),
  };
}

const NANO_DIGITS = 9;

/** A number as the decimal that was written. */
function decimalOf(usd: number, path: string): string {
  const digits = nanoOf(usd)
    .toString()
    .padStart(NANO_DIGITS + 1, '0');
  const decimal = `${digits.slice(0, -NANO_DIGITS)}.${digits.slice(-NANO_DIGITS)}`;
  if (Number(decimal) !== usd) throw wrong(path, `has more than ${NANO_DIGITS} decimals`);
  return decimal;
}

function timeOf(text: string, path: string): number {
  const at = parseTime(text);
  if (at === undefined) throw wrong(path, 'is no time');
  return at;
}

function wrong(path: string, message: string): OrchestrationError {
  return new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message }],
  });
}

function priceView(price: PriceRecord): Price {
  const { cachedInput, reasoning, effectiveTo, updatedAt } = price;
  return {
    price_id: price.priceId,
    model: price.model,
    input_usd_per_mtok: Number(price.input),
    output_usd_per_mtok: Number(price.output),
    cached_input_usd_per_mtok: cachedInput === undefined ? null : Number(cachedInput),
    reasoning_usd_per_mtok: reasoning === undefined ? null : Number(reasoning),
    effective_from: formatTime(price.effectiveFrom),
    effective_to: effectiveTo === undefined ? null : formatTime(effectiveTo),
    shipped: price.shipped ?? false,
    updated_at: updatedAt === null ? null : formatTime(updatedAt),
    updated_by: price.updatedBy,
    version: price.version,
  };
}
