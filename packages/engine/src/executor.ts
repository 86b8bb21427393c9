/** Runs attempts: from a committed start to an outcome that goes back into the run. */
import { AttemptCall } from './attempt-call.ts';
import type { Circuits } from './circuits.ts';
import { failpoint } from './failpoint.ts';
import { keepArtifacts } from './kept-artifacts.ts';
import { type KeepingPorts, type KeptOutput, keepOutput } from './kept-results.ts';
import { keepTests, testsOf } from './kept-tests.ts';
import type { LogWriter } from './log-writer.ts';
import { abortedOutcome, failure, retryOf, stoppedOutcome, unknownOutcome } from './outcomes.ts';
import type { Call, FinalOutcome } from './owned.ts';
import type { ActionOutcome, ActionRunner, Wait } from './ports/action-runner.ts';
import type { Clock, Random } from './ports/clock.ts';
import { outcomeRow } from './recovery-asides.ts';
import { ambiguous, askedAbout, type StepPorts } from './recovery-steps.ts';
import {
  type AttemptEnded,
  parametersOf,
  type RunEvent,
  roundOf,
  secretNamesOf,
  specOf,
  usesOf,
} from './run/index.ts';
import type { EndedExtra } from './run-records.ts';
import { runWithSecrets } from './secret-attempt.ts';

/** The last time that a Date can tell, in milliseconds since the epoch. */
const LAST_TIME_MS = 8.64e15;

export interface ExecutorPorts extends StepPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly runner: ActionRunner;
  readonly store: KeepingPorts['store'];
  readonly logs: LogWriter;
  readonly circuits: Circuits;
  /** Feeds what came of an attempt back into its run. */
  handle(call: Call, event: RunEvent, extra: EndedExtra): void;
  /** A result that came after its attempt had been ended. */
  late(call: Call, outcome: ActionOutcome): void;
}

/** Starts an attempt whose start is durable. */
export function execute(ports: ExecutorPorts, call: Call): void {
  call.state = 'running';
  call.startedAt = ports.clock.wall();
  if (call.aborted !== undefined) {
    finish(ports, call, abortedOutcome(call), {});
    return;
  }
  const { heartbeatMs } = specOf(call.owned.run, call.node);
  const timeoutMs = timeLimitOf(call);
  const outcome = runAction(ports, call);
  if (!(outcome instanceof Promise)) {
    settle(ports, call, outcome);
    return;
  }
  if (timeoutMs !== undefined) {
    call.cancelTimer = ports.clock.after(timeoutMs, () => abort(ports, call, 'timeout', true));
  }
  if (heartbeatMs !== undefined) watchHeartbeat(ports, call, heartbeatMs);
  outcome.then(
    (settled) => settle(ports, call, settled),
    (error: unknown) => settle(ports, call, failure(error)),
  );
}

/** Undoing counts for no time of the run: what has no limit of its own has that of the run. */
function timeLimitOf({ owned: { run }, node }: Call): number | undefined {
  const { timeoutMs } = specOf(run, node);
  const undoes = roundOf(run, node).kind === 'rollback';
  return timeoutMs ?? (undoes ? run.input.timeoutMs : undefined);
}

function runAction(ports: ExecutorPorts, call: Call): ActionOutcome | Promise<ActionOutcome> {
  try {
    const secrets = secretNamesOf(call.owned.run, call.node);
    if (secrets.size > 0) return runWithSecrets(ports, call, secrets);
    const parameters = parametersOf(call.owned.run, call.node, call.startedAt);
    return ports.runner.run(new AttemptCall(call, parameters, ports.logs));
  } catch (error) {
    return failure(error);
  }
}

/** Looks in half the time that an attempt may be silent for: it is ended when two looks heard nothing. */
function watchHeartbeat(ports: ExecutorPorts, call: Call, heartbeatMs: number): void {
  let silences = 0;
  const look = () => {
    silences = call.silent ? silences + 1 : 0;
    call.silent = true;
    if (silences >= 2) abort(ports, call, 'silent', true);
    else call.cancelWatch = ports.clock.after(heartbeatMs / 2, look);
  };
  call.cancelWatch = ports.clock.after(heartbeatMs / 2, look);
}

/** Tells an attempt to end; when its grace is over it is ended whatever it does. */
export function abort(
  ports: ExecutorPorts,
  call: Call,
  reason: 'cancelled' | 'timeout' | 'silent',
  grace: boolean,
): void {
  if (call.state === 'ended' || (call.aborted !== undefined && grace)) return;
  call.aborted ??= reason;
  // One that has its slot is ended when its start is committed.
  if (call.state === 'intent' && call.holdsSlot) return;
  call.cancelTimer?.();
  call.controller?.abort(call.aborted);
  const patience =
    grace && call.state === 'running' ? specOf(call.owned.run, call.node).graceMs : 0;
  const end = () => {
    const outcome = abortedOutcome(call);
    finish(ports, call, outcome, {}, judgeOf(ports, call, outcome));
  };
  if (patience === 0) end();
  else call.cancelTimer = ports.clock.after(patience, end);
}

/**
 * Ends an attempt whose work is lost with this engine; it is made again elsewhere, or what it has
 * done is looked after first, as after a crash. One that has not begun is none, and one that was
 * told to end ends as that.
 */
export function lose(ports: ExecutorPorts, call: Call): void {
  if (call.state !== 'running') return;
  const told = call.aborted !== undefined;
  call.aborted ??= 'lost';
  call.controller?.abort(call.aborted);
  if (told) finish(ports, call, abortedOutcome(call), {});
  else finish(ports, call, stoppedOutcome(), {}, (lost) => ambiguous(ports, call.owned.run, lost));
}

function settle(ports: ExecutorPorts, call: Call, given: ActionOutcome): void {
  const outcome = call.mask?.outcome(given) ?? given;
  failpoint('action-ended');
  if (call.state === 'ended') {
    ports.late(call, outcome);
    return;
  }
  // From here on it is up to the database, which has no part in the action's time limit.
  call.cancelTimer?.();
  if (outcome.status !== 'waiting') {
    end(ports, call, named(call, outcome));
  } else if (call.aborted !== undefined) {
    end(ports, call, abortedOutcome(call));
  } else if (!isWait(outcome.wait)) {
    end(ports, call, failure(new RangeError('The action waits for a time that does not exist.')));
  } else {
    leave(call);
    const { node, attempt, guard } = call;
    if (guard !== undefined) ports.circuits.report(guard, { status: 'completed' });
    const at = ports.clock.wall();
    ports.handle(call, { type: 'waiting', at, node, attempt, wait: outcome.wait }, { call });
  }
}

function isWait(wait: Wait): boolean {
  return wait.kind === 'run' || Math.abs(wait.until ?? 0) <= LAST_TIME_MS;
}

/** What a stopped action reports stays, but its end is called what it was: stopped. */
function named(call: Call, outcome: FinalOutcome): FinalOutcome {
  if (outcome.status === 'completed' || call.aborted === undefined) return outcome;
  const { output, artifacts, tests } = outcome;
  const { outcomeUnknown } = outcome.error;
  const aborted = abortedOutcome(call);
  return {
    ...aborted,
    ...(outcomeUnknown !== undefined && { error: { ...aborted.error, outcomeUnknown } }),
    ...(output !== undefined && { output }),
    ...(artifacts !== undefined && { artifacts }),
    ...(tests !== undefined && { tests }),
  };
}

/** Stores what does not fit into the attempt's row, then ends the attempt. */
function end(ports: ExecutorPorts, call: Call, outcome: FinalOutcome): void {
  const kept = outputOf(ports, call, outcome);
  const tests = testsOf(call, outcome, ports.clock);
  if (outcome.artifacts === undefined && tests.length === 0 && !(kept instanceof Promise)) {
    finish(ports, call, kept.outcome, kept.extra, judgeOf(ports, call, outcome));
    return;
  }
  const artifacts = keepArtifacts(ports, call, outcome.artifacts ?? []);
  const judge = judgeOf(ports, call, outcome);
  Promise.all([kept, artifacts, keepTests(ports, call, tests)]).then(
    ([result]) => finish(ports, call, result.outcome, result.extra, judge),
    (error: unknown) => finish(ports, call, failure(error), {}),
  );
}

type Judge = (event: AttemptEnded) => AttemptEnded;
const asItIs: Judge = (event) => event;

/**
 * An effect that did not end in time, or whose target was gone before it answered, may have happened:
 * what follows is what follows when an engine dies in the middle of it.
 */
function judgeOf(ports: ExecutorPorts, call: Call, outcome: FinalOutcome): Judge {
  if (outcome.status === 'completed' || call.aborted === 'cancelled') return asItIs;
  const { run } = call.owned;
  const { ask } = outcome.error;
  if (ask !== undefined) return (event) => askedAbout(ports, run, event, ask);
  if (!call.effect) return asItIs;
  const uses = usesOf(run, call.node) ?? '';
  const cutShort = call.aborted !== undefined && ports.runner.ambiguityOf?.(uses) !== undefined;
  if (!(outcome.error.outcomeUnknown ?? cutShort)) return asItIs;
  return (event) => ambiguous(ports, run, event, unknownOutcome(event));
}

/** An output that is no JSON is its action's bug. */
function outputOf(
  ports: ExecutorPorts,
  call: Call,
  outcome: FinalOutcome,
): KeptOutput | Promise<KeptOutput> {
  try {
    return keepOutput(ports, call, outcome);
  } catch (error) {
    return { outcome: failure(error), extra: {} };
  }
}

function finish(
  ports: ExecutorPorts,
  call: Call,
  outcome: FinalOutcome,
  extra: EndedExtra,
  judge: Judge = asItIs,
): void {
  if (call.state === 'ended') return;
  leave(call);
  const at = ports.clock.wall();
  const { node, attempt, guard } = call;
  const startedAt = call.startedAt === 0 ? at : call.startedAt;
  const base = { type: 'ended', at, node, attempt, startedAt, status: outcome.status } as const;
  const event = judge({
    ...base,
    ...(outcome.output !== undefined && { output: outcome.output }),
    ...(outcome.status !== 'completed' && failureOf(ports, call, outcome, at)),
  });
  if (guard !== undefined) ports.circuits.report(guard, event);
  ports.handle(call, event, { ...extra, call, ...(call.effect && outcomeOf(call, event)) });
}

/** How the effect came out, for its row in the ledger. */
function outcomeOf(call: Call, { at, status, error }: AttemptEnded): Pick<EndedExtra, 'asides'> {
  const { owned, node, attempt } = call;
  const outcome = error?.type ?? status;
  return { asides: [outcomeRow(owned, { node, attempt, outcome, at })] };
}

function failureOf(
  { random }: ExecutorPorts,
  call: Call,
  { error }: Exclude<FinalOutcome, { status: 'completed' }>,
  at: number,
): Pick<AttemptEnded, 'error' | 'retryAt'> {
  const { classification, type, message } = error;
  const retry = call.aborted === 'cancelled' ? null : retryOf(call, error, random.next(), at);
  return {
    error: { classification, type, message },
    ...(retry !== null && { retryAt: retry.retryAt }),
  };
}

function leave(call: Call): void {
  call.state = 'ended';
  call.ended = true;
  call.cancelTimer?.();
  call.cancelWatch?.();
}
