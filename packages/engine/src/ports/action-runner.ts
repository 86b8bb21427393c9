import type {
  AmbiguityPolicy,
  AttemptStatus,
  Classification,
  Json,
  JsonObject,
  RecoveryTrigger,
} from '@tenuto/contract';
import type { ReportedTest } from './reported-test.ts';

/** One attempt of one node, as an action sees it. */
export interface ActionCall {
  readonly runId: string;
  readonly nodeId: string;
  /** Its index in the run, by which its attempts are kept. */
  readonly node?: number;
  /** Rises over the whole run, from 1. */
  readonly attempt: number;
  /** How many attempts were made before this one for the same purpose in the same generation. */
  readonly earlierAttempts: number;
  /** The principal that owns the run: what an action reads or starts, it does in this name. */
  readonly owner: string;
  /** Stable over all attempts of this node and generation: send it with effects. */
  readonly idempotencyKey: string;
  readonly uses: string;
  /** Parameters with every `${...}` already resolved. */
  readonly with: JsonObject;
  /** The secrets whose values are in `with`; absent when there are none. */
  readonly secrets?: readonly SecretUse[];
  /** Wall time in milliseconds since the epoch at which the attempt started. */
  readonly startedAt: number;
  /** Aborts on cancel and timeout; the action then has `graceMs` to end. */
  readonly signal: AbortSignal;
  readonly graceMs: number;
  /** What the node says about a call of which nobody knows whether it took effect. */
  readonly onAmbiguous?: AmbiguityPolicy;
  /** A person was asked about a call of which nobody knows (`error.ask`), and lets it be made again. */
  readonly decided?: boolean;
  /** Says that the attempt is alive; so does every line of its log. */
  heartbeat(): void;
  /** Appends text to the attempt's log; it may hold several lines. */
  log(stream: LogStream, text: string): void;
}

/** A secret with its value, for the length of one attempt. */
export interface OpenSecret {
  readonly value: string;
  /** See {@link SecretUse}. */
  readonly allowedHosts?: readonly string[];
}

/** A secret that an action was given, by name. */
export interface SecretUse {
  readonly name: string;
  /** The only hosts that it may be sent to; absent, it is bound to none. */
  readonly allowedHosts?: readonly string[];
}

export type LogStream = 'stdout' | 'stderr' | 'system';

export interface ActionError {
  readonly classification: Classification;
  /** A short stable word for rules and filters: `http_status`, `exit_code`, `ssrf_blocked`, ... */
  readonly type: string;
  readonly message: string;
  /** Earliest next attempt in milliseconds from now, as the target asked (Retry-After). */
  readonly retryAfterMs?: number;
  readonly details?: JsonObject;
  /**
   * It may have taken effect all the same; of an effect, `on_ambiguous` decides what follows. False:
   * it did not, or that does no harm.
   */
  readonly outcomeUnknown?: boolean;
  /**
   * A person is asked before the next attempt, whatever the retry policy says: what it needs is a
   * decision (`budget`), or nobody knows what a call inside it has done (`ambiguous`).
   */
  readonly ask?: Extract<RecoveryTrigger, 'ambiguous' | 'budget'>;
}

/** A file that an attempt produced; its bytes go to the artifact store by hash. */
export interface ProducedArtifact {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What an attempt leaves besides its output. */
interface Produced {
  readonly artifacts?: readonly ProducedArtifact[];
  /** Results of tests for their history, in the order of the report. */
  readonly tests?: readonly ReportedTest[];
}

/** What the node waits for without holding a slot; each survives restarts. */
export type Wait =
  | { readonly kind: 'time'; readonly until: number }
  | { readonly kind: 'run'; readonly runId: string }
  /**
   * A message of that name to the run; after `until` it has not come. With a `topic` it is an event
   * on it that is awaited, and the name is nobody's to read.
   */
  | {
      readonly kind: 'signal';
      readonly name: string;
      readonly topic?: string;
      readonly until?: number;
    };

export type ActionOutcome =
  | (Produced & {
      readonly status: Extract<AttemptStatus, 'completed'>;
      readonly output: Json;
    })
  | (Produced & {
      readonly status: Exclude<AttemptStatus, 'completed'>;
      readonly error: ActionError;
      readonly output?: Json;
    })
  | { readonly status: 'waiting'; readonly wait: Wait };

/**
 * The hands of the engine. `run` never throws: whatever goes wrong is a failed outcome. It may
 * answer at once, without a promise, when there is nothing to wait for.
 */
export interface ActionRunner {
  /**
   * For an action whose calls can be effects that must not happen twice unasked (a crash in the
   * middle of one leaves open whether it has happened): what names the target of such a call, and
   * gives undefined for one that may be made again. Undefined for all other actions.
   */
  effectOf?(uses: string): ((parameters: JsonObject) => string | undefined) | undefined;
  /**
   * Whether an action keeps a ledger of its own of the calls that it makes: after a crash its attempt
   * is made again, and it decides itself about the calls of which nobody knows.
   */
  knowsItsCalls?(uses: string): boolean;
  /**
   * Of such an action: whether a failure of this type comes of what is recorded, so that the same
   * calls would only bring it about again. Absent, its classification says so.
   */
  failsOfItself?(uses: string, type: string): boolean;
  /** Opens those of an owner's secrets that are there; absent where there are none at all. */
  openSecrets?(owner: string, names: readonly string[]): Promise<ReadonlyMap<string, OpenSecret>>;
  /**
   * What follows a call of such an action of which nobody knows whether it took effect, where its
   * node does not say; absent, `retry`.
   */
  ambiguityOf?(uses: string): AmbiguityPolicy | undefined;
  run(call: ActionCall): ActionOutcome | Promise<ActionOutcome>;
}
