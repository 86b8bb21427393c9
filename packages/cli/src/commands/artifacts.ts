import { join } from 'node:path';
import { ARTIFACT_TYPES, type Artifact, type ArtifactType } from '@tenuto/contract';
import type { ArtifactFilter } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { MissingError, UsageError } from '../failure.ts';
import { bytesText } from '../files/bytes-text.ts';
import { createProgressBar } from '../files/progress-bar.ts';
import { saveAs, saveBelow } from '../files/save-file.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { readCount, showList } from './listing.ts';

/** Items that are asked for at once. */
const PAGE = 1_000;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface FilterOptions {
  readonly phase?: string;
  readonly type?: string;
  readonly path?: string;
  readonly generation?: string;
}

/** @throws UsageError */
function filterOf({ phase, type, path, generation }: FilterOptions): ArtifactFilter {
  return {
    ...(phase !== undefined && { phase }),
    ...(type !== undefined && { type: typeOf(type) }),
    ...(path !== undefined && { path }),
    ...(generation !== undefined && {
      generation: readCount(`${Number(generation) + 1}`, 'A generation') - 1,
    }),
  };
}

function typeOf(text: string): ArtifactType {
  const type = ARTIFACT_TYPES.find((one) => one === text);
  if (type !== undefined) return type;
  throw new UsageError(`A type is one of ${ARTIFACT_TYPES.join(', ')}; not "${printable(text)}".`);
}

/** `tenuto artifacts list RUN`: by phase and path. */
export const listArtifacts: Command<
  [runId: string, options: FilterOptions & { readonly limit: string }]
> = async (session, runId, { limit: written, ...filter }) => {
  const limit = readCount(written);
  const query = { ...filterOf(filter), limit: Math.min(limit, PAGE) };
  const listing = session.client().artifacts.list(runId, query);
  return showList(session, { listing, limit }, (artifacts) =>
    tableLines(
      ['PHASE', 'PATH', 'TYPE', 'SIZE', 'ID'],
      artifacts.map((one) => [
        printable(one.phase ?? '-'),
        truncate(printable(one.path), 70),
        one.artifact_type,
        bytesText(one.size_bytes),
        one.artifact_id,
      ]),
    ),
  );
};

interface GetOptions {
  readonly output: string;
  readonly force?: boolean;
}

/** `tenuto artifacts get RUN WHAT...`: what is named by id or by a pattern of paths, into a folder. */
export const getArtifacts: Command<
  [runId: string, wanted: readonly string[], options: GetOptions]
> = async (session, runId, wanted, { output: folder, force = false }) => {
  const found = await findAll(session, runId, wanted);
  const { io, output, client } = session;
  const bar = createProgressBar(
    io,
    found.reduce((sum, { size_bytes: bytes }) => sum + bytes, 0),
  );
  const saved: { path: string; saved: string }[] = [];
  try {
    for (const { artifact_id: id, path, sha256 } of found) {
      const bytes = client().artifacts.download(runId, id);
      const incoming = { bytes, sha256, force, onPiece: bar.add };
      saved.push({ path, saved: await saveBelow(folder, path, incoming) });
    }
  } finally {
    bar.end();
  }
  output.result({ items: saved }, () => saved.map((one) => printable(one.saved)));
  return EXIT.ok;
};

/** @throws MissingError for a name that nothing has */
async function findAll(
  { client }: Session,
  runId: string,
  wanted: readonly string[],
): Promise<readonly Artifact[]> {
  const found = new Map<string, Artifact>();
  for (const what of wanted) {
    if (ID.test(what)) {
      const one = await client().artifacts.get(runId, what);
      found.set(one.artifact_id, one);
      continue;
    }
    const before = found.size;
    for await (const one of client().artifacts.list(runId, { path: what, limit: PAGE })) {
      found.set(one.artifact_id, one);
    }
    if (found.size === before) {
      throw new MissingError(`The run ${printable(runId)} has no artifact "${printable(what)}".`);
    }
  }
  return [...found.values()];
}

interface ZipOptions extends FilterOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** `tenuto artifacts zip RUN`: all of them, or those of a filter, as one file. */
export const zipArtifacts: Command<[runId: string, options: ZipOptions]> = async (
  { io, output, client },
  runId,
  { output: given, force = false, ...filter },
) => {
  const wanted = filterOf(filter);
  // Says in time that there is no such run, and how much there is of it.
  const { total_count: count } = await client().artifacts.page(runId, { ...wanted, limit: 1 });
  const target = given ?? join('.', `run-${runId}.zip`);
  const bar = createProgressBar(io, undefined);
  const bytes = client().artifacts.zip(runId, wanted);
  try {
    await saveAs(target, { bytes, force, onPiece: bar.add });
  } finally {
    bar.end();
  }
  output.result({ saved: target, artifacts: count }, () => [
    `${printable(target)} holds ${count} ${count === 1 ? 'artifact' : 'artifacts'}.`,
  ]);
  return EXIT.ok;
};
