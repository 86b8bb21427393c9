import Type, { type Static } from 'typebox';
import { TimeSchema } from './time.ts';

const CheckSchema = Type.Object(
  {
    status: Type.Enum(['ok', 'degraded', 'down']),
    detail: Type.Optional(Type.String()),
    warnings: Type.Optional(Type.Array(Type.String())),
    values: Type.Optional(Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()]))),
  },
  { additionalProperties: false },
);
export type HealthCheck = Static<typeof CheckSchema>;

/** 200 when the server can do its work, 503 when it cannot. */
export const HealthSchema = Type.Object(
  {
    service: Type.Literal('tenuto'),
    status: Type.Enum(['ok', 'degraded', 'down', 'starting', 'draining']),
    version: Type.String(),
    timestamp: TimeSchema,
    started_at: Type.Optional(
      Type.String({ ...TimeSchema, description: 'When this process began to answer.' }),
    ),
    checks: Type.Record(Type.String(), CheckSchema),
    authenticated_user: Type.Optional(Type.String()),
  },
  {
    additionalProperties: false,
    examples: [
      {
        service: 'tenuto',
        status: 'ok',
        version: '0.1.0',
        timestamp: '2026-01-15T09:30:00.000Z',
        checks: { store: { status: 'ok' }, engine: { status: 'ok', values: { owned_runs: 3 } } },
        authenticated_user: 'admin',
      },
    ],
  },
);
export type Health = Static<typeof HealthSchema>;

/** The answer of the probes that say nothing but yes or no. */
export const ProbeSchema = Type.Object(
  { status: Type.Enum(['ok', 'starting', 'draining', 'down']) },
  { additionalProperties: false, examples: [{ status: 'ok' }] },
);
export type Probe = Static<typeof ProbeSchema>;
