import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Artifact } from '@tenuto/contract';
import type { ArtifactFilter } from '@tenuto/sdk';
import { client } from './client.ts';

const PAGE = 200;
const partsOf = (runId: string) => ['run', runId, 'parts'] as const;

/** What a run has cost; read again whenever the run has changed. */
export function useRunMetrics(runId: string) {
  return useQuery({
    queryKey: [...partsOf(runId), 'metrics'],
    queryFn: ({ signal }) => client.runs.metrics(runId, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function useGovernance(runId: string) {
  return useQuery({
    queryKey: [...partsOf(runId), 'governance'],
    queryFn: ({ signal }) => client.runs.governance(runId, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** Files of a run by phase, page by page. */
export function useArtifacts(runId: string, filter: ArtifactFilter) {
  return useInfiniteQuery({
    queryKey: [...partsOf(runId), 'artifacts', filter],
    queryFn: ({ pageParam, signal }) =>
      client.artifacts.page(runId, { ...filter, limit: PAGE, ...pageParam }, { signal }),
    initialPageParam: {} as { readonly cursor?: string },
    getNextPageParam: ({ has_more: more, next_cursor: cursor }) =>
      more && cursor !== null ? { cursor } : undefined,
    placeholderData: keepPreviousData,
  });
}

/** So much of a file is read to show it. */
const MOST_BYTES = 512 * 1_024;
const MOST_IMAGE_BYTES = 8 * 1_024 * 1_024;

/** The bytes of a file, or of its first part; they never change. */
export function useContent(artifact: Artifact) {
  const { run_id: runId, artifact_id: id, size_bytes: size } = artifact;
  const most = artifact.media_type.startsWith('image/') ? MOST_IMAGE_BYTES : MOST_BYTES;
  return useQuery({
    queryKey: ['content', id],
    queryFn: async ({ signal }) => {
      if (size === 0) return new Uint8Array();
      const part = size > most ? { start: 0, end: most - 1 } : {};
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      for await (const piece of client.artifacts.download(runId, id, { ...part, signal })) {
        pieces.push(new Uint8Array(piece));
      }
      return new Uint8Array(await new Blob(pieces).arrayBuffer());
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const API = `${client.baseUrl}/api/v1`;

/** Where a browser saves files from, however large: it writes them to disk as they come. */
export const addresses = {
  file: ({ run_id: run, artifact_id: id }: Artifact) =>
    `${API}/runs/${run}/artifacts/${id}/download`,
  zip: (runId: string, phase?: string) =>
    `${API}/runs/${runId}/artifacts.zip${phase === undefined ? '' : `?phase=${encodeURIComponent(phase)}`}`,
  bundle: (runId: string, format: 'html' | 'json') =>
    `${API}/runs/${runId}/bundle?format=${format}`,
} as const;
