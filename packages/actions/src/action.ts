import type { AmbiguityPolicy, JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionOutcome } from '@tenuto/engine';
import type { TObject } from 'typebox';

/**
 * One action: a name for `uses`, a schema for `with`, and a function. To add one, write a module
 * that exports a factory for it and put it into the registry.
 */
export interface ActionDefinition {
  /** What `uses` says: `http.request`. */
  readonly name: string;
  readonly description: string;
  /** Closed object schema of `with`, checked after its templates are resolved. */
  readonly parameters: TObject;
  run(call: ActionCall): ActionOutcome | Promise<ActionOutcome>;
  /**
   * Fields of `with` that may hold secrets, or all of them. Absent, none: what the action is given
   * is stored, or can be seen by others.
   */
  readonly secretFields?: 'all' | readonly string[];
  /** Sends secrets to no other hosts than those that they are bound to. */
  readonly keepsHosts?: boolean;
  /** What follows a lost call that stands in the ledger where its node does not say. */
  readonly onAmbiguous?: AmbiguityPolicy;
  /**
   * Names what a call changes, when making it twice could change it twice; undefined for a call that
   * may be made again. Such a call stands in the ledger of effects, and a node may say what follows
   * when an engine dies in the middle of it (`on_ambiguous`).
   */
  effectOf?(parameters: JsonObject): string | undefined;
  /** Keeps a ledger of its own of the calls that it makes: see `ActionRunner.knowsItsCalls`. */
  readonly knowsItsCalls?: boolean;
  /** Types of its failures that recorded calls bring about: see `ActionRunner.failsOfItself`. */
  readonly ownFailures?: ReadonlySet<string>;
  /** Lets go of what the action holds between calls: kept connections, children. */
  close?(): Promise<void>;
}

/** A failed outcome that no retry can mend: the parameters or the set-up are wrong. */
export function refused(type: string, message: string, details?: JsonObject): ActionOutcome {
  return {
    status: 'failed',
    error: { classification: 'validation', type, message, ...(details && { details }) },
  };
}
