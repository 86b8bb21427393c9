import Type, { type Static } from 'typebox';
import { GovernancePolicySchema } from './profile.ts';
import { RecoveryRuleSchema } from './recovery-policy.ts';

const closed = { additionalProperties: false } as const;

export const SETTING_GROUPS = ['server', 'storage', 'runs', 'access'] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

/** `file`: nothing is written, and a file of the data folder says it. */
export const SETTING_SOURCES = ['default', 'environment', 'flag', 'file'] as const;
export type SettingSource = (typeof SETTING_SOURCES)[number];

/** A setting of the server as it is in force. */
export const SettingSchema = Type.Object(
  {
    name: Type.String({ description: 'The name of its variable.' }),
    group: Type.Enum([...SETTING_GROUPS]),
    meaning: Type.String(),
    source: Type.Enum([...SETTING_SOURCES]),
    secret: Type.Boolean({ description: 'Nobody is shown its value.' }),
    value: Type.Union(
      [
        Type.String(),
        Type.Number(),
        Type.Boolean(),
        Type.Array(Type.String()),
        Type.Null({ description: 'There is none, or it is secret.' }),
      ],
      { description: 'In the unit that it is written in; addresses without passwords.' },
    ),
    is_set: Type.Boolean({ description: 'Whether there is a value, be it a default.' }),
  },
  closed,
);
export type SettingView = Static<typeof SettingSchema>;

/** The answer of `GET /settings`. */
export const SettingsSchema = Type.Object(
  { settings: Type.Array(SettingSchema) },
  {
    ...closed,
    examples: [
      {
        settings: [
          {
            name: 'PORT',
            group: 'server',
            meaning: 'Port of the API and the console.',
            source: 'flag',
            secret: false,
            value: 8420,
            is_set: true,
          },
        ],
      },
    ],
  },
);
export type SettingsView = Static<typeof SettingsSchema>;

/** The answer of `GET /policies`: what holds for everybody, as the server was started. */
export const StandingPoliciesSchema = Type.Object(
  {
    governance: Type.Union([GovernancePolicySchema, Type.Null()], {
      description: 'What every phase must keep to; null when the server was started without.',
    }),
    recovery: Type.Array(RecoveryRuleSchema, {
      description: 'What a job goes by that says `recovery_policy: default`.',
    }),
  },
  {
    ...closed,
    examples: [
      {
        governance: { min_governance_score: 0.8, max_cost_usd: 20 },
        recovery: [
          { when: { classification: 'infrastructure' }, action: 'requeue_job' },
          { action: 'escalate_manual' },
        ],
      },
    ],
  },
);
export type StandingPolicies = Static<typeof StandingPoliciesSchema>;
