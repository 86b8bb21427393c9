import {
  EffectivenessSchema,
  pagingParameters,
  RECOVERY_ACTIONS,
  RECOVERY_STATUSES,
  RECOVERY_TRIGGERS,
  RecoveryAuditListSchema,
  RecoveryListSchema,
  RecoverySchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  cancelRecovery,
  effectivenessOf,
  getRecovery,
  listRecoveries,
  listRecoveryAudits,
} from '../services/recovery-list.ts';
import type { JobParts } from '../services/services.ts';
import { prefersAsync } from './prefer.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, uuid } from './schemas.ts';

const BASE = '/api/v1/orchestration';
const config = { scope: 'jobs:read' } as const;
const Parameters = Type.Object({ session_id: uuid }, closed);

const NEWEST = 'Looked for among the newest 10,000.';
const filters = {
  job_id: Type.Optional(uuid),
  status: Type.Optional(Type.Enum([...RECOVERY_STATUSES], { description: NEWEST })),
  action: Type.Optional(Type.Enum([...RECOVERY_ACTIONS], { description: NEWEST })),
  trigger: Type.Optional(Type.Enum([...RECOVERY_TRIGGERS], { description: NEWEST })),
  ...pagingParameters({ limit: 20, most: 100 }),
};

export function addRecoveryRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    `${BASE}/recoveries`,
    {
      config,
      schema: {
        tags: ['recoveries'],
        summary: 'List recoveries, newest first',
        querystring: Type.Object(filters, closed),
        response: { 200: RecoveryListSchema, ...problems() },
      },
    },
    (request) => listRecoveries(parts, callerOf(request), request.query),
  );
  app.get(
    `${BASE}/recoveries/effectiveness`,
    {
      config,
      schema: {
        tags: ['recoveries'],
        summary: 'Say how well each action has worked lately',
        response: { 200: EffectivenessSchema, ...problems() },
      },
    },
    (request) => effectivenessOf(parts, callerOf(request)),
  );
  app.get(
    `${BASE}/recovery-audits`,
    {
      config,
      schema: {
        tags: ['recoveries'],
        summary: 'List the audit of recoveries, newest first',
        querystring: Type.Object({ session_id: Type.Optional(uuid), ...filters }, closed),
        response: { 200: RecoveryAuditListSchema, ...problems() },
      },
    },
    (request) => listRecoveryAudits(parts, callerOf(request), request.query),
  );
  addOneRecovery(app, parts);
}

function addOneRecovery(app: Typed, parts: JobParts): void {
  app.get(
    `${BASE}/recoveries/:session_id`,
    {
      config,
      schema: {
        tags: ['recoveries'],
        summary: 'Read a recovery',
        params: Parameters,
        response: { 200: RecoverySchema, ...problems(404) },
      },
    },
    (request) => getRecovery(parts, callerOf(request), request.params.session_id),
  );
  app.post(
    `${BASE}/recoveries/:session_id/cancel`,
    {
      config: { scope: 'jobs:write', limit: 'change' },
      schema: {
        tags: ['recoveries'],
        summary: 'Give a recovery up: its job is cancelled',
        params: Parameters,
        headers: Type.Object({ prefer: Type.Optional(Type.String()) }),
        response: { 200: RecoverySchema, 202: RecoverySchema, ...problems(404, 409) },
      },
    },
    async (request, reply) => {
      const { recovery, done } = await cancelRecovery(parts, callerOf(request), {
        sessionId: request.params.session_id,
        async: prefersAsync(request.headers.prefer),
      });
      return reply.code(done ? 200 : 202).send(recovery);
    },
  );
}
