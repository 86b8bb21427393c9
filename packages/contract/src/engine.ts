import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const maybeText = Type.Union([Type.String(), Type.Null()]);
const maybeCount = Type.Union([count, Type.Null()]);

/**
 * `live`: it has been heard of within its lease. `silent`: not any more, and nobody has taken over
 * yet. `lost`: others have taken over. `stopped`: it went in good order.
 */
export const ENGINE_STATES = ['live', 'silent', 'lost', 'stopped'] as const;
export type EngineState = (typeof ENGINE_STATES)[number];

/** A part of a process that owns runs. */
export const EngineSchema = Type.Object(
  {
    engine_id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    host: maybeText,
    pid: maybeCount,
    version: maybeText,
    state: Type.Enum([...ENGINE_STATES], {
      description:
        'live: heard of within its lease; silent: not any more; lost: taken over; stopped: in order',
    }),
    answers: Type.Boolean({ description: 'Whether it is the engine of the server that answers.' }),
    epoch: Type.Integer({ minimum: 0, description: 'Rises when it is fenced off or starts anew.' }),
    started_at: TimeSchema,
    last_heartbeat_at: TimeSchema,
    lease_ms: count,
    lease_until: Type.String({
      ...TimeSchema,
      description: 'When others may take over if nothing more is heard of it.',
    }),
    stopped_at: OptionalTimeSchema,
    lost_at: OptionalTimeSchema,
    released_runs: Type.Union([count, Type.Null()], {
      description: 'Runs that went back into the queue when it was taken over.',
    }),
    owned_runs: count,
    running_nodes: Type.Integer({ minimum: 0, description: 'Attempts at its last heartbeat.' }),
    capacity: Type.Union([count, Type.Null()], { description: 'Runs in memory at most.' }),
    slots: Type.Union([count, Type.Null()], { description: 'Attempts at once at most.' }),
  },
  {
    ...closed,
    examples: [
      {
        engine_id: '6f1c2a0e-8d43-4b57-9a4e-0c1d2e3f4a5b',
        name: 'build-7',
        host: 'build-7',
        pid: 4711,
        version: '0.1.0',
        state: 'live',
        answers: true,
        epoch: 3,
        started_at: '2026-01-15T09:30:00.000Z',
        last_heartbeat_at: '2026-01-15T10:12:03.500Z',
        lease_ms: 10_000,
        lease_until: '2026-01-15T10:12:13.500Z',
        stopped_at: null,
        lost_at: null,
        released_runs: null,
        owned_runs: 12,
        running_nodes: 31,
        capacity: 500,
        slots: 500,
      },
    ],
  },
);
export type EngineView = Static<typeof EngineSchema>;
export const EngineListSchema = listSchema(EngineSchema);
