import {
  AssignInterventionSchema,
  INTERVENTION_STATES,
  InterventionListSchema,
  InterventionSchema,
  pagingParameters,
  ResolveInterventionSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  assignIntervention,
  getIntervention,
  listInterventions,
  resolveIntervention,
} from '../services/interventions.ts';
import { etagOf } from '../services/job-state.ts';
import type { JobParts } from '../services/services.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, uuid } from './schemas.ts';

const INTERVENTIONS = '/api/v1/orchestration/interventions';
const ONE = `${INTERVENTIONS}/:intervention_id`;
const Parameters = Type.Object({ intervention_id: uuid }, closed);
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const tags = ['interventions'];

export function addInterventionRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  const config = { scope: 'jobs:read' } as const;
  app.get(
    INTERVENTIONS,
    {
      config,
      schema: {
        tags,
        summary: 'List what waits, or has waited, for a decision, newest first',
        querystring: Type.Object(
          {
            job_id: Type.Optional(uuid),
            state: Type.Optional(Type.Array(Type.Enum([...INTERVENTION_STATES]))),
            assignee: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
            ...pagingParameters({ limit: 20, most: 100 }),
          },
          closed,
        ),
        response: { 200: InterventionListSchema, ...problems() },
      },
    },
    (request) => listInterventions(parts, callerOf(request), request.query),
  );
  app.get(
    ONE,
    {
      config,
      schema: {
        tags,
        summary: 'Read an intervention',
        params: Parameters,
        response: { 200: InterventionSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const id = request.params.intervention_id;
      const intervention = await getIntervention(parts, callerOf(request), id);
      return reply.header('etag', etagOf(intervention)).send(intervention);
    },
  );
  addChanges(app, parts);
}

function addChanges(app: Typed, parts: JobParts): void {
  const config = { scope: 'jobs:write', limit: 'change' } as const;
  const response = { 200: InterventionSchema, ...problems(404, 409, 412, 413, 415) };
  app.post(
    `${ONE}/assign`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Name who is to decide', headers, response },
        params: Parameters,
        body: AssignInterventionSchema,
      },
    },
    async (request, reply) => {
      const intervention = await assignIntervention(parts, callerOf(request), {
        id: request.params.intervention_id,
        ifMatch: request.headers['if-match'],
        body: request.body,
      });
      return reply.header('etag', etagOf(intervention)).send(intervention);
    },
  );
  app.post(
    `${ONE}/resolve`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Decide, and let the job go on by that', headers, response },
        params: Parameters,
        body: ResolveInterventionSchema,
      },
    },
    async (request, reply) => {
      const intervention = await resolveIntervention(parts, callerOf(request), {
        id: request.params.intervention_id,
        ifMatch: request.headers['if-match'],
        body: request.body,
      });
      return reply.header('etag', etagOf(intervention)).send(intervention);
    },
  );
}
