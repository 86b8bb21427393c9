import type { ApprovalRule, JsonObject } from '@tenuto/contract';

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
  /** Its deadline runs from the moment at which the question is noted, by the store's clock. */
  readonly rule: ApprovalRule;
}

/** A question that was asked. */
export interface AskedApproval {
  readonly approvalId: string;
  /** The signal that the run gets once it is decided; its payload is the node's output. */
  readonly signal: string;
  /** What was decided already, when an attempt before this one has asked. */
  readonly answer?: JsonObject;
}

/** Asks people, and names the signal that the run gets when they have decided. */
export interface ApprovalDoor {
  /** @throws OrchestrationError when the run is over, or the store cannot be reached */
  ask(approval: NewApproval): Promise<AskedApproval>;
}
