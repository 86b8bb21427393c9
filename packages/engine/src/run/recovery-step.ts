import type {
  AttemptKind,
  Classification,
  RecoveryAction,
  RecoveryParameters,
  RecoveryTrigger,
} from '@tenuto/contract';

/** A recovery that was decided on; recorded with what called for it, so that replay follows it. */
export interface RecoveryStep {
  readonly action: RecoveryAction;
  /** UUID of its session. */
  readonly session: string;
  readonly trigger: RecoveryTrigger;
  readonly actor: string;
  readonly classification?: Classification;
  readonly reason?: string;
  readonly with: RecoveryParameters;
  /** The rule that it follows, by its place in the policy. */
  readonly rule?: number;
  /** When the node is made again, in milliseconds since the epoch. */
  readonly retryAt?: number;
  /** UUID of the intervention that it opens, and when its default is taken. */
  readonly intervention?: string;
  readonly deadlineAt?: number;
  /** The node's effect is looked after before anything else is done. */
  readonly probe?: boolean;
  /**
   * The node goes on in its generation, so that its next attempt finds the calls that the ones before
   * it have paid for.
   */
  readonly goesOn?: boolean;
  /** A person was asked about a call of which nobody knows, and lets it be made again. */
  readonly decided?: boolean;
}

/** A recovery under way, about a node or (`RUN`) about the run. */
export interface OpenSession {
  readonly step: RecoveryStep;
  /** The status of the node or run when it began. */
  readonly before: string;
}

/** The place of the run's own session among those of its nodes. */
export const RUN = -1;

/**
 * What a node's present attempts are for, and since which of them. A node without one is in its
 * first: generation 0, doing its own work.
 */
export interface Round {
  /** How often the node was begun anew; the key of its effects changes with it. */
  readonly generation: number;
  readonly kind: AttemptKind;
  /** Number of the last attempt before this round: each round has attempts of its own. */
  readonly base: number;
  /** See {@link RecoveryStep}. */
  readonly decided?: boolean;
}
