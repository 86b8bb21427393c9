import { createHash } from 'node:crypto';
import {
  type ModelPrice,
  matchesModel,
  type NewPrice,
  type Page,
  type PageRequest,
  type PriceChange,
  type PriceContent,
  type PriceKey,
  type PriceRecord,
  type PriceStore,
  priceInForce,
  SHIPPED_PRICES,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { freshPart } from './idempotency.ts';
import { PRICE_COLUMNS, type PriceColumns, priceOf, pricesOf } from './prices-in-force.ts';
import { uniqueViolation } from './unique-violation.ts';

const MODEL_INDEX = 'prices_model';
const COLUMNS = `p.price_id, p.updated_at, p.updated_by, p.version, ${PRICE_COLUMNS}`;

interface Row extends PriceColumns {
  readonly price_id: string;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly version: number;
}

export function createPriceStore(db: Database): PriceStore {
  return {
    create: (price) => createPrice(db, price),
    find: (priceId) => findPrice(db, priceId),
    list: (filter, page) => listPrices(db, filter, page),
    matching: (model, at) => matchingPrices(db, model, at),
    change: (change) => changePrice(db, change),
    remove: (change) => removePrice(db, change),
    async unpriced(models) {
      const [now] = await ask<{ at: number }>(
        db,
        'select (extract(epoch from clock_timestamp()) * 1000)::float8 as at',
      );
      const priced = await pricesOf(db, models, now?.at ?? 0);
      return models.filter((model) => !priced.has(model));
    },
  };
}

/** Those that come with Tenuto, each under an id that follows from its pattern. */
const SHIPPED: readonly PriceRecord[] = SHIPPED_PRICES.map((price) => ({
  ...price,
  priceId: idOf(price.model),
  ...{ updatedAt: null, updatedBy: null, version: 1 },
}));

/** A UUID of the version that is made of what one likes. */
function idOf(model: string): string {
  const hex = createHash('sha256').update(`price ${model}`).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}

/** More rows than anybody has prices. */
const MOST = 10_000;

async function stored(db: Database): Promise<readonly PriceRecord[]> {
  const rows = await ask<Row>(
    db,
    `select ${COLUMNS} from prices p order by p.model, p.effective_from desc limit ${MOST}`,
  );
  return rows.map(recordOf);
}

async function findPrice(db: Database, priceId: string): Promise<PriceRecord | undefined> {
  const shipped = SHIPPED.find((price) => price.priceId === priceId);
  if (shipped !== undefined) return shipped;
  const rows = await ask<Row>(db, `select ${COLUMNS} from prices p where p.price_id = $1`, [
    priceId,
  ]);
  return rows.map(recordOf)[0];
}

async function listPrices(
  db: Database,
  { shipped }: { readonly shipped?: boolean },
  { limit, offset, after }: PageRequest<PriceKey>,
): Promise<Page<PriceRecord>> {
  const all = [
    ...(shipped === true ? [] : await stored(db)),
    ...(shipped === false ? [] : SHIPPED),
  ].toSorted(inOrder);
  const first = after === undefined ? offset : all.findIndex((price) => inOrder(price, after) > 0);
  const items = first < 0 ? [] : all.slice(first, first + limit);
  return {
    ...{ items, total: all.length, totalIsEstimate: false },
    hasMore: first >= 0 && first + limit < all.length,
  };
}

function inOrder(a: PriceKey, b: PriceKey): number {
  if (a.model !== b.model) return a.model < b.model ? -1 : 1;
  if (a.effectiveFrom !== b.effectiveFrom) return b.effectiveFrom - a.effectiveFrom;
  return a.priceId < b.priceId ? -1 : a.priceId > b.priceId ? 1 : 0;
}

async function matchingPrices(
  db: Database,
  model: string,
  at: number,
): Promise<readonly PriceRecord[]> {
  const all = [...(await stored(db)), ...SHIPPED].filter((p) => matchesModel(p.model, model));
  const best = priceInForce(all, model, at);
  return best === undefined ? all : [best, ...all.filter((price) => price !== best)];
}

/** The row, its idempotency key and its audit row, or none of them. */
async function createPrice(
  db: Database,
  { owner, content, idempotency, audit }: NewPrice,
): ReturnType<PriceStore['create']> {
  const given = parameters();
  const values = valuesOf(content, given);
  const text = `with ${freshPart({ owner, idempotency }, { names: 'price' }, given)},
    made as (
      insert into prices (price_id, model, input_usd_per_mtok, output_usd_per_mtok,
        cached_input_usd_per_mtok, reasoning_usd_per_mtok, effective_from, effective_to, updated_by)
      select id, ${values.join(', ')}, ${given.add(audit.actor)} from fresh returning price_id),
    audited as (${auditPart(audit, 'made', given, 'made.price_id::text')})
    select price_id from made`;
  const rows = await unlessTaken(() => ask<{ price_id: string }>(db, text, given.values));
  if (rows === 'taken') return 'taken';
  const [row] = rows;
  return row === undefined ? 'duplicate' : { priceId: row.price_id };
}

async function changePrice(
  db: Database,
  { priceId, version, content, audit }: PriceChange & { readonly content: PriceContent },
): ReturnType<PriceStore['change']> {
  const given = parameters();
  const [model, input, output, cached, reasoning, from, to] = valuesOf(content, given);
  const text = `with changed as (
      update prices p set model = ${model}, input_usd_per_mtok = ${input},
        output_usd_per_mtok = ${output}, cached_input_usd_per_mtok = ${cached},
        reasoning_usd_per_mtok = ${reasoning}, effective_from = ${from}, effective_to = ${to},
        updated_at = clock_timestamp(), updated_by = ${given.add(audit.actor)},
        version = p.version + 1
      where ${conditions(priceId, version, given)} returning 1),
    audited as (${auditPart(audit, 'changed', given)})
    select 1 from changed`;
  const rows = await unlessTaken(() => ask(db, text, given.values));
  if (rows === 'taken') return 'taken';
  return rows.length > 0 ? 'changed' : staleOrMissing(db, priceId);
}

async function removePrice(
  db: Database,
  { priceId, version, audit }: PriceChange,
): ReturnType<PriceStore['remove']> {
  const given = parameters();
  const rows = await ask(
    db,
    `with removed as (
       delete from prices p where ${conditions(priceId, version, given)} returning 1),
     audited as (${auditPart(audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  return rows.length > 0 ? 'removed' : staleOrMissing(db, priceId);
}

function valuesOf(content: PriceContent, given: Parameters): readonly string[] {
  const { model, input, output, cachedInput, reasoning, effectiveFrom, effectiveTo } = content;
  const decimal = (value: string | undefined) => `${given.add(value ?? null)}::numeric`;
  const time = (at: number | undefined) => `to_timestamp(${given.add(at ?? null)}::float8 / 1000)`;
  return [
    `${given.add(model)}::text`,
    ...[decimal(input), decimal(output), decimal(cachedInput), decimal(reasoning)],
    ...[`coalesce(${time(effectiveFrom)}, clock_timestamp())`, time(effectiveTo)],
  ];
}

function conditions(priceId: string, version: number | undefined, given: Parameters): string {
  const fresh = version === undefined ? '' : ` and p.version = ${given.add(version)}`;
  return `p.price_id = ${given.add(priceId)}${fresh}`;
}

async function staleOrMissing(db: Database, priceId: string): Promise<'stale' | 'missing'> {
  const rows = await ask(db, 'select 1 from prices where price_id = $1', [priceId]);
  return rows.length > 0 ? 'stale' : 'missing';
}

async function unlessTaken<Rows>(statement: () => Promise<Rows>): Promise<Rows | 'taken'> {
  try {
    return await statement();
  } catch (error) {
    if (uniqueViolation(error) === MODEL_INDEX) return 'taken';
    throw error;
  }
}

function recordOf(row: Row): PriceRecord {
  const price: ModelPrice = priceOf(row);
  return {
    ...price,
    priceId: row.price_id,
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
    version: row.version,
  };
}
