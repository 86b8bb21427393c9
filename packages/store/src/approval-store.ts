import type { ApprovalStore } from '@tenuto/engine';
import { askApproval } from './queries/approval-ask.ts';
import { castVote, closeStrayApprovals, expireApprovals } from './queries/approval-decide.ts';
import { findApproval, listApprovals } from './queries/approvals.ts';
import type { Database } from './queries/database.ts';

/** Questions whether runs may go on, on the pool of the API. */
export function createApprovalStore(db: Database): ApprovalStore {
  return {
    ask: (approval) => askApproval(db, approval),
    approval: (access, approvalId) => findApproval(db, access, approvalId),
    approvals: (access, filter, page) => listApprovals(db, access, filter, page),
    vote: (access, vote) => castVote(db, access, vote),
    expire: () => expireApprovals(db),
    closeStrays: () => closeStrayApprovals(db),
  };
}
