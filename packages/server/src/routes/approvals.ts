import {
  APPROVAL_STATES,
  ApprovalListSchema,
  ApprovalSchema,
  DecideApprovalSchema,
  pagingParameters,
  RaisedBudgetSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  type ApprovalParts,
  decideApproval,
  getApproval,
  listApprovals,
} from '../services/approvals.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, RunParameters, uuid } from './schemas.ts';

const APPROVALS = '/api/v1/approvals';
const Parameters = Type.Object({ approval_id: uuid }, closed);
const tags = ['approvals'];

export function addApprovalRoutes(instance: FastifyInstance, parts: ApprovalParts): void {
  const app: Typed = instance.withTypeProvider();
  const config = { scope: 'runs:read' } as const;
  app.get(
    APPROVALS,
    {
      config,
      schema: {
        ...{ tags, summary: 'List what you may decide, and what is asked about your runs' },
        querystring: Type.Object(
          {
            run_id: Type.Optional(uuid),
            state: Type.Optional(Type.Array(Type.Enum([...APPROVAL_STATES]))),
            mine: Type.Optional(
              Type.Boolean({ default: false, description: 'Only what waits for your vote.' }),
            ),
            ...pagingParameters({ limit: 20, most: 100 }),
          },
          closed,
        ),
        response: { 200: ApprovalListSchema, ...problems() },
      },
    },
    (request) => listApprovals(parts, callerOf(request), request.query),
  );
  app.get(
    `${APPROVALS}/:approval_id`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Read an approval', params: Parameters },
        response: { 200: ApprovalSchema, ...problems(404) },
      },
    },
    (request) => getApproval(parts, callerOf(request), request.params.approval_id),
  );
  app.post(
    '/api/v1/runs/:run_id/approve',
    {
      config: { scope: 'runs:write', limit: 'change' },
      schema: {
        ...{ tags, summary: 'Approve, reject, or pass your vote on; the run goes on by that' },
        ...{ params: RunParameters, body: DecideApprovalSchema },
        response: {
          200: Type.Union([ApprovalSchema, RaisedBudgetSchema]),
          ...problems(404, 409, 413, 415, 422),
        },
      },
    },
    (request) =>
      decideApproval(parts, callerOf(request), {
        ...{ runId: request.params.run_id, body: request.body },
      }),
  );
}
