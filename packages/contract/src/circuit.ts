import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const text = Type.Union([Type.String(), Type.Null()]);
const count = Type.Integer({ minimum: 0 });

export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];

/** A circuit breaker, as all engines share it. */
export const CircuitSchema = Type.Object(
  {
    key: Type.String({ description: 'What the node names, else its action and its host.' }),
    owner: Type.String(),
    state: Type.Enum([...CIRCUIT_STATES]),
    failures: Type.Integer({ minimum: 0, description: 'In a row, while it is closed.' }),
    successes: Type.Integer({ minimum: 0, description: 'Of probes in a row, while half open.' }),
    open_until: OptionalTimeSchema,
    probing: Type.Boolean({ description: 'Whether somebody tries the target just now.' }),
    settings: Type.Object(
      {
        failure_threshold: count,
        success_threshold: count,
        circuit_timeout_ms: count,
        failure_rate_threshold: Type.Union([Type.Number(), Type.Null()]),
        window_ms: count,
        minimum_calls: count,
      },
      closed,
    ),
    reason: text,
    changed_by: Type.Union([Type.String(), Type.Null()], {
      description: 'Who tripped or reset it by hand, when that was its last change.',
    }),
    updated_at: TimeSchema,
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        key: 'http.request:api.example.com',
        owner: 'admin',
        state: 'open',
        failures: 0,
        successes: 0,
        open_until: '2026-01-15T09:31:00.000Z',
        probing: false,
        settings: {
          failure_threshold: 5,
          success_threshold: 3,
          circuit_timeout_ms: 30_000,
          failure_rate_threshold: null,
          window_ms: 60_000,
          minimum_calls: 10,
        },
        reason: null,
        changed_by: null,
        updated_at: '2026-01-15T09:30:30.000Z',
        version: 6,
      },
    ],
  },
);
export type CircuitView = Static<typeof CircuitSchema>;
export const CircuitListSchema = listSchema(CircuitSchema);

const reason = Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.reasonChars }));

export const TripCircuitSchema = Type.Object(
  {
    duration_ms: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 7 * 86_400_000, default: 30_000 }),
    ),
    reason,
  },
  { ...closed, examples: [{ duration_ms: 600_000, reason: 'maintenance of the target' }] },
);
export type TripCircuit = Static<typeof TripCircuitSchema>;

export const ResetCircuitSchema = Type.Object(
  { reason },
  { ...closed, examples: [{ reason: 'the target is well again' }] },
);
export type ResetCircuit = Static<typeof ResetCircuitSchema>;
