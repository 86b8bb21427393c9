import type { BudgetScope, Crossing, Json } from '@tenuto/contract';

/** Tokens as the provider counts them; `input` includes `cached`, `output` includes `reasoning`. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
}

/**
 * Which call it is: the same for all attempts of a node in one generation, so that an attempt after
 * a crash finds what the one before it has done. `loop` is `main`, or the path of a sub-agent
 * (`main/3.researcher`); `step` counts the model calls of a loop from 0, and `tool` is the id of a
 * tool's call within it (empty for the model's own).
 */
export interface CallKey {
  readonly runId: string;
  readonly nodeKey: string;
  readonly loop: string;
  readonly step: number;
  readonly tool: string;
}

export interface NewCall extends CallKey {
  readonly node: number;
  readonly nodeId: string;
  readonly attempt: number;
  readonly owner: string;
  readonly phase?: string;
  readonly agent: string;
  /** `provider/model` for a call of a model; the tool's name for a call of a tool. */
  readonly target: string;
  readonly kind: 'model' | 'tool';
  /** SHA-256 in hex of what is asked: another one under the same key is a call of its own. */
  readonly requestHash: string;
  /** Of a model's call: what it is made of, for the estimate of its price. */
  readonly estimate?: {
    /** Bytes of the whole prompt, tools included: no tokenizer makes more tokens of it. */
    readonly inputBytes: number;
    readonly maxOutputTokens: number;
  };
  /** May it be made again when nobody knows whether it happened: see `Begun`. */
  readonly repeatUnknown?: boolean;
}

/** The budget that stands in the way of a call. */
export interface BlockingBudget {
  readonly budgetId: string;
  readonly scope: BudgetScope;
  readonly limitNanoUsd: number;
  readonly spentNanoUsd: number;
  readonly onCrossing: Crossing;
  /** With `degrade`: the model to begin the call with in its place; if that is over, too: pause. */
  readonly degradeTo?: string;
}

export type Begun =
  /** The intent is durable and its price reserved: make the call. */
  | { readonly state: 'begun'; readonly callId: string; readonly reservedNanoUsd: number }
  /** It was made before: here is what came of it. */
  | {
      readonly state: 'done';
      readonly result: Json;
      readonly usage: TokenUsage | null;
      readonly costNanoUsd: number;
    }
  /**
   * An earlier attempt began it, and nobody knows whether it happened: it counts as paid for at its
   * expected price. With `repeatUnknown` it is begun anew, and the old one stays counted.
   */
  | {
      readonly state: 'unknown';
      readonly callId: string;
      readonly estimateNanoUsd: number;
      /** Attempts before this one that were told so. */
      readonly seenBefore: number;
      /** A person who was asked about the node since then has said that it is to be made again. */
      readonly approved: boolean;
    }
  /** It may fit once calls that are going on have been settled: ask again a little later. */
  | { readonly state: 'wait'; readonly budget: BlockingBudget }
  | { readonly state: 'over'; readonly budget: BlockingBudget };

export interface CallResult {
  /** What the next attempt is given instead of another call. */
  readonly result: Json;
  /** Absent for tools. */
  readonly usage?: TokenUsage;
  /** The model that answered, when the provider names another one than was asked. */
  readonly model?: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * Paid and irreversible calls inside an attempt: their intent is written before, with their price
 * reserved from every budget above them, and their outcome after, with the price settled.
 */
export interface CallLedger {
  /**
   * Sent again by the same attempt, for a reply that was lost, it answers the same.
   * @throws CallLedgerError `fenced`
   * @throws OrchestrationError `store_unavailable` or `overloaded`: it may or may not have begun;
   *   send it again
   */
  begin(call: NewCall): Promise<Begun>;
  /**
   * The first result stays, and sending it again is harmless. A call that was taken for unknown is
   * settled at its true price after all.
   * @throws CallLedgerError `too_large`: it is settled, but its result could not be kept
   * @throws OrchestrationError as `begin` does
   */
  finish(callId: string, result: CallResult): Promise<{ readonly costNanoUsd: number }>;
  /** It did not happen, or was refused before it cost anything: the reservation is given back. */
  drop(callId: string, reason: string): Promise<void>;
}

/** Calls that nobody will say anything about any more. */
export interface StrayCalls {
  /**
   * Settles open calls whose attempt is over at their expected price, as unknown.
   * @returns how many
   */
  settleStrays(): Promise<number>;
}

export type CallLedgerFault =
  /** The run is over or somebody else's by now, or a later attempt of the node has begun calls. */
  | 'fenced'
  | 'too_large'
  /** No call has this id. */
  | 'missing';

export class CallLedgerError extends Error {
  readonly kind: CallLedgerFault;

  constructor(kind: CallLedgerFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CallLedgerError';
    this.kind = kind;
  }
}
