import {
  ARTIFACT_TYPES,
  type Artifact,
  type ArtifactType,
  type RunArtifacts,
} from '@tenuto/contract';
import { ConnectionError, ProtocolError } from './errors.ts';
import { type Listing, listing } from './listing.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import { fields, flag, listOf, mapOf, nullable, number, oneOf, type Shape, text } from './shape.ts';
import { streamBytes } from './stream-bytes.ts';
import type { TransportOptions } from './transport.ts';

export interface ArtifactFilter {
  /** `-` for those of no phase. */
  readonly phase?: string;
  readonly type?: ArtifactType;
  /** A pattern (`*`, `**`, `?`), or how paths begin when it ends with `/`. */
  readonly path?: string;
  /** The files as they stood in this generation; the present one if absent. */
  readonly generation?: number;
}

export interface ArtifactQuery extends ArtifactFilter {
  readonly limit?: number;
  readonly offset?: number;
  readonly cursor?: string;
}

export interface DownloadOptions extends CallOptions {
  /** The first byte that is wanted, and the last one; all of them if absent. */
  readonly start?: number;
  readonly end?: number;
}

/** Files that runs have left. Every function throws as `createClient` says. */
export interface Artifacts {
  /** One page, by phase. */
  page(runId: string, query?: ArtifactQuery, options?: CallOptions): Promise<RunArtifacts>;
  /** All of them, by phase and path. */
  list(runId: string, query?: ArtifactQuery, options?: CallOptions): Listing<Artifact>;
  get(runId: string, artifactId: string, options?: CallOptions): Promise<Artifact>;
  /** Its bytes as they come; goes on where it was when the connection breaks. */
  download(runId: string, artifactId: string, options?: DownloadOptions): AsyncIterable<Uint8Array>;
  /** All of them, or those of a filter, as the bytes of one zip file. */
  zip(runId: string, filter?: ArtifactFilter, options?: CallOptions): AsyncIterable<Uint8Array>;
}

const artifactShape: Shape<Artifact> = fields({
  ...{ artifact_id: text, run_id: text, phase: nullable(text), path: text, name: text },
  ...{ description: nullable(text), artifact_type: oneOf(ARTIFACT_TYPES), media_type: text },
  ...{ size_bytes: number, sha256: text, generation: number, current: flag },
  ...{ node_id: nullable(text), attempt: number, created_at: text },
});
const pageShape: Shape<RunArtifacts> = fields({
  ...{ run_id: text, total_count: number, total_bytes: number, generation: number },
  artifacts_by_phase: mapOf(listOf(artifactShape)),
  ...{ limit: number, offset: number, has_more: flag, next_cursor: nullable(text) },
});

export function createArtifacts(transport: TransportOptions): Artifacts {
  const { read } = createReader(transport);
  const of = (runId: string) => `/runs/${segment(runId)}/artifacts`;
  const one = (runId: string, id: string) => `${of(runId)}/${segment(id)}`;
  const page: Artifacts['page'] = (runId, query, options) =>
    read(of(runId), pageShape, { ...query }, options);
  return {
    page,
    list: (runId, query = {}, options) =>
      listing(async (cursor) => {
        const further = cursor !== undefined && { offset: undefined, cursor };
        const asked = { ...query, ...further };
        const found = await read(of(runId), pageShape, asked, options);
        const { artifacts_by_phase: phases, total_count: total, ...rest } = found;
        return { ...rest, total, items: Object.values(phases).flat() };
      }),
    get: (runId, id, options) => read(one(runId, id), artifactShape, {}, options),
    download: (runId, id, options = {}) => wholly(transport, `${one(runId, id)}/download`, options),
    zip: (runId, filter, options = {}) =>
      streamBytes(transport, {
        path: `${of(runId)}.zip`,
        query: { ...filter },
        ...signalOf(options),
      }),
  };
}

/** Connections that may break before that is what the caller is told. */
const BREAKS = 5;

/** Asks for the rest when the connection breaks, unless there is another file by then. */
async function* wholly(
  transport: TransportOptions,
  path: string,
  { start = 0, end, ...options }: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  let at = start;
  let etag: string | undefined;
  for (let breaks = 0; ; ) {
    const wanted = at > 0 || end !== undefined;
    const headers = {
      ...(wanted && { range: `bytes=${at}-${end ?? ''}` }),
      ...(wanted && etag !== undefined && { 'if-range': etag }),
    };
    try {
      const onAnswer = (given: Headers) => {
        etag = given.get('etag') ?? undefined;
        if (wanted && !given.has('content-range')) {
          throw new ProtocolError('The server sent the whole file where a part was asked for.');
        }
      };
      const call = { path, headers, ...signalOf(options) };
      for await (const piece of streamBytes(transport, call, onAnswer)) {
        at += piece.length;
        yield piece;
      }
      return;
    } catch (error) {
      breaks += 1;
      if (!(error instanceof ConnectionError) || etag === undefined || breaks > BREAKS) throw error;
      await transport.surroundings.sleep(transport.retry.baseDelayMs, options.signal);
    }
  }
}
