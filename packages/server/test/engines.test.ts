import { startTestEngine } from '@tenuto/testkit';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startRealApi } from './real-api.ts';

const ENGINES = '/api/v1/engines';

async function startTwo() {
  const api = await startRealApi({ about: { host: 'build-7', version: '1.2.3' }, slots: 8 });
  const other = await startTestEngine(api.connection, { name: 'other', capacity: 3 });
  onTestFinished(async () => {
    await other.stop();
    await api[Symbol.asyncDispose]();
  });
  const engines = async (query = '') => (await api.call(ENGINES + query)).body;
  const one = async (id: string) =>
    (await engines()).items.find((item: { engine_id: string }) => item.engine_id === id);
  return { api, other, engines, one };
}

it('tells all engines of a database, the last one that started first', async () => {
  const { api, other, engines } = await startTwo();
  const { items, total } = await engines();
  expect(total).toBe(2);
  expect(items).toMatchObject([
    { engine_id: other.engine.id, name: 'other', state: 'live', answers: false, capacity: 3 },
    {
      ...{ engine_id: api.engine.engine.id, state: 'live', answers: true, epoch: 1 },
      ...{ host: 'build-7', version: '1.2.3', slots: 8, stopped_at: null, lost_at: null },
    },
  ]);
  const first = await engines('?limit=1');
  expect(first.items.map((item: { name: string }) => item.name)).toEqual(['other']);
  const second = await engines(`?limit=1&cursor=${first.next_cursor}`);
  expect(second.items).toMatchObject([{ answers: true }]);
});

it('tells how one that was killed is lost, and its runs are somebody else’s', async () => {
  const { api, other, engines, one } = await startTwo();
  const job = await api.submit([{ id: 'stays', uses: 'hang' }]);
  const own = api.engine.engine.id;
  await vi.waitFor(
    async () => {
      expect(await one(own)).toMatchObject({ owned_runs: 1, running_nodes: 1 });
    },
    { timeout: 60_000 },
  );
  api.engine.kill();
  await vi.waitFor(
    async () => {
      expect(await one(own)).toMatchObject({ state: 'lost', released_runs: 1, owned_runs: 0 });
      expect(await one(other.engine.id)).toMatchObject({ state: 'live', owned_runs: 1 });
    },
    { timeout: 30_000 },
  );
  const lost = await one(own);
  expect(Date.parse(lost.lost_at)).toBeGreaterThan(Date.parse(lost.last_heartbeat_at));
  expect((await engines('?state=lost')).items).toMatchObject([{ engine_id: own, epoch: 2 }]);
  expect((await api.job(job)).status).not.toBe('failed');
});

it('tells one that nobody has taken over as silent, and one that stopped as stopped', async () => {
  const { api, other, one } = await startTwo();
  await other.stop();
  expect(await one(other.engine.id)).toMatchObject({ state: 'stopped', running_nodes: 0 });
  expect((await one(other.engine.id)).stopped_at).not.toBeNull();
  api.engine.kill();
  const own = api.engine.engine.id;
  await vi.waitFor(async () => expect((await one(own)).state).toBe('silent'), { timeout: 30_000 });
});

it('is for those who may read measures, and takes no cursor of its own making', async () => {
  const { api } = await startTwo();
  const reader = await api.token('reader', ['jobs:read']);
  const watcher = await api.token('watcher', ['metrics:read']);
  expect((await api.call(ENGINES, { token: reader })).status).toBe(403);
  expect((await api.call(ENGINES, { token: watcher })).status).toBe(200);
  const cursor = Buffer.from('["x","y"]').toString('base64url');
  expect((await api.call(`${ENGINES}?cursor=${cursor}`)).status).toBe(400);
});
