import Type from 'typebox';
import { type ActionDefinition, refused } from '../action.ts';

/** A year: what waits for longer is a schedule. */
const LONGEST_SECONDS = 366 * 24 * 3_600;
const closed = { additionalProperties: false } as const;

/** `sleep.for`: waits without holding a slot; restarts do not make it longer. */
export function sleepFor(): ActionDefinition {
  return {
    name: 'sleep.for',
    description: 'Waits for some seconds; durable, holds no slot.',
    parameters: Type.Object(
      { seconds: Type.Number({ minimum: 0, maximum: LONGEST_SECONDS }) },
      closed,
    ),
    run: (call) => ({
      status: 'waiting',
      wait: { kind: 'time', until: call.startedAt + Number(call.with.seconds) * 1000 },
    }),
  };
}

/** `sleep.until`: waits until a time; one that has passed is no wait. */
export function sleepUntil(): ActionDefinition {
  return {
    name: 'sleep.until',
    description: 'Waits until a time (RFC 3339); durable, holds no slot.',
    parameters: Type.Object({ at: Type.String({ minLength: 1 }) }, closed),
    run(call) {
      const until = Date.parse(String(call.with.at));
      if (Number.isNaN(until)) {
        return refused(
          'invalid_time',
          `"${call.with.at}" is no time; write it as 2026-01-31T09:00:00Z.`,
        );
      }
      if (until > call.startedAt + LONGEST_SECONDS * 1000) {
        return refused('invalid_time', 'sleep.until waits for a year at most.');
      }
      return { status: 'waiting', wait: { kind: 'time', until } };
    },
  };
}
