import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobStore } from '@tenuto/engine';
import { memoryBlobs } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blobStoreBehaves } from '../../conformance/blob-store.ts';
import { createDiskBlobStore } from './disk-blob-store.ts';
import { type S3Fixture, startS3 } from './s3.fixture.ts';
import { createS3BlobStore } from './s3-blob-store.ts';

const PART_BYTES = 5 * 1024 * 1024;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-blobs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const own = { newName: randomUUID, clock: { wall: Date.now } };

describe('a store of blobs in memory', () => {
  const store = memoryBlobs();
  blobStoreBehaves(() => store);
});

describe('a store of blobs on the disk', () => {
  let store: BlobStore;
  beforeAll(() => {
    store = createDiskBlobStore({ ...own, folder: join(folder, 'disk') });
  });
  blobStoreBehaves(() => store);

  it('keeps each in a file that only its owner reads, and leaves nothing half', async () => {
    const { hash } = await store.put(randomBytes(10));
    const path = join(folder, 'disk', hash.slice(0, 2), hash.slice(2));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'disk', 'incoming'))).toEqual([]);
  });

  it('makes good what has another length than it should', async () => {
    const bytes = randomBytes(100);
    const { hash } = await store.put(bytes);
    await writeFile(join(folder, 'disk', hash.slice(0, 2), hash.slice(2)), 'torn');
    await store.put(bytes);
    expect(await store.size(hash)).toBe(100);
  });

  it('removes what processes that died have left, once nobody can be writing it', async () => {
    const incoming = join(folder, 'disk', 'incoming');
    await writeFile(join(incoming, 'old'), 'x');
    await writeFile(join(incoming, 'young'), 'x');
    await utimes(join(incoming, 'old'), 0, 0);
    const again = createDiskBlobStore({ ...own, folder: join(folder, 'disk') });
    await again.put(randomBytes(7));
    expect(await readdir(incoming)).toEqual(['young']);
    await rm(join(incoming, 'young'));
  });

  it('waits for each file that it takes in, and for each folder once when there are many', async () => {
    const handle = await open(folder);
    await handle.close();
    const synced = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
    const many = Array.from({ length: 1_200 }, (_, n) => Buffer.from(`${n} of many`));
    try {
      await store.putMany((put) => Promise.all(many.map((bytes) => put(bytes))));
      expect(synced.mock.calls.length).toBeGreaterThan(many.length + 200);
      expect(synced.mock.calls.length).toBeLessThanOrEqual(many.length + 256 + 1);
    } finally {
      synced.mockRestore();
    }
  });

  it('says that it cannot be used when its folder is none', async () => {
    await writeFile(join(folder, 'file'), '');
    const broken = createDiskBlobStore({ ...own, folder: join(folder, 'file') });
    await expect(broken.put(randomBytes(3))).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('a store of blobs in S3', () => {
  let s3: S3Fixture;
  let store: BlobStore;
  const open = (keys = s3.keys) =>
    createS3BlobStore({
      ...{ ...own, folder: join(folder, 's3'), bucket: s3.bucket, prefix: 'tenuto/' },
      ...{ endpoint: s3.url, region: 'eu-test-1', pathStyle: true, keys, partBytes: PART_BYTES },
    });
  beforeAll(async () => {
    s3 = await startS3();
    store = await open();
  });
  afterAll(() => s3.close());
  blobStoreBehaves(() => store);

  it('keeps each under the prefix, and sends what is there already only once', async () => {
    const bytes = randomBytes(50);
    const { hash } = await store.put(bytes);
    expect(s3.keysOf()).toContain(`tenuto/${hash.slice(0, 2)}/${hash.slice(2)}`);
    const before = s3.requests.filter(({ method }) => method === 'PUT').length;
    await store.put(bytes);
    expect(s3.requests.filter(({ method }) => method === 'PUT')).toHaveLength(before);
  });

  it('sends what is large in parts, and gives a file of this machine up afterwards', async () => {
    const bytes = randomBytes(2 * PART_BYTES + 1_234);
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
    }
    const { hash } = await store.put(pieces());
    expect(s3.requests.filter(({ part }) => part !== undefined)).toHaveLength(3);
    expect(await store.size(hash)).toBe(bytes.length);
    const all: Uint8Array[] = [];
    for await (const piece of (await store.open(hash)) ?? []) all.push(piece);
    expect(Buffer.concat(all).equals(bytes)).toBe(true);
    expect(await readdir(join(folder, 's3'))).toEqual([]);
  });

  it('signs every request, and is refused under another key', async () => {
    expect(s3.requests.length).toBeGreaterThan(20);
    expect(s3.refused).toBe(0);
    const stranger = await open({ ...s3.keys, secretAccessKey: 'another-secret' });
    await expect(stranger.put(randomBytes(5))).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(stranger.open('a'.repeat(64))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(s3.refused).toBeGreaterThan(0);
  });

  it('tries again when it is told to come later, and says so when that does not help', async () => {
    const bytes = randomBytes(50);
    s3.failNext(2);
    const { hash } = await store.put(bytes);
    expect(await store.size(hash)).toBe(50);
    s3.failNext(1_000);
    await expect(store.open(hash)).rejects.toMatchObject({ kind: 'unavailable' });
    s3.failNext(0);
  });
});
