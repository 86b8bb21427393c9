import type { ApprovalRule } from '@tenuto/contract';

/** A question to people that a node waits for. */
export interface NewApproval {
  readonly runId: string;
  readonly node: number;
  readonly nodeId: string;
  /** The same for all attempts of the node in one generation: a question is asked once. */
  readonly key: string;
  readonly owner: string;
  readonly title: string;
  readonly phase?: string;
  readonly rule: ApprovalRule;
  /** Milliseconds since the epoch; absent, it stays open. */
  readonly deadlineAt?: number;
}

/** Asks people, and names the signal that the run gets when they have decided. */
export interface ApprovalDoor {
  ask(approval: NewApproval): Promise<{ readonly approvalId: string; readonly signal: string }>;
}
