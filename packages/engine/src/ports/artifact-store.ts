import type { ArtifactType } from '@tenuto/contract';
import type { Access, PageRequest } from './job-store.ts';

/** A file that a node produced, as a version of what stands at its path. */
export interface ArtifactRecord {
  readonly artifactId: string;
  readonly runId: string;
  /** `NO_PHASE` for none. */
  readonly phase: string;
  readonly path: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: ArtifactType;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly generation: number;
  readonly current: boolean;
  readonly nodeId: string | null;
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Its bytes are in the database; else in the store of blobs. */
  readonly inDatabase: boolean;
}

export interface ArtifactFilter {
  readonly runId: string;
  readonly phase?: string;
  readonly type?: ArtifactType;
  /** A pattern of paths, or how they begin when it ends with `/`. */
  readonly path?: string;
  /** As the files stood in this generation; absent, as they stand now. */
  readonly generation?: number;
}

/** The place of an artifact in a list. */
export interface ArtifactKey {
  readonly phase: string;
  readonly path: string;
  readonly artifactId: string;
}

export interface ArtifactPage {
  readonly items: readonly ArtifactRecord[];
  readonly hasMore: boolean;
  /** Of all pages. */
  readonly total: number;
  readonly totalBytes: number;
  /** The generation that is shown. */
  readonly generation: number;
}

/** What runs have left, as the API sees it. Internal files are not part of it. */
export interface ArtifactStore {
  /** By phase and path; undefined when the run is not there for this access. */
  list(
    access: Access,
    filter: ArtifactFilter,
    page: PageRequest<ArtifactKey>,
  ): Promise<ArtifactPage | undefined>;
  find(access: Access, runId: string, artifactId: string): Promise<ArtifactRecord | undefined>;
  /** How many each phase has; none where the run is not there for this access. */
  counts(access: Access, runId: string): Promise<ReadonlyMap<string, number>>;
  /** Bytes that are in the database. */
  bytes(hash: string): Promise<Uint8Array | undefined>;
}
