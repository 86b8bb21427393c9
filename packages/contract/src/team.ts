import Type, { type Static } from 'typebox';
import { PrincipalNameSchema } from './agent.ts';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;

/** A user's subject, or `agent:<name>`. */
export const MemberSchema = Type.String({
  ...{ minLength: 1, maxLength: 255 },
  description: 'A principal: `user:<sub>` for the subject of a JWT, `agent:<name>`, or `admin`.',
});

const written = {
  name: PrincipalNameSchema,
  description: Type.Union([Type.String({ maxLength: LIMITS.descriptionChars }), Type.Null()]),
  members: Type.Array(MemberSchema, { maxItems: LIMITS.teamMembers, uniqueItems: true }),
} as const;
const example = { name: 'qa', description: null, members: ['user:ana', 'agent:deployer'] };

/** The body of `POST /teams`, and of `PUT` on one of them, which keeps its name. */
export const WriteTeamSchema = Type.Object(
  {
    name: written.name,
    description: Type.Optional(written.description),
    members: Type.Optional(written.members),
  },
  { ...closed, examples: [example] },
);
export type WriteTeam = Static<typeof WriteTeamSchema>;

/** What a team owns belongs to all its members; a JWT may name teams of its subject, too. */
export const TeamSchema = Type.Object(
  {
    team_id: Type.String({ format: 'uuid' }),
    ...written,
    principal: Type.String({ description: 'What its resources are owned by: `team:<name>`.' }),
    created_at: TimeSchema,
    updated_at: TimeSchema,
    updated_by: Type.String(),
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        team_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        ...example,
        principal: 'team:qa',
        created_at: '2026-01-15T09:30:00.000Z',
        updated_at: '2026-01-15T09:30:00.000Z',
        updated_by: 'admin',
        version: 1,
      },
    ],
  },
);
export type Team = Static<typeof TeamSchema>;
export const TeamListSchema = listSchema(TeamSchema);
