import type { AmbiguityPolicy, JsonObject } from '@tenuto/contract';
import type { LogWriter } from './log-writer.ts';
import type { Call } from './owned.ts';
import type { ActionCall, LogStream, SecretUse } from './ports/action-runner.ts';
import { attemptsInRound, effectKey, idOf, isDecidedUpon, specOf, usesOf } from './run/index.ts';

/**
 * What an action sees of its attempt. A class, because there are a hundred thousand a second and
 * few of them are ever asked for their signal: it is made when it is.
 */
export class AttemptCall implements ActionCall {
  readonly runId: string;
  readonly nodeId: string;
  readonly node: number;
  readonly attempt: number;
  readonly owner: string;
  readonly uses: string;
  readonly with: JsonObject;
  readonly startedAt: number;
  readonly graceMs: number;
  readonly onAmbiguous?: AmbiguityPolicy;
  readonly secrets?: readonly SecretUse[];
  readonly #call: Call;
  readonly #logs: LogWriter;

  constructor(call: Call, parameters: JsonObject, logs: LogWriter, secrets?: readonly SecretUse[]) {
    const { run } = call.owned;
    this.runId = run.id;
    this.nodeId = idOf(run, call.node);
    this.node = call.node;
    this.attempt = call.attempt;
    this.owner = run.facts.owner;
    this.uses = usesOf(run, call.node) ?? '';
    this.with = parameters;
    this.startedAt = call.startedAt;
    const { graceMs, onAmbiguous } = specOf(run, call.node);
    this.graceMs = graceMs;
    if (onAmbiguous !== undefined) this.onAmbiguous = onAmbiguous;
    if (secrets !== undefined) this.secrets = secrets;
    this.#call = call;
    this.#logs = logs;
  }

  get idempotencyKey(): string {
    return effectKey(this.#call.owned.run, this.#call.node, this.nodeId);
  }

  get earlierAttempts(): number {
    return attemptsInRound(this.#call.owned.run, this.#call.node, this.attempt) - 1;
  }

  get decided(): boolean {
    return isDecidedUpon(this.#call.owned.run, this.node, this.attempt);
  }

  get signal(): AbortSignal {
    const call = this.#call;
    call.controller ??= new AbortController();
    if (call.aborted !== undefined) call.controller.abort(call.aborted);
    return call.controller.signal;
  }

  heartbeat(): void {
    this.#call.silent = false;
  }

  log(stream: LogStream, text: string): void {
    this.#call.silent = false;
    this.#logs.write(this.#call, stream, this.#call.mask?.text(text) ?? text);
  }
}
