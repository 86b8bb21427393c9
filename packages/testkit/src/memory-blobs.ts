import { createHash } from 'node:crypto';
import { BlobError, type BlobStore } from '@tenuto/engine';

/** A store of blobs that forgets everything with its process. */
export function memoryBlobs(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  const store: BlobStore = {
    async put(source, { maxBytes = Number.POSITIVE_INFINITY, signal } = {}) {
      const pieces: Uint8Array[] = [];
      let sizeBytes = 0;
      for await (const piece of source instanceof Uint8Array ? [source] : source) {
        signal?.throwIfAborted();
        sizeBytes += piece.length;
        if (sizeBytes > maxBytes) throw new BlobError('too_large', `more than ${maxBytes} bytes`);
        pieces.push(piece);
      }
      const bytes = Buffer.concat(pieces);
      const hash = createHash('sha256').update(bytes).digest('hex');
      blobs.set(hash, bytes);
      return { hash, sizeBytes };
    },
    putMany: (work) => work(store.put),
    async open(hash, range) {
      const bytes = blobs.get(hash);
      if (bytes === undefined) return undefined;
      return pieces(range === undefined ? bytes : bytes.subarray(range.start, range.end + 1));
    },
    size: async (hash) => blobs.get(hash)?.length,
    async remove(hashes) {
      for (const hash of hashes) blobs.delete(hash);
    },
  };
  return store;
}

const PIECE_BYTES = 64 * 1024;

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
