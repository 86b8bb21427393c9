import type { Json, RecoveryAction, RecoveryParameters, Resolution } from '@tenuto/contract';

interface Said {
  /** Who says it. */
  readonly actor: string;
  readonly reason?: string;
}

/** What each kind of message to a run says. Nodes are indexes into the run. */
export interface InboxBody {
  readonly cancel: Said & { readonly mode: 'graceful' | 'immediate' };
  readonly pause: Said;
  readonly resume: Said;
  readonly signal: Said & {
    readonly name: string;
    readonly payload: Json;
    /**
     * Refused unless a node waits for it now: it is not kept for later. The id is its own, and named
     * by the refusal.
     */
    readonly awaited?: string;
  };
  /** No further attempt of a node that waits for one. */
  readonly cancel_retry: Said & { readonly node: number };
  /** A run that failed or timed out is taken up again. */
  readonly retry: Said & {
    readonly session: string;
    readonly from: 'failed' | 'start' | 'node';
    readonly node?: number;
    /** More nodes that are run again from, with `from: node`. */
    readonly also?: readonly number[];
  };
  readonly recover: Said & {
    readonly session: string;
    readonly action: RecoveryAction;
    readonly node?: number;
    readonly with: RecoveryParameters;
  };
  /** An intervention was decided, by a person or by its deadline. */
  readonly resolve: Said & {
    readonly intervention: string;
    readonly resolution: Resolution;
    readonly result?: Json;
  };
}
export type InboxType = keyof InboxBody;

/** Something that has reached a run from outside its owner. */
export type InboxItem = {
  readonly [Type in InboxType]: {
    readonly runId: string;
    readonly seq: number;
    readonly type: Type;
    readonly body: InboxBody[Type];
  };
}[InboxType];
