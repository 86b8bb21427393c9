import type { Approval, DecideApproval, RaisedBudget } from '@tenuto/contract';
import { type AskOptions, createAsker } from './asking.ts';
import { approvalShape } from './governance-shapes.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { raisedShape } from './money-shapes.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import type { TransportOptions } from './transport.ts';

export interface ApprovalQuery extends PageQuery {
  readonly run_id?: string;
  readonly state?: readonly string[];
  /** Only what waits for the caller's vote. */
  readonly mine?: boolean;
}

/** Questions whether runs may go on. Every function throws as `createClient` says. */
export interface Approvals {
  get(approvalId: string, options?: CallOptions): Promise<Approval>;
  /** What the caller may decide, and what is asked about its runs; newest first. */
  list(query?: ApprovalQuery, options?: CallOptions): Listing<Approval>;
  /**
   * Casts the caller's vote about a run, or passes it on; the run goes on by the last one. For a run
   * that waits for money alone, `budget_usd` raises its budget.
   */
  decide(
    runId: string,
    body: DecideApproval,
    options?: AskOptions,
  ): Promise<Approval | RaisedBudget>;
}

const decidedShape = (value: unknown): value is Approval | RaisedBudget =>
  approvalShape(value) || raisedShape(value);

export function createApprovals(transport: TransportOptions): Approvals {
  const { read, list } = createReader(transport);
  const ask = createAsker(transport);
  return {
    get: (id, options) => read(`/approvals/${segment(id)}`, approvalShape, {}, options),
    list: (query, options) => list('/approvals', approvalShape, { ...query }, options),
    decide: (runId, body, options) =>
      ask(`/runs/${segment(runId)}/approve`, decidedShape, { body, repeatable: false, options }),
  };
}
