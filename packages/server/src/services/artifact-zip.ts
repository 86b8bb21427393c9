/** All artifacts of a run as one file, made while it is sent: nothing of it is ever whole in memory. */
import { Readable } from 'node:stream';
import { checkPath, NO_PHASE, pathFrom } from '@tenuto/contract';
import type { Access, ArtifactFilter, ArtifactKey, ArtifactRecord } from '@tenuto/engine';
import { ZipFile } from 'yazl';
import { authorize, type Caller } from '../auth/principal.ts';
import { attachmentNamed } from '../http/content-disposition.ts';
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
  const phase = query.phase === undefined || query.phase === NO_PHASE ? '' : `-${query.phase}`;
  return {
    disposition: attachmentNamed(`run-${id}${phase}.zip`),
    body: zipOf(
      parts,
      recordsOf(parts, { access, filter, first: first.items, more: first.hasMore }),
    ),
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

/** Adds a file only when the one before it is on its way, and stops when nobody reads any more. */
function zipOf(parts: ArtifactParts, records: AsyncGenerator<ArtifactRecord>): Readable {
  const zip = new ZipFile();
  const body = zip.outputStream;
  if (!(body instanceof Readable)) throw new TypeError('a zip file is no stream');
  const stopped = new AbortController();
  let current: Readable | undefined;
  body.on('close', () => {
    stopped.abort();
    current?.destroy();
    void records.return(undefined);
  });
  zip.on('error', (error: Error) => body.destroy(error));
  // Made at once and opened when it is read: begun later, yazl would hold on to all that it has sent.
  const open = (record: ArtifactRecord) => {
    current = Readable.from(piecesOf(parts, record), { objectMode: false });
    // It is piped and looked at no further: a file that breaks off would be waited for without end.
    current.on('error', (error) => body.destroy(error));
    return current;
  };
  const fill = async () => {
    const names = new Set<string>();
    for await (const record of records) {
      await addEntry(zip, record, {
        name: unusedName(names, record.path),
        open,
        stopped: stopped.signal,
      });
    }
    zip.end();
  };
  fill().catch((error: unknown) => {
    if (!body.destroyed) body.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return body;
}

interface Entry {
  readonly name: string;
  readonly stopped: AbortSignal;
  open(record: ArtifactRecord): Readable;
}

/** Resolves when the file is on its way. */
function addEntry(zip: ZipFile, record: ArtifactRecord, { name, open, stopped }: Entry) {
  const options = {
    size: record.sizeBytes,
    mtime: new Date(record.createdAt),
    mode: 0o100644,
    compress: !COMPRESSED.test(record.mediaType),
  };
  return new Promise<void>((resolve, reject) => {
    const stop = () => reject(stopped.reason);
    stopped.addEventListener('abort', stop, { once: true });
    zip.addReadStreamLazy(name, options, (pump) => {
      stopped.removeEventListener('abort', stop);
      if (stopped.aborted) return;
      pump(null, open(record));
      resolve();
    });
  });
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
