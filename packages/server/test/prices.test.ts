import { randomUUID } from 'node:crypto';
import type { Price } from '@tenuto/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

const PRICES = '/api/v1/prices';

let api: TestApi;
let ann: string;
beforeAll(async () => {
  api = await startApi();
  ann = await api.token('ann', []);
});
afterAll(() => api[Symbol.asyncDispose]());

let count = 0;
const aPrice = (over: object = {}) => {
  count += 1;
  const model = `acme-${count}/model`;
  return { model, input_usd_per_mtok: 3, output_usd_per_mtok: 15, ...over };
};
async function made(over: object = {}): Promise<Price> {
  const { status, body } = await api.call(PRICES, { body: aPrice(over) });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}
const at = ({ price_id }: Pick<Price, 'price_id'>) => `${PRICES}/${price_id}`;
const inForce = async (model: string, when?: string) => {
  const query = new URLSearchParams({ model, ...(when !== undefined && { at: when }) });
  return (await api.call(`${PRICES}?${query}`, { token: ann })).body.items[0];
};

describe('the price table', () => {
  it('ships with the prices of well-known models, which everybody reads and nobody changes', async () => {
    const sonnet = await inForce('anthropic/claude-sonnet-4-5');
    expect(sonnet).toMatchObject({
      ...{ model: 'anthropic/claude-sonnet-4*', shipped: true, updated_by: null },
      ...{ input_usd_per_mtok: 3, output_usd_per_mtok: 15, cached_input_usd_per_mtok: 0.3 },
    });
    expect((await api.call(at(sonnet), { token: ann })).body).toEqual(sonnet);
    const body = aPrice({ model: sonnet.model });
    for (const method of ['PUT', 'DELETE']) {
      const { status, body: said } = await api.call(at(sonnet), {
        ...{ method, ...(method === 'PUT' && { body }) },
      });
      expect(status).toBe(409);
      expect(said.detail).toContain('comes with Tenuto');
    }
  });

  it('lets a stored row of the same pattern win', async () => {
    const model = 'openai/gpt-4.1*';
    const own = await made({ model, input_usd_per_mtok: 0.5, reasoning_usd_per_mtok: 20 });
    expect(await inForce('openai/gpt-4.1-2025')).toEqual(own);
    expect((await api.call(at(own), { method: 'DELETE' })).status).toBe(200);
    expect(await inForce('openai/gpt-4.1-2025')).toMatchObject({ model, shipped: true });
  });

  it('says what was in force at any time', async () => {
    const { model } = aPrice();
    const rows = [
      ['2026-01-01T00:00:00.000Z', 1],
      ['2026-03-01T00:00:00.000Z', 2],
    ] as const;
    for (const [effective_from, input_usd_per_mtok] of rows) {
      await made({ model, effective_from, input_usd_per_mtok });
    }
    expect(await inForce(model, '2025-12-31T23:59:59Z')).toBeDefined();
    const dated = async (when: string) => (await inForce(model, when)).input_usd_per_mtok;
    expect(await dated('2026-02-01T00:00:00Z')).toBe(1);
    expect(await dated('2026-03-01T00:00:00Z')).toBe(2);
  });

  it('keeps decimals as they were written, and refuses finer ones', async () => {
    const price = await made({ input_usd_per_mtok: 0.1, output_usd_per_mtok: 0.000000001 });
    expect((await api.call(at(price))).body).toMatchObject({
      ...{ input_usd_per_mtok: 0.1, output_usd_per_mtok: 1e-9 },
    });
    const fine = await api.call(PRICES, { body: aPrice({ input_usd_per_mtok: 1e-10 }) });
    expect(fine.status).toBe(400);
    expect(fine.body.validation_errors[0].path).toBe('/input_usd_per_mtok');
  });

  it('is listed by pattern, page by page, with nothing twice', async () => {
    const models: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await api.call(`${PRICES}?limit=7${more}`, { token: ann });
      models.push(...body.items.map((price: Price) => `${price.model} ${price.effective_from}`));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(new Set(models).size).toBe(models.length);
    const { body } = await api.call(`${PRICES}?limit=100`, { token: ann });
    expect(models).toHaveLength(body.total);
    const stored = await api.call(`${PRICES}?shipped=false`, { token: ann });
    expect(stored.body.items.every((price: Price) => !price.shipped)).toBe(true);
  });
});

describe('changing a price', () => {
  it('is for administrators', async () => {
    expect((await api.call(PRICES, { body: aPrice(), token: ann })).status).toBe(403);
  });

  it('is written down, and asks for the version that was read', async () => {
    const price = await made();
    const body = { ...aPrice({ model: price.model }), output_usd_per_mtok: 16 };
    const stale = await api.call(at(price), {
      method: 'PUT',
      body,
      headers: { 'if-match': '"9"' },
    });
    expect(stale.status).toBe(412);
    const { status, body: now } = await api.call(at(price), { method: 'PUT', body });
    expect([status, now.output_usd_per_mtok, now.version]).toEqual([200, 16, 2]);
    expect(now.effective_from).toBe(price.effective_from);
    const { rows } = await api.pool.query(
      'select action from audit where subject = $1 order by audit_id',
      [price.price_id],
    );
    expect(rows.map((row) => row.action)).toEqual(['price.created', 'price.updated']);
  });

  it.each([
    [{ model: 'a b/c' }, 400],
    [{ model: 'a/\u0000' }, 400],
    [{ input_usd_per_mtok: -1 }, 400],
    [{ effective_from: '2026-02-30T00:00:00Z' }, 400],
    [{ effective_from: '2026-02-02T00:00:00Z', effective_to: '2026-02-01T00:00:00Z' }, 400],
  ])('%o is refused with %i', async (over, status) => {
    expect((await api.call(PRICES, { body: aPrice(over) })).status).toBe(status);
  });

  it('leaves one row for a pattern and a time', async () => {
    const body = aPrice({ effective_from: '2026-01-01T00:00:00Z' });
    expect((await api.call(PRICES, { body })).status).toBe(201);
    expect((await api.call(PRICES, { body })).status).toBe(409);
    expect((await api.call(`${PRICES}/${randomUUID()}`)).status).toBe(404);
  });
});
