import type {
  Advanced,
  BUNDLE_ARTIFACTS,
  BulkAnswer,
  BulkRequest,
  Bundle,
  CloneRun,
  Comparison,
  CreatedRun,
  CreateRun,
  Explanation,
  ForkRequest,
  JsonObject,
  RaiseBudget,
  RaisedBudget,
  RollbackRun,
  RunDetail,
  RunGovernance,
  RunMetrics,
  RunStatsView,
  RunView,
  WaitingFor,
} from '@tenuto/contract';
import { type AskOptions, createAsker, type SubmitOptions, submit } from './asking.ts';
import { comparisonShape, isBundle } from './fork-shapes.ts';
import { governanceShape } from './governance-shapes.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { raisedShape, runMetricsShape } from './money-shapes.ts';
import { advancedShape, createdRunShape } from './phased-shapes.ts';
import { type CallOptions, createReader, metadataQuery, segment } from './reading.ts';
import { bulkShape, explanationShape, runDetailShape, runShape } from './recovery-shapes.ts';
import { type FollowOptions, followRun, type RunFollowed } from './run-follow.ts';
import { streamText } from './stream-text.ts';
import { runStatsShape } from './task-shapes.ts';
import type { TransportOptions } from './transport.ts';

export interface RunQuery extends PageQuery {
  readonly kind?: string;
  /** Only runs of this profile. */
  readonly profile?: string;
  /** Only of this task. */
  readonly task_id?: string;
  readonly status?: readonly string[];
  /** Only what cannot go on until somebody does something. */
  readonly waiting_for?: WaitingFor;
  /** Values that the metadata must hold. */
  readonly metadata?: Readonly<Record<string, string>>;
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

/** A run as it is sent: typed, or read from a file and left to the server to check. */
export type CreateRunBody = CreateRun | JsonObject;

export interface NextOptions extends AskOptions {
  /** Gates that do not block are not evaluated; needs the scope `runs:override`. */
  readonly skipValidation?: boolean;
}

export interface RunChangeOptions extends AskOptions {
  readonly reason?: string;
}

export interface CompareQuery {
  /** Lists nodes that are the same in all runs, too. */
  readonly all?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

export interface BundleQuery {
  /** `inline`: small texts come along. */
  readonly artifacts?: (typeof BUNDLE_ARTIFACTS)[number];
}

/** Runs of all kinds. Every function throws as `createClient` says. */
export interface Runs {
  get(runId: string, options?: CallOptions): Promise<RunDetail>;
  /** Newest first. */
  list(query?: RunQuery, options?: CallOptions): Listing<RunView>;
  /** Why a run, and each of its nodes, does not go on. */
  explain(runId: string, options?: ExplainOptions): Promise<Explanation>;
  /** What the gates of its phases have found. */
  governance(runId: string, options?: CallOptions): Promise<RunGovernance>;
  /**
   * What happens to a run, from its beginning to its end: each entry once, numbered without gaps, the
   * same for everybody who follows; between entries, how far it is. Goes on by itself when the
   * connection breaks or the server restarts.
   */
  follow(runId: string, options?: FollowOptions): AsyncIterable<RunFollowed>;
  /** Makes a run of a profile. */
  create(body: CreateRunBody, options?: SubmitOptions): Promise<CreatedRun>;
  /**
   * Executes the phases that are ready. Throws ApiError with `gate_blocked` when a gate blocks.
   * Answers before their end when they take longer than the server holds an answer back.
   */
  next(runId: string, options?: NextOptions): Promise<Advanced>;
  /** The same run again, or from one of its phases on. */
  clone(runId: string, body?: CloneRun, options?: SubmitOptions): Promise<CreatedRun>;
  cancel(runId: string, options?: RunChangeOptions): Promise<RunDetail>;
  pause(runId: string, options?: RunChangeOptions): Promise<RunDetail>;
  resume(runId: string, options?: RunChangeOptions): Promise<RunDetail>;
  /** Takes a run back to where a phase began. */
  rollback(runId: string, body: RollbackRun, options?: AskOptions): Promise<RunDetail>;
  /** What a run has cost, by phase, agent and model, and what it will. */
  metrics(runId: string, options?: CallOptions): Promise<RunMetrics>;
  /** Raises the budget of a run or a phase; what waits for money goes on. */
  raiseBudget(runId: string, body: RaiseBudget, options?: AskOptions): Promise<RaisedBudget>;
  /** Makes a run that begins with what another one has done. */
  fork(runId: string, body?: ForkRequest, options?: SubmitOptions): Promise<RunDetail>;
  /** What two to four runs differ in: from the first of them to each of the others. */
  compare(
    runIds: readonly string[],
    query?: CompareQuery,
    options?: CallOptions,
  ): Promise<Comparison>;
  /** Everything that is known of a run, as data. */
  bundle(runId: string, query?: BundleQuery, options?: CallOptions): Promise<Bundle>;
  /** The same as a page that opens without a network, in pieces. */
  bundlePage(runId: string, query?: BundleQuery, options?: CallOptions): AsyncIterable<string>;
  /** What all runs of the last days have come to; with `hours`, also by hour for so many hours. */
  summary(
    query?: { readonly days?: number; readonly hours?: number },
    options?: CallOptions,
  ): Promise<RunStatsView>;
  /** Does one thing to all runs that a filter matches; sent again it does nothing twice. */
  bulk(request: BulkRequest, options?: CallOptions): Promise<BulkAnswer>;
}

export function createRuns(transport: TransportOptions): Runs {
  const { read, list } = createReader(transport);
  const change = createAsker(transport);
  const one = (runId: string) => `/runs/${segment(runId)}`;
  const deed =
    (verb: string) =>
    (runId: string, { reason, ...options }: RunChangeOptions = {}) =>
      change(`${one(runId)}/${verb}`, runDetailShape, {
        ...{ body: reason === undefined ? {} : { reason }, repeatable: false, options },
      });
  return {
    create: (body, options) =>
      submit(transport, { path: '/runs', body, shape: createdRunShape }, options),
    next: (runId, { skipValidation, ...options } = {}) =>
      change(`${one(runId)}/next`, advancedShape, {
        ...{ body: skipValidation ? { skip_validation: true } : {}, repeatable: false, options },
      }),
    clone: (runId, body = {}, options) =>
      submit(transport, { path: `${one(runId)}/clone`, body, shape: createdRunShape }, options),
    cancel: deed('cancel'),
    pause: deed('pause'),
    resume: deed('resume'),
    rollback: (runId, body, options) =>
      change(`${one(runId)}/rollback`, runDetailShape, { body, repeatable: false, options }),
    get: (runId, options) => read(one(runId), runDetailShape, {}, options),
    list: ({ metadata, ...query } = {}, options) =>
      list('/runs', runShape, { ...query, ...metadataQuery(metadata) }, options),
    governance: (runId, options) =>
      read(`/runs/${segment(runId)}/governance`, governanceShape, {}, options),
    explain: (runId, options = {}) =>
      read(`${one(runId)}/explain`, explanationShape, { node_id: options.nodeId }, options),
    follow: (runId, options) => followRun(transport, `${one(runId)}/stream`, options),
    metrics: (runId, options) => read(`${one(runId)}/metrics`, runMetricsShape, {}, options),
    // Sent again after it was carried out, it would be refused: the limit is no higher by then.
    raiseBudget: (runId, body, options) =>
      change(`${one(runId)}/budget`, raisedShape, { body, repeatable: false, options }),
    fork: (runId, body = {}, options) =>
      submit(transport, { path: `${one(runId)}/fork`, body, shape: runDetailShape }, options),
    compare: (runIds, query, options) =>
      read('/runs/compare', comparisonShape, { ...query, ids: [...runIds].join(',') }, options),
    bundle: (runId, query, options) =>
      read(`${one(runId)}/bundle`, isBundle, { ...query, format: 'json' }, options),
    bundlePage: (runId, query, options = {}) =>
      streamText(transport, { path: `${one(runId)}/bundle`, query: { ...query }, ...options }),
    summary: (query, options) => read('/runs/stats/summary', runStatsShape, { ...query }, options),
    bulk: (body, options) => change('/runs/bulk', bulkShape, { body, repeatable: true, options }),
  };
}
