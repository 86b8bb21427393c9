import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { CLASSIFICATIONS, RECOVERY_ACTIONS, RESOLUTIONS } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const oneOrMore = <T extends Type.TSchema>(item: T) =>
  Type.Union([item, Type.Array(item, { minItems: 1, maxItems: 50 })]);
const word = Type.String({ minLength: 1, maxLength: 100 });

/** What a rule is about: everything that is said must hold; what is not said holds. */
const ConditionSchema = Type.Object(
  {
    classification: Type.Optional(oneOrMore(Type.Enum([...CLASSIFICATIONS]))),
    error_type: Type.Optional(oneOrMore(word)),
    node: Type.Optional(oneOrMore(Type.String({ minLength: 1, maxLength: LIMITS.nodeIdChars }))),
    status: Type.Optional(oneOrMore(Type.Enum(['failed', 'timeout', 'stalled', 'deadline']))),
  },
  closed,
);

/** Parameters of the actions; each action reads those that it knows. */
export const RecoveryParametersSchema = Type.Object(
  {
    /** `retry_job`, `requeue_job`: how long to wait before it. */
    delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.jobTimeoutMaxMs })),
    /** How often the rule is followed for one node (or run); 1 unless said. */
    max_times: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    /** `rollback_state`: the checkpoint to return to, `start` for the beginning; else the last one. */
    to: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.nodeIdChars })),
    /** `rollback_state`: what follows the compensation; `resume` unless said. */
    after: Type.Optional(Type.Enum(['resume', 'fail', 'abort'])),
    /** `skip_node`: the output that the node is given. */
    result: Type.Optional(Type.Unknown()),
    /** `escalate_manual`: who is asked, for how long, and what follows when nobody answers. */
    assignee: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    message: Type.Optional(Type.String({ maxLength: 2_000 })),
    deadline_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 * 86_400 })),
    default: Type.Optional(Type.Enum([...RESOLUTIONS])),
  },
  closed,
);
export type RecoveryParameters = Static<typeof RecoveryParametersSchema>;

export const RecoveryRuleSchema = Type.Object(
  {
    when: Type.Optional(ConditionSchema),
    action: Type.Enum([...RECOVERY_ACTIONS]),
    with: Type.Optional(RecoveryParametersSchema),
  },
  closed,
);
export type RecoveryRule = Static<typeof RecoveryRuleSchema>;

const rules = Type.Array(RecoveryRuleSchema, { minItems: 1, maxItems: 50 });

/** What a run does about failures that retries did not mend: the first rule that fits is followed. */
export const RecoveryPolicySchema = Type.Union(
  [
    Type.Literal('default'),
    rules,
    Type.Object(
      {
        rules: Type.Optional(rules),
        stall_limit_ms: Type.Optional(
          Type.Integer({
            minimum: 1_000,
            maximum: LIMITS.jobTimeoutMaxMs,
            description: 'Without progress for so long, the run has stalled.',
          }),
        ),
      },
      closed,
    ),
  ],
  { examples: [[{ when: { classification: 'transient' }, action: 'retry_job' }]] },
);
export type RecoveryPolicyInput = Static<typeof RecoveryPolicySchema>;
