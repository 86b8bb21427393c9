import {
  type Job,
  type List,
  OrchestrationError,
  parseTime,
  type RunStatus,
} from '@tenuto/contract';
import type { RunFilter } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { jobView } from './job-view.ts';
import { nameFilter } from './name-filter.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';
import type { JobParts } from './services.ts';

/** The query of a list of jobs; `metadata.<key>` fields stand beside these. */
export interface JobQuery extends Paging {
  readonly status?: readonly RunStatus[];
  readonly created_after?: string;
  readonly created_before?: string;
  readonly target_type?: string;
  readonly tag?: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

const METADATA = 'metadata.';

/** Newest first. */
export async function listJobs(
  { jobs, engine, clock }: JobParts,
  caller: Caller,
  query: JobQuery,
): Promise<List<Job>> {
  const access = authorize(caller.principal, 'jobs:read', 'jobs');
  const request = pageRequest(query, runKey);
  const page = await jobs.list(access, filterOf(query), request);
  const now = clock.wall();
  return listOf(page, request, {
    codec: runKey,
    key: (run) => run.runId,
    item: (run) => jobView(run, engine.live(run.runId), now),
  });
}

function filterOf(query: JobQuery): RunFilter {
  return runFilterOf(query, metadataOf(query));
}

/** What the `metadata.<key>` fields of a query ask for. */
export function metadataOf(query: object): NonNullable<RunFilter['metadata']> {
  return Object.entries(query).flatMap(([field, value]) =>
    field.startsWith(METADATA) && typeof value === 'string'
      ? [[field.slice(METADATA.length), value] as const]
      : [],
  );
}

/**
 * The filter that a query or a body spells.
 * @throws OrchestrationError 400 for times that are none
 */
export function runFilterOf(
  query: Pick<
    JobQuery,
    'status' | 'created_after' | 'created_before' | 'target_type' | 'tag' | 'name'
  >,
  metadata: NonNullable<RunFilter['metadata']>,
): RunFilter {
  const from = timeOf(query.created_after, '/created_after');
  const before = timeOf(query.created_before, '/created_before');
  const { name } = query;
  return {
    ...(query.status !== undefined && { statuses: query.status }),
    ...(from !== undefined && { createdFrom: from }),
    ...(before !== undefined && { createdBefore: before }),
    ...(query.target_type !== undefined && { jobType: query.target_type }),
    ...(query.tag !== undefined && { tag: query.tag }),
    ...nameFilter(name),
    ...(metadata.length > 0 && { metadata }),
  };
}

/** @throws OrchestrationError 400 for a text that is no time */
export function timeOf(text: string | undefined, path: string): number | undefined {
  const at = text === undefined ? undefined : parseTime(text);
  if (text === undefined || at !== undefined) return at;
  const message = 'is not an RFC 3339 time (a + in an address is written %2B)';
  throw new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message, value: text }],
  });
}
