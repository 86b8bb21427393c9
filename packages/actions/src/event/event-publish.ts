import { LIMITS, TopicSchema } from '@tenuto/contract';
import type { ActionCall, ActionOutcome, EventDoor } from '@tenuto/engine';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { type ActionDefinition, refused } from '../action.ts';
import { failedDoor } from './failed-door.ts';

const PARAMETERS = Type.Object(
  {
    topic: TopicSchema,
    payload: Type.Optional(Type.Unknown()),
    dedupe_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  },
  { additionalProperties: false },
);

/** `event.publish`: publishes an event in the name of the run's owner; once, however often it is tried. */
export function eventPublish({ publish }: Pick<EventDoor, 'publish'>): ActionDefinition {
  const parameters = Compile(PARAMETERS);
  return {
    name: 'event.publish',
    description: 'Publishes an event; tried again, it is the same event.',
    parameters: PARAMETERS,
    async run(call): Promise<ActionOutcome> {
      const { topic, dedupe_id: dedupeId } = parameters.Parse(call.with);
      const payload = call.with.payload ?? null;
      if (Buffer.byteLength(JSON.stringify(payload)) > LIMITS.eventBytes) {
        return refused('payload_too_large', `An event has at most ${LIMITS.eventBytes} bytes.`);
      }
      try {
        const output = await publish({
          ...{ topic, payload, ...identityOf(call) },
          ...(dedupeId !== undefined && { dedupeId }),
        });
        return { status: 'completed', output };
      } catch (error) {
        return failedDoor(error);
      }
    },
  };
}

function identityOf({ owner, runId, nodeId, idempotencyKey }: ActionCall) {
  return { owner, runId, nodeId, idempotencyKey };
}
