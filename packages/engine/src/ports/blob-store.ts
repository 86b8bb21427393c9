/** Bytes by the SHA-256 of what they are, in hex; the same bytes are kept once. */
export interface BlobStore {
  /**
   * Takes bytes in; they are there, durably, when it answers.
   * @throws BlobError `too_large` above `maxBytes`, `unavailable`, `full`
   */
  put(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    options?: { readonly maxBytes?: number; readonly signal?: AbortSignal },
  ): Promise<{ readonly hash: string; readonly sizeBytes: number }>;
  /**
   * Takes many in with fewer waits: what `work` puts is there, durably, when this answers, and need
   * not be before.
   * @throws BlobError as `put`, and whatever `work` throws
   */
  putMany<Result>(work: (put: BlobStore['put']) => Promise<Result>): Promise<Result>;
  /**
   * Reads them, whole or from `start` to `end` (both included), in pieces; undefined when they are
   * not there.
   */
  open(
    hash: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Size in bytes; undefined when they are not there. */
  size(hash: string): Promise<number | undefined>;
  remove(hashes: readonly string[]): Promise<void>;
}

export class BlobError extends Error {
  readonly kind: 'too_large' | 'unavailable' | 'full';

  constructor(kind: BlobError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BlobError';
    this.kind = kind;
  }
}
