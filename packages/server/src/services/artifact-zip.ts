/** All artifacts of a run as one file, made while it is sent: nothing of it is ever whole in memory. */
import { Readable } from 'node:stream';
import { checkPath, NO_PHASE, pathFrom } from '@tenuto/contract';
import type { Access, ArtifactFilter, ArtifactKey, ArtifactRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { attachmentNamed } from '../http/content-disposition.ts';
import { type ZipEntry, zipPieces } from '../zip/zip-stream.ts';
import { openArtifact } from './artifact-bytes.ts';
import { type ArtifactParts, type ArtifactQuery, filterOf, noRun } from './artifacts.ts';

const PAGE = 500;
/** What gains nothing from being compressed again. */
const COMPRESSED =
  /^(image\/(png|jpeg|gif|webp)|audio\/|video\/|application\/(zip|gzip|pdf|vnd\.))/;

export interface ZipWish {
  readonly runId: string;
  readonly query: Pick<ArtifactQuery, 'phase' | 'type' | 'path' | 'generation'>;
}

export interface ZipStream {
  /** Of its Content-Disposition. */
  readonly disposition: string;
  readonly body: Readable;
}

/** @throws OrchestrationError 404 */
export async function zipArtifacts(
  parts: ArtifactParts,
  caller: Caller,
  { runId, query }: ZipWish,
): Promise<ZipStream> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const id = runId.toLowerCase();
  const filter = filterOf(id, query);
  const first = await parts.artifacts.list(access, filter, { limit: PAGE, offset: 0 });
  if (first === undefined) throw noRun(runId);
  const records = recordsOf(parts, { access, filter, first: first.items, more: first.hasMore });
  const phase = query.phase === undefined || query.phase === NO_PHASE ? '' : `-${query.phase}`;
  return {
    disposition: attachmentNamed(`run-${id}${phase}.zip`),
    body: Readable.from(zipPieces(entriesOf(parts, records)), { objectMode: false }),
  };
}

interface Pages {
  readonly access: Access;
  readonly filter: ArtifactFilter;
  readonly first: readonly ArtifactRecord[];
  readonly more: boolean;
}

async function* recordsOf(
  { artifacts }: ArtifactParts,
  { access, filter, first, more }: Pages,
): AsyncGenerator<ArtifactRecord> {
  let items = first;
  let goesOn = more;
  for (;;) {
    yield* items;
    const after: ArtifactKey | undefined = items.at(-1);
    if (!goesOn || after === undefined) return;
    const page = await artifacts.list(access, filter, { limit: PAGE, offset: 0, after });
    items = page?.items ?? [];
    goesOn = page?.hasMore ?? false;
  }
}

async function* entriesOf(
  parts: ArtifactParts,
  records: AsyncIterable<ArtifactRecord>,
): AsyncGenerator<ZipEntry> {
  const names = new Set<string>();
  for await (const record of records) {
    yield {
      name: unusedName(names, record.path),
      modifiedAt: record.createdAt,
      sizeBytes: record.sizeBytes,
      deflate: !COMPRESSED.test(record.mediaType),
      open: () => piecesOf(parts, record),
    };
  }
}

async function* piecesOf(parts: ArtifactParts, record: ArtifactRecord): AsyncGenerator<Uint8Array> {
  yield* await openArtifact(parts, record);
}

/** Names from before there were rules are made to fit them; no two files get one name. */
function unusedName(used: Set<string>, path: string): string {
  const safe = 'path' in checkPath(path) ? path : pathFrom([path]);
  let name = safe;
  for (let count = 2; used.has(name); count += 1) name = `${count}/${safe}`;
  used.add(name);
  return name;
}
