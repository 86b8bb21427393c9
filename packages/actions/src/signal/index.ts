import Type from 'typebox';
import type { ActionDefinition } from '../action.ts';

/** A year: what waits for longer is a schedule. */
const LONGEST_SECONDS = 366 * 24 * 3_600;

/**
 * `signal.wait`: waits for a message to the run, durably and without holding a slot. Its payload is
 * the node's output; one that came before is not lost.
 */
export function signalWait(): ActionDefinition {
  return {
    name: 'signal.wait',
    description: 'Waits for a signal to the run; durable, holds no slot.',
    parameters: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 200 }),
        timeout_seconds: Type.Optional(
          Type.Number({ exclusiveMinimum: 0, maximum: LONGEST_SECONDS }),
        ),
      },
      { additionalProperties: false },
    ),
    run({ startedAt, with: { name, timeout_seconds: seconds } }) {
      const until = typeof seconds === 'number' ? startedAt + seconds * 1_000 : undefined;
      const wait = { kind: 'signal', name: String(name) } as const;
      return { status: 'waiting', wait: until === undefined ? wait : { ...wait, until } };
    },
  };
}
