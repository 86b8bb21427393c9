import {
  BUDGET_RULE_SCOPES,
  NewBudgetSchema,
  pagingParameters,
  RaiseBudgetSchema,
  RaisedBudgetSchema,
  StoredBudgetListSchema,
  StoredBudgetSchema,
  WriteBudgetSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  type BudgetParts,
  createBudget,
  deleteBudget,
  getBudget,
  listBudgets,
  raiseBudget,
  replaceBudget,
} from '../services/budgets.ts';
import { etagOf } from '../services/job-state.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, IdempotencyKey, problems, RunParameters, uuid } from './schemas.ts';

const BUDGETS = '/api/v1/budgets';
const ONE = `${BUDGETS}/:budget_id`;
const tags = ['budgets'];
const params = Type.Object({ budget_id: uuid }, closed);
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const READ = { scope: 'runs:read' } as const;
const CHANGE = { scope: 'runs:write', limit: 'change' } as const;

export function addBudgetRoutes(instance: FastifyInstance, parts: BudgetParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    '/api/v1/runs/:run_id/budget',
    {
      config: { ...CHANGE, tool: 'raise_budget' },
      schema: {
        ...{ tags, summary: 'Raise the budget of a run, and let what waits for money go on' },
        ...{ params: RunParameters, body: RaiseBudgetSchema },
        response: { 200: RaisedBudgetSchema, ...problems(404, 409, 413, 415, 422) },
      },
    },
    (request) =>
      raiseBudget(parts, callerOf(request), { runId: request.params.run_id, ...request.body }),
  );
  app.get(
    BUDGETS,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'List what tasks and profiles may cost, newest first' },
        querystring: Type.Object(
          {
            scope: Type.Optional(Type.Enum([...BUDGET_RULE_SCOPES])),
            spent: Type.Optional(
              Type.Boolean({ description: 'Those of which nothing is left, or the others.' }),
            ),
            ...pagingParameters({ limit: 20, most: 100 }),
          },
          closed,
        ),
        response: { 200: StoredBudgetListSchema, ...problems() },
      },
    },
    (request) => listBudgets(parts, callerOf(request), request.query),
  );
  addMaking(app, parts);
  addChanges(app, parts);
}

function addMaking(app: Typed, parts: BudgetParts): void {
  app.post(
    BUDGETS,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Set what all runs of a task or a profile may cost' },
        ...{ headers: IdempotencyKey, body: NewBudgetSchema },
        response: { 201: StoredBudgetSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const budget = await createBudget(parts, callerOf(request), { body: request.body, key });
      return reply
        .code(201)
        .headers({ location: `${BUDGETS}/${budget.budget_id}`, etag: etagOf(budget) })
        .send(budget);
    },
  );
  app.get(
    ONE,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'Read a budget', params },
        response: { 200: StoredBudgetSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const budget = await getBudget(parts, callerOf(request), request.params.budget_id);
      return reply.header('etag', etagOf(budget)).send(budget);
    },
  );
}

function addChanges(app: Typed, parts: BudgetParts): void {
  app.put(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Change a budget; what was spent stays spent', params, headers },
        body: WriteBudgetSchema,
        response: { 200: StoredBudgetSchema, ...problems(404, 412, 413, 415) },
      },
    },
    async (request, reply) => {
      const budget = await replaceBudget(parts, callerOf(request), {
        ...{ budgetId: request.params.budget_id, body: request.body },
        ifMatch: request.headers['if-match'],
      });
      return reply.header('etag', etagOf(budget)).send(budget);
    },
  );
  app.delete(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Delete a budget', params, headers },
        response: { 200: StoredBudgetSchema, ...problems(404, 412) },
      },
    },
    (request) =>
      deleteBudget(parts, callerOf(request), {
        ...{ budgetId: request.params.budget_id, ifMatch: request.headers['if-match'] },
      }),
  );
}
