import type { ApprovalDecision, ApprovalState, ApprovalVote } from '@tenuto/contract';
import type { ApprovalDoor } from './approval-door.ts';
import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** Times in milliseconds since the epoch. */
export interface ApprovalRecord {
  readonly approvalId: string;
  readonly runId: string;
  readonly owner: string;
  readonly node: number;
  readonly nodeId: string;
  readonly phase: string | null;
  readonly state: ApprovalState;
  readonly title: string;
  readonly message: string | null;
  readonly approvers: readonly string[] | null;
  readonly required: number;
  readonly approvedBy: number;
  readonly decisions: readonly ApprovalVote[];
  readonly reason: string | null;
  readonly openedAt: number;
  readonly deadlineAt: number | null;
  readonly onDeadline: 'approve' | 'reject';
  readonly decidedAt: number | null;
  readonly version: number;
}

export interface ApprovalFilter {
  readonly runId?: string;
  readonly states?: readonly ApprovalState[];
  /** Only what is open and waits for the vote of this name, or of the teams that it is in. */
  readonly waitingFor?: string;
}

export interface Vote {
  readonly approvalId: string;
  /** One name, one vote. */
  readonly voter: string;
  readonly decision: ApprovalDecision;
  readonly comment?: string;
  /** With `delegate`. */
  readonly delegateTo?: string;
  readonly audit: AuditEntry;
}

/**
 * `closed`: it was decided, or its run was given up. `late`: its deadline has passed. `not_yours`:
 * others have to decide. `voted`: the vote was used, or passed on. `delegate`: whom it was to be
 * passed on to has, or had, a vote of their own.
 */
export type VoteResult =
  | 'voted_last'
  | 'voted_one'
  | 'closed'
  | 'late'
  | 'not_yours'
  | 'voted'
  | 'delegate'
  | 'missing';

/**
 * Approvals. Whoever reaches a run sees those of the run; who is named in one, or was passed a vote,
 * sees that one, whoever's the run is. Throws as {@link JobStore} does.
 */
export interface ApprovalStore extends ApprovalDoor {
  approval(access: Access, approvalId: string): Promise<ApprovalRecord | undefined>;
  /** Newest first. */
  approvals(
    access: Access,
    filter: ApprovalFilter,
    page: PageRequest<string>,
  ): Promise<Page<ApprovalRecord>>;
  /** Casts a vote; the last one that is needed tells the run, in the same statement. */
  vote(access: Access, vote: Vote): Promise<VoteResult>;
  /** Decides what nobody has decided by its deadline. @returns the runs that were told */
  expire(): Promise<readonly string[]>;
  /** Closes what is open about runs that were given up. @returns how many */
  closeStrays(): Promise<number>;
}
