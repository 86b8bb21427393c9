import type {
  BulkAnswer,
  BulkRequest,
  Explanation,
  RunDetail,
  RunStatsView,
  RunView,
} from '@tenuto/contract';
import { createAsker } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import { bulkShape, explanationShape, runDetailShape, runShape } from './recovery-shapes.ts';
import { type FollowOptions, followRun, type RunFollowed } from './run-follow.ts';
import { runStatsShape } from './task-shapes.ts';
import type { TransportOptions } from './transport.ts';

export interface RunQuery extends PageQuery {
  readonly kind?: string;
  /** Only of this task. */
  readonly task_id?: string;
  readonly status?: readonly string[];
  readonly success?: boolean;
  readonly tag?: string;
  readonly name?: string;
  /** RFC 3339. */
  readonly created_after?: string;
  readonly created_before?: string;
  /** Runs that began at this time or later, and runs that were over by this time. */
  readonly start_time?: string;
  readonly end_time?: string;
  /** Shows the texts of errors. */
  readonly include_errors?: boolean;
}

export interface ExplainOptions extends CallOptions {
  /** Only this node, whatever its state. */
  readonly nodeId?: string;
}

/** Runs of all kinds. Every function throws as `createClient` says. */
export interface Runs {
  get(runId: string, options?: CallOptions): Promise<RunDetail>;
  /** Newest first. */
  list(query?: RunQuery, options?: CallOptions): Listing<RunView>;
  /** Why a run, and each of its nodes, does not go on. */
  explain(runId: string, options?: ExplainOptions): Promise<Explanation>;
  /**
   * What happens to a run, from its beginning to its end: each entry once, numbered without gaps, the
   * same for everybody who follows; between entries, how far it is. Goes on by itself when the
   * connection breaks or the server restarts.
   */
  follow(runId: string, options?: FollowOptions): AsyncIterable<RunFollowed>;
  /** What all runs of the last days have come to. */
  summary(query?: { readonly days?: number }, options?: CallOptions): Promise<RunStatsView>;
  /** Does one thing to all runs that a filter matches; sent again it does nothing twice. */
  bulk(request: BulkRequest, options?: CallOptions): Promise<BulkAnswer>;
}

export function createRuns(transport: TransportOptions): Runs {
  const { read, list } = createReader(transport);
  const change = createAsker(transport);
  const one = (runId: string) => `/runs/${segment(runId)}`;
  return {
    get: (runId, options) => read(one(runId), runDetailShape, {}, options),
    list: (query, options) => list('/runs', runShape, { ...query }, options),
    explain: (runId, options = {}) =>
      read(`${one(runId)}/explain`, explanationShape, { node_id: options.nodeId }, options),
    follow: (runId, options) => followRun(transport, `${one(runId)}/stream`, options),
    summary: (query, options) => read('/runs/stats/summary', runStatsShape, { ...query }, options),
    bulk: (body, options) => change('/runs/bulk', bulkShape, { body, repeatable: true, options }),
  };
}
