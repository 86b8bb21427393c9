/** Runs attempts: from a committed start to an outcome that goes back into the run. */
import { createHash } from 'node:crypto';
import { ExpressionError, type Json, type JsonObject, LIMITS } from '@tenuto/contract';
import type { LogWriter } from './log-writer.ts';
import type { Call, FinalOutcome } from './owned.ts';
import type {
  ActionCall,
  ActionError,
  ActionOutcome,
  ActionRunner,
  ProducedArtifact,
} from './ports/action-runner.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { EngineStore } from './ports/store.ts';
import { decideRetry } from './retry/index.ts';
import { type AttemptEnded, idOf, parametersOf, type RunEvent, specOf } from './run/index.ts';
import type { EndedExtra } from './run-driver.ts';

export interface ExecutorPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly runner: ActionRunner;
  readonly store: Pick<EngineStore, 'putBlobs' | 'putArtifacts'>;
  readonly logs: LogWriter;
  /** Feeds what came of an attempt back into its run. */
  handle(call: Call, event: RunEvent, extra: EndedExtra): void;
  /** A result that came after its attempt had been ended. */
  late(call: Call, outcome: ActionOutcome): void;
}

export interface Executor {
  /** Starts an attempt whose start is durable. */
  execute(call: Call): void;
  abort(call: Call, reason: 'cancelled' | 'timeout', grace: boolean): void;
  /** Ends an attempt whose work is lost with this engine; it is made again elsewhere. */
  lose(call: Call, message: string): void;
}

export function createExecutor(ports: ExecutorPorts): Executor {
  const { clock } = ports;

  function execute(call: Call): void {
    call.state = 'running';
    call.startedAt = clock.wall();
    if (call.aborted !== undefined) {
      end(call, abortedOutcome(call));
      return;
    }
    const spec = specOf(call.owned.run, call.node);
    let outcome: ActionOutcome | Promise<ActionOutcome>;
    try {
      const parameters = parametersOf(call.owned.run, call.node, call.startedAt);
      outcome = ports.runner.run(actionCall(call, spec.uses ?? '', parameters));
    } catch (error) {
      outcome = failure(error);
    }
    if (!(outcome instanceof Promise)) {
      settle(call, outcome);
      return;
    }
    if (spec.timeoutMs !== undefined) {
      call.cancelTimer = clock.after(spec.timeoutMs, () => abort(call, 'timeout', true));
    }
    outcome.then(
      (settled) => settle(call, settled),
      (error: unknown) => settle(call, failure(error)),
    );
  }

  function actionCall(call: Call, uses: string, parameters: JsonObject): ActionCall {
    const { run } = call.owned;
    const nodeId = idOf(run, call.node);
    return {
      runId: run.id,
      nodeId,
      attempt: call.attempt,
      owner: run.facts.owner,
      idempotencyKey: `${run.id}/${nodeId}/0`,
      uses,
      with: parameters,
      startedAt: call.startedAt,
      get signal() {
        call.controller ??= new AbortController();
        if (call.aborted !== undefined) call.controller.abort(call.aborted);
        return call.controller.signal;
      },
      graceMs: specOf(run, call.node).graceMs,
      log: (stream, text) => ports.logs.write(call, stream, text),
    };
  }

  function abort(call: Call, reason: 'cancelled' | 'timeout', grace: boolean): void {
    if (call.state === 'ended' || (call.aborted !== undefined && grace)) return;
    call.aborted ??= reason;
    if (call.state === 'intent') return;
    call.cancelTimer?.();
    call.controller?.abort(call.aborted);
    const patience = grace ? specOf(call.owned.run, call.node).graceMs : 0;
    if (patience === 0) end(call, abortedOutcome(call));
    else call.cancelTimer = clock.after(patience, () => end(call, abortedOutcome(call)));
  }

  function settle(call: Call, outcome: ActionOutcome): void {
    if (call.state === 'ended') {
      ports.late(call, outcome);
      return;
    }
    if (outcome.status === 'waiting') {
      if (call.aborted !== undefined) end(call, abortedOutcome(call));
      else wait(call, outcome);
      return;
    }
    const told = outcome.status !== 'completed' && call.aborted !== undefined;
    const final = told ? { ...abortedOutcome(call), ...kept(outcome) } : outcome;
    if (final.artifacts === undefined || final.artifacts.length === 0) {
      end(call, final);
      return;
    }
    keepArtifacts(call, final.artifacts).then(
      () => end(call, final),
      (error: unknown) => end(call, failure(error)),
    );
  }

  function wait(call: Call, outcome: Extract<ActionOutcome, { status: 'waiting' }>): void {
    leave(call);
    const { node, attempt } = call;
    ports.handle(
      call,
      { type: 'waiting', at: clock.wall(), node, attempt, wait: outcome.wait },
      { call },
    );
  }

  function leave(call: Call): void {
    call.state = 'ended';
    call.ended = true;
    call.cancelTimer?.();
  }

  function end(call: Call, outcome: FinalOutcome): void {
    if (call.state === 'ended') return;
    const text = textOf(outcome.output);
    if (text !== undefined && text.length > LIMITS.outputInlineBytes / 3) {
      const bytes = Buffer.from(text);
      if (bytes.length > LIMITS.outputInlineBytes) {
        keepApart(call, outcome, bytes);
        return;
      }
    }
    finish(call, outcome, text === undefined ? {} : { output: text });
  }

  /** An output that is too large for its row is stored by its hash first. */
  function keepApart(call: Call, outcome: FinalOutcome, bytes: Buffer): void {
    if (bytes.length > LIMITS.outputBytes) {
      finish(call, tooLarge(bytes.length), {});
      return;
    }
    const outputRef = createHash('sha256').update(bytes).digest();
    ports.store.putBlobs([{ hash: outputRef, bytes }]).then(
      () => {
        if (call.state !== 'ended') finish(call, outcome, { outputRef });
      },
      (error: unknown) => {
        if (call.state !== 'ended') finish(call, failure(error), {});
      },
    );
  }

  function finish(call: Call, outcome: FinalOutcome, kept: EndedExtra): void {
    leave(call);
    const at = clock.wall();
    const event: AttemptEnded = {
      type: 'ended',
      at,
      node: call.node,
      attempt: call.attempt,
      startedAt: call.startedAt,
      status: outcome.status,
      ...(outcome.output !== undefined && { output: outcome.output }),
      ...(outcome.status !== 'completed' && ended(call, outcome.error, at)),
    };
    ports.handle(call, event, { ...kept, call });
  }

  function ended(call: Call, error: ActionError, at: number) {
    const { classification, type, message } = error;
    const retry = retryOf(call, error, at);
    return {
      error: { classification, type, message },
      ...(retry !== null && call.aborted !== 'cancelled' && { retryAt: retry.retryAt }),
    };
  }

  function retryOf(call: Call, error: ActionError, at: number) {
    const { retry } = specOf(call.owned.run, call.node);
    const { classification, type, retryAfterMs } = error;
    return decideRetry(
      retry,
      {
        classification,
        type,
        attempts: call.attempt,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      },
      ports.random.next(),
      at,
    );
  }

  async function keepArtifacts(call: Call, artifacts: readonly ProducedArtifact[]): Promise<void> {
    const blobs = artifacts.map(({ bytes }) => ({
      hash: createHash('sha256').update(bytes).digest(),
      bytes,
    }));
    await ports.store.putBlobs(blobs);
    await ports.store.putArtifacts(
      artifacts.map((artifact, i) => ({
        runId: call.owned.id,
        node: call.node,
        attempt: call.attempt,
        name: artifact.name,
        mediaType: artifact.mediaType,
        sizeBytes: artifact.bytes.length,
        hash: blobs[i]?.hash ?? new Uint8Array(),
      })),
    );
  }

  function lose(call: Call, message: string): void {
    if (call.state === 'ended') return;
    call.aborted ??= 'lost';
    call.controller?.abort('lost');
    finish(call, failed('infrastructure', 'engine_stopped', message), {});
  }

  return { execute, abort, lose };
}

function textOf(output: Json | undefined): string | undefined {
  return output === undefined || output === null ? undefined : JSON.stringify(output);
}

/** What a stopped action had to say stays: the report of a test run that ran out of time. */
function kept(outcome: FinalOutcome): Pick<FinalOutcome, 'output' | 'artifacts'> {
  return {
    ...(outcome.output !== undefined && { output: outcome.output }),
    ...(outcome.artifacts !== undefined && { artifacts: outcome.artifacts }),
  };
}

function failed(
  classification: ActionError['classification'],
  type: string,
  message: string,
): FinalOutcome {
  return { status: 'failed', error: { classification, type, message } };
}

function tooLarge(bytes: number): FinalOutcome {
  return failed(
    'permanent',
    'output_too_large',
    `The output has ${bytes} bytes; at most ${LIMITS.outputBytes} are kept. Write it to an artifact.`,
  );
}

function abortedOutcome(call: Call): Extract<FinalOutcome, { error: ActionError }> {
  if (call.aborted === 'timeout') {
    const message = 'The attempt did not end within its time.';
    return { status: 'timeout', error: { classification: 'timeout', type: 'timeout', message } };
  }
  const message = 'The run was stopped.';
  return {
    status: 'cancelled',
    error: { classification: 'permanent', type: 'cancelled', message },
  };
}

/** Actions do not throw; one that does has a bug, which is its node's failure and nobody else's. */
function failure(error: unknown): FinalOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ExpressionError
    ? failed('validation', 'expression_failed', message)
    : failed('unknown', 'action_error', message);
}
