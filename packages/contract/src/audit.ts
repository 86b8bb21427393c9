import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const uuid = Type.String({ format: 'uuid' });
const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

/** One change that somebody made. */
export const AuditRowSchema = Type.Object(
  {
    audit_id: uuid,
    at: TimeSchema,
    actor: Type.String(),
    action: Type.String({ description: '`{resource}.{verb}`.' }),
    subject: Type.String(),
    details: Type.Object({}, { additionalProperties: true }),
    request_id: Type.Union([Type.String(), Type.Null()]),
  },
  {
    ...closed,
    examples: [
      {
        audit_id: ID,
        at: '2026-01-15T09:30:00.000Z',
        actor: 'ana',
        action: 'agent.created',
        subject: ID,
        details: { name: 'deployer' },
        request_id: ID,
      },
    ],
  },
);
export interface AuditRow {
  readonly audit_id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: Record<string, unknown>;
  readonly request_id: string | null;
}
export const AuditListSchema = listSchema(AuditRowSchema);

export const AUDIT_FORMATS = ['ndjson', 'csv'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

/** `tampered`: it says something else than when it was sealed. `seal`: the chain itself is broken. */
export const AUDIT_FAULTS = ['tampered', 'removed', 'inserted', 'seal'] as const;
export type AuditFault = (typeof AUDIT_FAULTS)[number];

const FindingSchema = Type.Object(
  {
    fault: Type.Enum([...AUDIT_FAULTS]),
    seal: Type.Integer(),
    audit_id: Type.Union([uuid, Type.Null()]),
    detail: Type.String(),
  },
  closed,
);

/** What became of looking at the chain from its first seal to its last. */
export const AuditVerdictSchema = Type.Object(
  {
    valid: Type.Boolean(),
    seals: Type.Integer({ minimum: 0 }),
    rows: Type.Integer({ minimum: 0, description: 'Rows that are sealed, and were looked at.' }),
    unsealed: Type.Integer({
      minimum: 0,
      description: 'Rows that are not sealed yet, counted up to 10,000.',
    }),
    head: Type.Union([Type.String(), Type.Null()], {
      description: 'The last seal as `number:hash`. Keep it elsewhere and send it as `known`.',
    }),
    findings: Type.Array(FindingSchema),
    findings_total: Type.Integer({ minimum: 0 }),
  },
  {
    ...closed,
    examples: [
      {
        valid: false,
        seals: 12,
        rows: 11_873,
        unsealed: 3,
        head: '12:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        findings: [
          { fault: 'tampered', seal: 7, audit_id: ID, detail: 'It is not as it was sealed.' },
        ],
        findings_total: 1,
      },
    ],
  },
);
export type AuditVerdict = Static<typeof AuditVerdictSchema>;
export type AuditFinding = AuditVerdict['findings'][number];
