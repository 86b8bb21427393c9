import {
  type Artifact,
  type ArtifactType,
  formatTime,
  NO_PHASE,
  OrchestrationError,
  type RunArtifacts,
} from '@tenuto/contract';
import type {
  Access,
  ArtifactFilter,
  ArtifactKey,
  ArtifactRecord,
  ArtifactStore,
  BlobStore,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { type Paging, pageRequest, writeCursor } from './paging.ts';

export interface ArtifactParts {
  readonly artifacts: ArtifactStore;
  readonly blobs: BlobStore;
}

export interface ArtifactQuery extends Omit<Paging, 'offset'> {
  readonly phase?: string;
  readonly type?: ArtifactType;
  readonly path?: string;
  readonly generation?: number;
  readonly offset?: number;
  /** Another name of `offset`. */
  readonly page?: number;
}

const DEFAULT_LIMIT = 100;

/**
 * The files that a run has left, a page of them, by phase.
 * @throws OrchestrationError 404
 */
export async function listArtifacts(
  { artifacts }: Pick<ArtifactParts, 'artifacts'>,
  caller: Caller,
  { runId, query }: { readonly runId: string; readonly query: ArtifactQuery },
): Promise<RunArtifacts> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const { limit = DEFAULT_LIMIT, offset = query.page, cursor } = query;
  const request = pageRequest(
    { limit, ...(offset !== undefined && { offset }), ...(cursor !== undefined && { cursor }) },
    artifactKey,
  );
  const id = runId.toLowerCase();
  const page = await artifacts.list(access, filterOf(id, query), request);
  if (page === undefined) throw noRun(runId);
  const last = page.items.at(-1);
  return {
    run_id: id,
    total_count: page.total,
    total_bytes: page.totalBytes,
    generation: page.generation,
    artifacts_by_phase: byPhase(page.items.map(artifactView)),
    limit: request.limit,
    offset: request.offset,
    has_more: page.hasMore,
    next_cursor: page.hasMore && last !== undefined ? writeCursor(artifactKey, last) : null,
  };
}

/** @throws OrchestrationError 404 */
export async function getArtifact(
  parts: Pick<ArtifactParts, 'artifacts'>,
  caller: Caller,
  ids: ArtifactIds,
): Promise<Artifact> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  return artifactView(await findArtifact(parts, access, ids));
}

export interface ArtifactIds {
  readonly runId: string;
  readonly artifactId: string;
}

/** @throws OrchestrationError 404 */
export async function findArtifact(
  { artifacts }: Pick<ArtifactParts, 'artifacts'>,
  access: Access,
  { runId, artifactId }: ArtifactIds,
): Promise<ArtifactRecord> {
  const found = await artifacts.find(access, runId.toLowerCase(), artifactId.toLowerCase());
  if (found !== undefined) return found;
  throw new OrchestrationError('not_found', `The run ${runId} has no artifact ${artifactId}.`);
}

export function filterOf(
  runId: string,
  { phase, type, path, generation }: Pick<ArtifactQuery, 'phase' | 'type' | 'path' | 'generation'>,
): ArtifactFilter {
  return {
    runId,
    ...(phase !== undefined && { phase }),
    ...(type !== undefined && { type }),
    ...(path !== undefined && { path }),
    ...(generation !== undefined && { generation }),
  };
}

export function noRun(runId: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no run ${runId}.`);
}

const artifactKey: Parameters<typeof pageRequest<ArtifactKey>>[1] = {
  write: ({ phase, path, artifactId }) => [phase, path, artifactId],
  read: ([phase, path, artifactId]) =>
    typeof phase === 'string' && typeof path === 'string' && isId(artifactId)
      ? { phase, path, artifactId }
      : undefined,
};

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

/** In their order; a phase may be called like anything, `__proto__` too. */
function byPhase(items: readonly Artifact[]): Record<string, Artifact[]> {
  const phases = new Map<string, Artifact[]>();
  for (const item of items) {
    const phase = item.phase ?? NO_PHASE;
    const known = phases.get(phase);
    if (known === undefined) phases.set(phase, [item]);
    else known.push(item);
  }
  return Object.fromEntries(phases);
}

function artifactView(record: ArtifactRecord): Artifact {
  return {
    artifact_id: record.artifactId,
    run_id: record.runId,
    phase: record.phase === NO_PHASE ? null : record.phase,
    path: record.path,
    name: record.name,
    description: record.description,
    artifact_type: record.type,
    media_type: record.mediaType,
    size_bytes: record.sizeBytes,
    sha256: record.hash,
    generation: record.generation,
    current: record.current,
    node_id: record.nodeId,
    attempt: record.attempt,
    created_at: formatTime(record.createdAt),
  };
}
