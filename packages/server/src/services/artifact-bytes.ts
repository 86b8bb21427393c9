import { OrchestrationError } from '@tenuto/contract';
import { type ArtifactRecord, BlobError, type BlobStore } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { allowsRange, type ByteRange, byteRangeOf, namesTag } from '../http/byte-range.ts';
import { attachmentNamed } from '../http/content-disposition.ts';
import { type ArtifactIds, type ArtifactParts, findArtifact } from './artifacts.ts';

export interface DownloadWish extends ArtifactIds {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Only the headers are wanted. */
  readonly head: boolean;
}

export interface Download {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes?: AsyncIterable<Uint8Array>;
}

/**
 * The bytes of an artifact, or a range of them: always to be saved, never to be shown or run.
 * @throws OrchestrationError 404, 503 when the store of blobs is away
 */
export async function downloadArtifact(
  parts: ArtifactParts,
  caller: Caller,
  wish: DownloadWish,
): Promise<Download> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const artifact = await findArtifact(parts, access, wish);
  const { sizeBytes } = artifact;
  const etag = `"${artifact.hash}"`;
  const headers = {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-type': harmlessType(artifact.mediaType),
    'content-disposition': attachmentNamed(artifact.name),
  };
  if (namesTag(wish.ifNoneMatch, etag)) return { status: 304, headers };
  const range = allowsRange(wish.ifRange, etag) ? byteRangeOf(wish.range, sizeBytes) : 'all';
  if (range === undefined) {
    return { status: 416, headers: { 'content-range': `bytes */${sizeBytes}` } };
  }
  const [start, end] = range === 'all' ? [0, sizeBytes - 1] : [range.start, range.end];
  const answer = {
    status: range === 'all' ? 200 : 206,
    headers: {
      ...headers,
      'content-length': String(end - start + 1),
      ...(range !== 'all' && { 'content-range': `bytes ${start}-${end}/${sizeBytes}` }),
    },
  } as const;
  if (wish.head) return answer;
  return { ...answer, bytes: await openArtifact(parts, artifact, range) };
}

/** @throws OrchestrationError 404 when they are gone, 503 when they cannot be reached just now */
export async function openArtifact(
  { artifacts, blobs }: ArtifactParts,
  { hash, inDatabase, artifactId, sizeBytes }: ArtifactRecord,
  range: ByteRange | 'all' = 'all',
): Promise<AsyncIterable<Uint8Array>> {
  // No file, and no range of one that a store could be asked for.
  if (sizeBytes === 0) return pieces(new Uint8Array());
  const found = inDatabase
    ? await artifacts.bytes(hash)
    : await blobs.open(hash, range === 'all' ? undefined : range).catch((error: unknown) => {
        throw translated(error);
      });
  if (found === undefined) {
    const detail = `The bytes of the artifact ${artifactId} are not there any more.`;
    throw new OrchestrationError('not_found', detail);
  }
  if (!(found instanceof Uint8Array)) return found;
  return pieces(range === 'all' ? found : found.subarray(range.start, range.end + 1));
}

/** Small bytes of the store of blobs; undefined when they are gone. @throws OrchestrationError 503 */
export async function readBlob(
  blobs: Pick<BlobStore, 'open'>,
  hash: string,
): Promise<Uint8Array | undefined> {
  try {
    const pieces = await blobs.open(hash);
    return pieces && Buffer.concat(await Array.fromAsync(pieces));
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (!(error instanceof BlobError)) return error;
  return new OrchestrationError('store_unavailable', 'The bytes cannot be reached just now.', {
    retryAfterSeconds: 5,
    cause: error,
  });
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Types that a browser neither runs nor takes for anything else. */
const HARMLESS = new Set([
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'audio/mpeg', 'video/mp4'],
  ...['application/json', 'application/pdf', 'application/zip', 'application/gzip', 'text/csv'],
]);

/** Text is plain text, whatever kind of text it is; what else could do something is bytes. */
export function harmlessType(mediaType: string): string {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  if (HARMLESS.has(type)) return type;
  const isText =
    type.startsWith('text/') || /^application\/((x-)?(yaml|toml|sql|sh|ndjson)|xml)$/.test(type);
  return isText ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}
