import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const uuid = Type.String({ format: 'uuid' });
const text = Type.Union([Type.String(), Type.Null()]);

/** `cancelled`: its run was given up, or went back to before the question. */
export const APPROVAL_STATES = ['open', 'approved', 'rejected', 'cancelled'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export const APPROVAL_DECISIONS = ['approve', 'reject', 'delegate'] as const;
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];

/** What one person or agent has said. */
export const ApprovalVoteSchema = Type.Object(
  {
    by: Type.String(),
    decision: Type.Enum([...APPROVAL_DECISIONS]),
    comment: Type.Optional(Type.String()),
    to: Type.Optional(Type.String({ description: 'Whom the vote was passed on to.' })),
    at: TimeSchema,
  },
  closed,
);
export type ApprovalVote = Static<typeof ApprovalVoteSchema>;

/** A question whether a run may go on. */
export const ApprovalSchema = Type.Object(
  {
    approval_id: uuid,
    run_id: uuid,
    node_id: Type.String(),
    phase: text,
    state: Type.Enum([...APPROVAL_STATES]),
    title: Type.String(),
    message: text,
    approvers: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: 'Who may decide; null: whoever may change the run.',
    }),
    required: Type.Integer({ minimum: 1, description: 'So many have to agree.' }),
    approved_by: Type.Integer({ minimum: 0, description: 'So many have agreed.' }),
    decisions: Type.Array(ApprovalVoteSchema),
    reason: Type.Union([Type.String(), Type.Null()], {
      description: 'Why it was rejected, or what has decided in place of people.',
    }),
    opened_at: TimeSchema,
    deadline_at: OptionalTimeSchema,
    on_deadline: Type.Enum(['approve', 'reject'], {
      description: 'What is decided when the deadline passes.',
    }),
    decided_at: OptionalTimeSchema,
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        approval_id: '0199a1b2-ac3d-7e4f-8a5b-6c7d8e9f0a1b',
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        node_id: 'release/approve',
        phase: 'release',
        state: 'open',
        title: 'Release 1.4.0',
        message: 'The change log is in artifacts/release/CHANGES.md.',
        approvers: ['user:ann', 'user:bob', 'team:release'],
        required: 2,
        approved_by: 1,
        decisions: [{ by: 'user:ann', decision: 'approve', at: '2026-01-15T09:40:00.000Z' }],
        reason: null,
        opened_at: '2026-01-15T09:31:00.000Z',
        deadline_at: '2026-01-16T09:31:00.000Z',
        on_deadline: 'reject',
        decided_at: null,
        version: 2,
      },
    ],
  },
);
export type Approval = Static<typeof ApprovalSchema>;

export const ApprovalListSchema = listSchema(ApprovalSchema);

/** The body of `POST /runs/{run_id}/approve`. */
export const DecideApprovalSchema = Type.Object(
  {
    approval_id: Type.Optional(
      Type.String({ format: 'uuid', description: 'Needed when several wait for your decision.' }),
    ),
    decision: Type.Enum([...APPROVAL_DECISIONS], {
      description: '`delegate`: pass your vote on; you cannot use it yourself then.',
    }),
    comment: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.approvalCommentChars })),
    delegate_to: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'With `delegate`: a person or an agent (`user:<subject>`, `agent:<name>`).',
      }),
    ),
    budget_usd: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1_000_000,
        description:
          'With `approve`: what the run may cost from now on. It may stand alone, for a run that waits for money.',
      }),
    ),
  },
  { ...closed, examples: [{ decision: 'approve', comment: 'Looked at the change log.' }] },
);
export type DecideApproval = Static<typeof DecideApprovalSchema>;
