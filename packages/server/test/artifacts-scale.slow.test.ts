/** A run of 10,000 artifacts: its figures are printed, and only what no machine may break is held. */
import { createHash, randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createDatabase, startTestWorkspaces, type TestWorkspaces } from '@tenuto/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addLive } from './rows.ts';
import { ADMIN, startApiOn, type TestApi } from './server.ts';

const ARTIFACTS = 10_000;
const BYTES = 20_000;
const PHASES = 6;
const MIB = 1024 * 1024;
const LOOK_BYTES = 8 * MIB;

let api: TestApi;
let files: TestWorkspaces;
let runId: string;
beforeAll(async () => {
  const database = await createDatabase();
  files = await startTestWorkspaces(database.connection);
  api = await startApiOn(database, { blobs: files.blobs });
  const { makePartitions } = await import('@tenuto/store');
  await makePartitions(api.pool);
  runId = await addLive(api.pool, { owner: 'ann' });
  const workspace = await files.workspaces.open({
    ...{ runId, owner: 'ann', node: 0, nodeId: 'a', attempt: 1 },
  });
  const { mkdir, writeFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  for (let phase = 0; phase < PHASES; phase += 1) {
    await mkdir(join(workspace.folder, `artifacts/phase${phase}`), { recursive: true });
  }
  for (let n = 0; n < ARTIFACTS; n += 1) {
    const path = join(workspace.folder, `artifacts/phase${n % PHASES}/file-${n}.bin`);
    await writeFile(path, randomBytes(BYTES));
  }
  const from = performance.now();
  expect((await workspace.takeUp()).files).toHaveLength(ARTIFACTS);
  console.log(`taking up ${ARTIFACTS} files: ${(performance.now() - from).toFixed(0)} ms`);
  const again = performance.now();
  expect((await workspace.takeUp()).files).toEqual([]);
  console.log(`looking through them again: ${(performance.now() - again).toFixed(0)} ms`);
  await api.pool.query('vacuum analyze artifacts');
});
afterAll(async () => {
  await files.close();
  await api[Symbol.asyncDispose]();
});

async function median(what: string, times: number, work: (n: number) => Promise<void>) {
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const from = performance.now();
    await work(n);
    took.push(performance.now() - from);
  }
  took.sort((a, b) => a - b);
  console.log(
    `${what}: median ${took[Math.floor(times / 2)]?.toFixed(1)} ms, worst ${took.at(-1)?.toFixed(1)} ms`,
  );
}

it('is listed in pages and downloaded', async () => {
  const list = `/api/v1/runs/${runId}/artifacts`;
  const ids: string[] = [];
  let cursor = '';
  await median('a page of 100', 100, async () => {
    const { body } = await api.call(`${list}?limit=100${cursor}`);
    expect(body.total_count).toBe(ARTIFACTS);
    for (const items of Object.values<{ artifact_id: string }[]>(body.artifacts_by_phase)) {
      ids.push(...items.map(({ artifact_id: id }) => id));
    }
    cursor = `&cursor=${body.next_cursor}`;
  });
  expect(new Set(ids).size).toBe(ARTIFACTS);
  await median('a page of 100 at offset 9,900', 20, async () => {
    expect((await api.call(`${list}?limit=100&offset=9900`)).body.has_more).toBe(false);
  });
  await median('a page of one phase', 20, async () => {
    expect((await api.call(`${list}?phase=phase3&limit=100`)).status).toBe(200);
  });
  await median('paths by a pattern', 20, async () => {
    const { body } = await api.call(`${list}?path=**/file-99*.bin&limit=100`);
    expect(body.total_count).toBe(111);
  });
  await median('a download of 20 kB', 200, async (n) => {
    const answer = await api.call(`${list}/${ids[n * 37]}/download`);
    expect(answer.headers.get('content-length')).toBe(String(BYTES));
  });
});

it('is zipped while it is sent, in memory that does not grow with it', async () => {
  const response = await fetch(`${api.url}/api/v1/runs/${runId}/artifacts.zip`, {
    headers: { authorization: `Bearer ${ADMIN}` },
  });
  const hash = createHash('sha256');
  let size = 0;
  const before = held();
  let most = before;
  let looked = 0;
  const from = performance.now();
  for await (const piece of response.body ?? []) {
    hash.update(piece);
    size += piece.length;
    if (size < looked + LOOK_BYTES) continue;
    looked = size;
    most = Math.max(most, held());
  }
  console.log(
    `a zip of ${(size / MIB).toFixed(0)} MiB: ${((performance.now() - from) / 1_000).toFixed(1)} s, ` +
      `memory in use rose by at most ${((most - before) / MIB).toFixed(0)} MiB (client and server in one process)`,
  );
  expect(size).toBeGreaterThan(ARTIFACTS * BYTES);
  expect(most - before).toBeLessThan(32 * MIB);
});

/** Bytes that are in use, without those that only wait to be collected. */
function held(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
