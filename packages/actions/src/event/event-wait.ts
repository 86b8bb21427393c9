import { OrchestrationError, TopicPatternSchema } from '@tenuto/contract';
import type { ActionCall, ActionOutcome, AwaitedEvent, Clock, EventDoor } from '@tenuto/engine';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { ActionDefinition } from '../action.ts';
import { failedDoor } from './failed-door.ts';

/** A year: what waits for longer is a schedule. */
const LONGEST_SECONDS = 366 * 24 * 3_600;
const FILTER_CHARS = 4_096;
const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5_000;

const PARAMETERS = Type.Object(
  {
    topic: TopicPatternSchema,
    filter: Type.Optional(Type.String({ minLength: 1, maxLength: FILTER_CHARS })),
    timeout_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: LONGEST_SECONDS })),
  },
  { additionalProperties: false },
);

/**
 * `event.wait`: waits for an event of the run's owner on a topic, durably and without holding a
 * slot. The event is the node's output. One that comes after the node began is not lost, whether
 * the wait had been noted by then or not.
 */
export function eventWait({ wait }: Pick<EventDoor, 'wait'>, clock: Clock): ActionDefinition {
  const parameters = Compile(PARAMETERS);
  return {
    name: 'event.wait',
    description: 'Waits for an event on a topic; durable, holds no slot.',
    parameters: PARAMETERS,
    async run(call): Promise<ActionOutcome> {
      const { topic, filter, timeout_seconds: seconds } = parameters.Parse(call.with);
      const awaited = awaitedBy(call, { topic, filter, clock });
      const until = seconds === undefined ? {} : { until: call.startedAt + seconds * 1_000 };
      for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LAST_DELAY_MS)) {
        try {
          const name = await wait(awaited);
          return { status: 'waiting', wait: { kind: 'signal', name, topic, ...until } };
        } catch (error) {
          // A new attempt would not know since when: this one goes on for as long as it may.
          if (!isPassing(error) || call.signal.aborted) return failedDoor(error);
        }
        call.heartbeat();
        await pause(clock, delayMs, call.signal);
      }
    },
  };
}

function awaitedBy(
  call: ActionCall,
  { topic, filter, clock }: { topic: string; filter: string | undefined; clock: Clock },
): AwaitedEvent {
  const { runId, owner, idempotencyKey: waitKey, startedAt, node, earlierAttempts } = call;
  const attempt = call.attempt - earlierAttempts;
  return {
    ...{ runId, waitKey, owner, pattern: topic, filter: filter ?? null },
    elapsedMs: () => Math.max(0, clock.wall() - startedAt),
    ...(node !== undefined && earlierAttempts > 0 && { began: { node, attempt } }),
  };
}

function isPassing(error: unknown): boolean {
  return error instanceof OrchestrationError && error.status >= 500;
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
