import { pagingParameters, TeamListSchema, TeamSchema, WriteTeamSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Keys } from '../services/agents.ts';
import { etagOf } from '../services/job-state.ts';
import {
  createTeam,
  deleteTeam,
  getTeam,
  listTeams,
  replaceTeam,
  type TeamParts,
} from '../services/teams.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, uuid } from './schemas.ts';

const TEAMS = '/api/v1/teams';
const ONE = `${TEAMS}/:team_id`;
const tags = ['teams'];
const params = Type.Object({ team_id: uuid }, closed);
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const keyed = Type.Object({ 'idempotency-key': Type.Optional(Type.String()) });
const READ = { scope: 'agents:read' } as const;
const CHANGE = { scope: 'admin', limit: 'change' } as const;

export function addTeamRoutes(instance: FastifyInstance, parts: TeamParts & Keys): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    TEAMS,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Make a team', headers: keyed, body: WriteTeamSchema },
        response: { 201: TeamSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const team = await createTeam(parts, callerOf(request), { body: request.body, key });
      const location = `${TEAMS}/${team.team_id}`;
      return reply
        .code(201)
        .headers({ location, etag: etagOf(team) })
        .send(team);
    },
  );
  app.get(
    TEAMS,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'List your teams, newest first; administrators see all' },
        querystring: Type.Object(pagingParameters({ limit: 20, most: 100 }), closed),
        response: { 200: TeamListSchema, ...problems() },
      },
    },
    (request) => listTeams(parts, callerOf(request), request.query),
  );
  addOne(app, parts);
}

function addOne(app: Typed, parts: TeamParts): void {
  app.get(
    ONE,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'Read a team', params },
        response: { 200: TeamSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const team = await getTeam(parts, callerOf(request), request.params.team_id);
      return reply.header('etag', etagOf(team)).send(team);
    },
  );
  app.put(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Say who is in a team', params, headers, body: WriteTeamSchema },
        response: { 200: TeamSchema, ...problems(404, 412, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const team = await replaceTeam(parts, callerOf(request), {
        ...{ teamId: request.params.team_id, body: request.body },
        ifMatch: request.headers['if-match'],
      });
      return reply.header('etag', etagOf(team)).send(team);
    },
  );
  app.delete(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Delete a team; what it owns stays', params, headers },
        response: { 200: TeamSchema, ...problems(404, 412) },
      },
    },
    (request) =>
      deleteTeam(parts, callerOf(request), {
        teamId: request.params.team_id,
        ifMatch: request.headers['if-match'],
      }),
  );
}
