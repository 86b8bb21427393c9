/** What every store of blobs does, whatever it keeps them in. */
import { createHash, randomBytes } from 'node:crypto';
import type { BlobStore } from '@tenuto/engine';
import { expect, it } from 'vitest';

const KNOWN = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

async function read(store: BlobStore, hash: string, range?: { start: number; end: number }) {
  const pieces = await store.open(hash, range);
  if (pieces === undefined) return undefined;
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function* inPieces(bytes: Buffer, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** @param open the store that the tests are about; they share it */
export function blobStoreBehaves(open: () => BlobStore): void {
  it('keeps bytes under the SHA-256 of what they are', async () => {
    expect(await open().put(Buffer.from('abc'))).toEqual({ hash: KNOWN, sizeBytes: 3 });
    expect((await read(open(), KNOWN))?.toString()).toBe('abc');
    expect(await open().size(KNOWN)).toBe(3);
  });

  it.each([0, 1, 65_536, 300_001])('keeps %i bytes whole, from one piece or many', async (size) => {
    const bytes = randomBytes(size);
    const hash = sha256(bytes);
    expect(await open().put(inPieces(bytes))).toEqual({ hash, sizeBytes: size });
    expect(await open().put(bytes)).toEqual({ hash, sizeBytes: size });
    expect(await open().size(hash)).toBe(size);
    if (size > 0) expect((await read(open(), hash))?.equals(bytes)).toBe(true);
  });

  it('gives ranges, both ends included', async () => {
    const { hash } = await open().put(Buffer.from('0123456789'));
    const text = async (start: number, end: number) =>
      (await read(open(), hash, { start, end }))?.toString();
    expect(await text(0, 0)).toBe('0');
    expect(await text(3, 5)).toBe('345');
    expect(await text(8, 9)).toBe('89');
  });

  it('has nothing under hashes that nobody put, and under what is no hash', async () => {
    for (const hash of [
      'f'.repeat(64),
      '',
      '../../etc/passwd',
      `${KNOWN}/..`,
      KNOWN.toUpperCase(),
    ]) {
      expect(await open().open(hash)).toBeUndefined();
      expect(await open().size(hash)).toBeUndefined();
    }
    await open().remove(['../../etc/passwd', 'f'.repeat(64)]);
  });

  it('takes the same bytes many times at once', async () => {
    const bytes = randomBytes(200_000);
    const puts = Array.from({ length: 12 }, (_, n) => open().put(n % 2 ? bytes : inPieces(bytes)));
    expect(new Set((await Promise.all(puts)).map(({ hash }) => hash)).size).toBe(1);
    expect((await read(open(), sha256(bytes)))?.equals(bytes)).toBe(true);
  });

  it('refuses what is too large, and keeps nothing of it', async () => {
    const bytes = randomBytes(5_000);
    const refused = { name: 'BlobError', kind: 'too_large' };
    await expect(open().put(bytes, { maxBytes: 4_999 })).rejects.toMatchObject(refused);
    await expect(open().put(inPieces(bytes), { maxBytes: 4_999 })).rejects.toMatchObject(refused);
    expect(await open().size(sha256(bytes))).toBeUndefined();
    await open().put(bytes, { maxBytes: 5_000 });
  });

  it('keeps nothing of a source that breaks off, or that is not wanted any more', async () => {
    const bytes = randomBytes(5_000);
    async function* broken() {
      yield* inPieces(bytes.subarray(0, 3_000));
      throw new Error('broken off');
    }
    await expect(open().put(broken())).rejects.toThrow('broken off');
    const controller = new AbortController();
    async function* aborted() {
      yield* inPieces(bytes.subarray(0, 3_000));
      controller.abort(new Error('not wanted'));
      yield* inPieces(bytes.subarray(3_000));
    }
    const { signal } = controller;
    await expect(open().put(aborted(), { signal })).rejects.toThrow('not wanted');
    expect(await open().size(sha256(bytes))).toBeUndefined();
  });

  it('takes many in together, some of them the same, and some that are there', async () => {
    const bytes = Array.from({ length: 30 }, (_, n) => randomBytes(n * 100));
    await open().put(bytes[3] ?? Buffer.of());
    const puts = await open().putMany((put) =>
      Promise.all([...bytes, ...bytes].map((each, n) => put(n % 2 ? each : inPieces(each)))),
    );
    expect(puts.map(({ hash }) => hash)).toEqual([...bytes, ...bytes].map(sha256));
    for (const each of bytes) expect(await open().size(sha256(each))).toBe(each.length);
    const refused = open().putMany((put) => put(randomBytes(11), { maxBytes: 10 }));
    await expect(refused).rejects.toMatchObject({ name: 'BlobError', kind: 'too_large' });
  });

  it('removes what it is told to, once or twice, and takes it again', async () => {
    const bytes = randomBytes(100);
    const { hash } = await open().put(bytes);
    await open().remove([hash, 'e'.repeat(64)]);
    await open().remove([hash]);
    expect(await open().open(hash)).toBeUndefined();
    await open().put(bytes);
    expect((await read(open(), hash))?.equals(bytes)).toBe(true);
  });

  it('lets who reads stop in the middle', async () => {
    const bytes = randomBytes(2_000_000);
    const { hash } = await open().put(bytes);
    for await (const piece of (await open().open(hash)) ?? []) {
      expect(piece.length).toBeLessThan(bytes.length);
      break;
    }
    expect((await read(open(), hash))?.equals(bytes)).toBe(true);
  });
}
