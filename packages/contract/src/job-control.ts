import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { RecoveryParametersSchema } from './recovery-policy.ts';
import { RECOVERY_ACTIONS } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const reason = Type.String({ minLength: 1, maxLength: LIMITS.reasonChars });
const nodeId = Type.String({ minLength: 1, maxLength: 1_000 });

/** The body of requests that need say nothing but why: pause, resume, cancel-retry; of a cancel, the query. */
export const ReasonSchema = Type.Object(
  { reason: Type.Optional(reason) },
  { ...closed, examples: [{ reason: 'the release is frozen' }] },
);
export type Reason = Static<typeof ReasonSchema>;

/** The body of `POST /orchestration/job/{job_id}/retry`. */
export const RetryJobSchema = Type.Object(
  {
    from: Type.Optional(
      Type.Enum(['failed', 'start', 'node'], {
        default: 'failed',
        description:
          '`failed`: what did not complete. `node`: that node and all after it, and what did not complete. `start`: everything.',
      }),
    ),
    node_id: Type.Optional(Type.String({ ...nodeId, description: 'With `from: node`.' })),
    reason: Type.Optional(reason),
  },
  { ...closed, examples: [{ from: 'failed', reason: 'the registry is back' }] },
);
export type RetryJob = Static<typeof RetryJobSchema>;

/** The body of `POST /orchestration/job/{job_id}/recover`. */
export const RecoverJobSchema = Type.Object(
  {
    action: Type.Enum([...RECOVERY_ACTIONS]),
    node_id: Type.Optional(
      Type.String({ ...nodeId, description: 'Needed for `skip_node` and `fallback_strategy`.' }),
    ),
    reason,
    with: Type.Optional(RecoveryParametersSchema),
  },
  {
    ...closed,
    examples: [
      {
        action: 'skip_node',
        node_id: 'publish',
        reason: 'published by hand',
        with: { result: { version: '1.4.0' } },
      },
    ],
  },
);
export type RecoverJob = Static<typeof RecoverJobSchema>;

/** The body of `POST /orchestration/job/{job_id}/signal`. */
export const SignalJobSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    payload: Type.Optional(
      Type.Unknown({ default: null, description: 'The output of the node that waits for it.' }),
    ),
  },
  { ...closed, examples: [{ name: 'approved', payload: { by: 'ann' } }] },
);
export type SignalJob = Static<typeof SignalJobSchema>;
