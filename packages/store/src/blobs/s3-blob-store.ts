/**
 * Bytes in a bucket of S3, or of anything that speaks its protocol: for several machines. Bytes are
 * written to a file of this machine first, because their name is known only when all have been seen.
 */
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { BlobError, type BlobStore } from '@tenuto/engine';
import { sideBySide } from '../side-by-side.ts';
import { codeOf } from '../system-code.ts';
import { hashOf, placeOf, refuseTooLarge } from './blob-hash.ts';
import { createSpool, type PutOptions, type SpoolOptions } from './spool.ts';

const REMOVALS = 8;
/** Parts of one file that are under way at once. */
const PARTS = 4;
const TRIES = 4;
const CONNECT_MS = 5_000;
/** Without a byte for so long, a request is given up and made again. */
const SILENCE_MS = 30_000;

export interface S3Options extends SpoolOptions {
  readonly bucket: string;
  /** What keys begin with: empty, or with a slash at the end. */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region: string;
  /** The bucket stands in the path, not in the name of the host. */
  readonly pathStyle: boolean;
  /** Unset: what the environment of the process gives. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Files that are larger go in parts of this size. */
  readonly partBytes: number;
}

/** Loads what speaks S3, which is large, only where it is used. */
export async function createS3BlobStore(options: S3Options): Promise<BlobStore> {
  const { bucket, prefix, partBytes } = options;
  const s3 = await import('@aws-sdk/client-s3');
  const { Upload } = await import('@aws-sdk/lib-storage');
  const client = new s3.S3Client(clientOptions(options));
  const spool = createSpool(options);
  const at = (hash: string) => {
    const place = placeOf(hash);
    return place === undefined ? undefined : { Bucket: bucket, Key: `${prefix}${place}` };
  };

  async function sizeOf(hash: string): Promise<number | undefined> {
    const place = at(hash);
    if (place === undefined) return undefined;
    return (await unlessAbsent(client.send(new s3.HeadObjectCommand(place))))?.ContentLength;
  }

  async function upload(hash: string, body: Uint8Array | { readonly path: string }) {
    const Body = body instanceof Uint8Array ? body : createReadStream(body.path);
    const params = { ...at(hash), Bucket: bucket, Key: `${prefix}${placeOf(hash)}`, Body };
    await new Upload({ client, params, partSize: partBytes, queueSize: PARTS }).done();
  }

  async function put(source: Uint8Array | AsyncIterable<Uint8Array>, given: PutOptions) {
    if (source instanceof Uint8Array) {
      refuseTooLarge(source.length, given.maxBytes);
      const known = { hash: hashOf(source), sizeBytes: source.length };
      given.signal?.throwIfAborted();
      if ((await sizeOf(known.hash)) !== source.length) await upload(known.hash, source);
      return known;
    }
    const { path, hash, sizeBytes } = await spool.take(source, given);
    try {
      if ((await sizeOf(hash)) !== sizeBytes) await upload(hash, { path });
      return { hash, sizeBytes };
    } finally {
      await rm(path, { force: true });
    }
  }

  async function removeOne(hash: string) {
    const place = at(hash);
    if (place !== undefined) await client.send(new s3.DeleteObjectCommand(place));
  }

  const putOne: BlobStore['put'] = (source, given = {}) =>
    told(() => put(source, given), given.signal);
  return {
    put: putOne,
    putMany: (work) => work(putOne),
    size: (hash) => told(() => sizeOf(hash)),
    async open(hash, range) {
      const place = at(hash);
      if (place === undefined) return undefined;
      const Range = range && `bytes=${range.start}-${range.end}`;
      const asked = () => client.send(new s3.GetObjectCommand({ ...place, Range }));
      const found = await told(() => unlessAbsent(asked()));
      return found?.Body === undefined ? undefined : piecesOf(found.Body);
    },
    remove: (hashes) => told(() => sideBySide(hashes, REMOVALS, removeOne)),
  };
}

/** @returns undefined for what the store does not have */
async function unlessAbsent<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function clientOptions({ endpoint, region, pathStyle, keys }: S3Options) {
  return {
    region,
    forcePathStyle: pathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(keys !== undefined && { credentials: keys }),
    maxAttempts: TRIES,
    // Not every store that speaks S3 knows these sums; ours is the name.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SILENCE_MS },
  } as const;
}

/** A body is a stream of Node; whoever stops reading it gives the connection back. */
async function* piecesOf(body: unknown): AsyncGenerator<Uint8Array> {
  if (!isIterable(body)) throw new BlobError('unavailable', 'The store of blobs sent no bytes.');
  try {
    for await (const piece of body) if (piece instanceof Uint8Array) yield piece;
  } catch (error) {
    throw blobError(error);
  }
}

function isIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

async function told<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw signal?.aborted === true ? error : blobError(error);
  }
}

function isAbsent(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return name === 'NotFound' || name === 'NoSuchKey' || statusOf(error) === 404;
}

/** What S3 or the way to it says; the names of its errors hold no keys. */
function blobError(error: unknown): unknown {
  if (error instanceof BlobError || !(error instanceof Error)) return error;
  const status = statusOf(error);
  if (status === undefined && codeOf(error) === '' && error.name !== 'TimeoutError') return error;
  if (status === 507 || codeOf(error) === 'ENOSPC') {
    return new BlobError('full', 'The store of blobs is full.', { cause: error });
  }
  const said = status === undefined ? codeOf(error) || error.name : `${status} ${error.name}`;
  return new BlobError('unavailable', `The store of blobs says ${said}.`, { cause: error });
}

function statusOf(error: unknown): number | undefined {
  const metadata: unknown =
    error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}
