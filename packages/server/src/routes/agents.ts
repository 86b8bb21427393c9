import {
  AGENT_STATES,
  AgentListSchema,
  AgentSchema,
  CredentialListSchema,
  CredentialSchema,
  NewCredentialSchema,
  pagingParameters,
  SCOPES,
  WriteAgentSchema,
  WriteCredentialSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  type CredentialParts,
  createCredential,
  listCredentials,
  revokeCredential,
} from '../services/agent-credentials.ts';
import {
  createAgent,
  deleteAgent,
  getAgent,
  type Keys,
  listAgents,
  replaceAgent,
} from '../services/agents.ts';
import { etagOf } from '../services/job-state.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { closed, problems, uuid } from './schemas.ts';

const AGENTS = '/api/v1/agents';
const ONE = `${AGENTS}/:agent_id`;
const CREDENTIALS = `${ONE}/credentials`;
const tags = ['agents'];
const PAGING = pagingParameters({ limit: 20, most: 100 });
const Parameters = Type.Object({ agent_id: uuid }, closed);
const CredentialParameters = Type.Object({ agent_id: uuid, credential_id: uuid }, closed);
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()) });
const keyed = Type.Object({ 'idempotency-key': Type.Optional(Type.String()) });
const READ = { scope: 'agents:read' } as const;
const CHANGE = { scope: 'agents:write', limit: 'change' } as const;

export function addAgentRoutes(instance: FastifyInstance, parts: CredentialParts & Keys): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    AGENTS,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Make an agent', headers: keyed },
        body: WriteAgentSchema,
        response: { 201: AgentSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const agent = await createAgent(parts, callerOf(request), { body: request.body, key });
      const location = `${AGENTS}/${agent.agent_id}`;
      return reply
        .code(201)
        .headers({ location, etag: etagOf(agent) })
        .send(agent);
    },
  );
  app.get(
    AGENTS,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'List agents, newest first' },
        querystring: Type.Object(
          {
            name: Type.Optional(Type.String({ minLength: 1, description: 'How it begins.' })),
            scope: Type.Optional(Type.Enum([...SCOPES])),
            status: Type.Optional(Type.Enum([...AGENT_STATES])),
            ...PAGING,
          },
          closed,
        ),
        response: { 200: AgentListSchema, ...problems() },
      },
    },
    (request) => listAgents(parts, callerOf(request), request.query),
  );
  addOne(app, parts);
  addCredentials(app, parts);
}

function addOne(app: Typed, parts: CredentialParts): void {
  const response = { 200: AgentSchema, ...problems(404, 412, 413, 415, 422) };
  app.get(
    ONE,
    {
      config: READ,
      schema: {
        ...{ tags, summary: 'Read an agent', params: Parameters },
        response: { 200: AgentSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const agent = await getAgent(parts, callerOf(request), request.params.agent_id);
      return reply.header('etag', etagOf(agent)).send(agent);
    },
  );
  app.put(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Replace an agent, except its name', params: Parameters, headers },
        ...{ body: WriteAgentSchema, response },
      },
    },
    async (request, reply) => {
      const agent = await replaceAgent(parts, callerOf(request), {
        ...{ agentId: request.params.agent_id, body: request.body },
        ifMatch: request.headers['if-match'],
      });
      return reply.header('etag', etagOf(agent)).send(agent);
    },
  );
  app.delete(
    ONE,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Delete an agent and all that leads to it' },
        ...{ params: Parameters, headers, response },
      },
    },
    (request) =>
      deleteAgent(parts, callerOf(request), {
        agentId: request.params.agent_id,
        ifMatch: request.headers['if-match'],
      }),
  );
}

function addCredentials(app: Typed, parts: CredentialParts): void {
  app.post(
    CREDENTIALS,
    {
      config: CHANGE,
      preValidation: noBodyIsEmpty,
      schema: {
        ...{ tags, summary: 'Make a client id and a secret, shown once', params: Parameters },
        body: WriteCredentialSchema,
        response: { 201: NewCredentialSchema, ...problems(404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { agent_id: agentId } = request.params;
      const made = await createCredential(parts, callerOf(request), {
        ...{ agentId, body: request.body },
      });
      return reply.code(201).header('cache-control', 'no-store').send(made);
    },
  );
  app.get(
    CREDENTIALS,
    {
      config: READ,
      schema: {
        ...{ tags, summary: "List an agent's credentials, newest first", params: Parameters },
        querystring: Type.Object(PAGING, closed),
        response: { 200: CredentialListSchema, ...problems(404) },
      },
    },
    (request) =>
      listCredentials(parts, callerOf(request), {
        ...request.query,
        agentId: request.params.agent_id,
      }),
  );
  app.delete(
    `${CREDENTIALS}/:credential_id`,
    {
      config: CHANGE,
      schema: {
        ...{ tags, summary: 'Revoke a credential and what it has led to' },
        params: CredentialParameters,
        response: { 200: CredentialSchema, ...problems(404) },
      },
    },
    (request) => {
      const { agent_id: agentId, credential_id: credentialId } = request.params;
      return revokeCredential(parts, callerOf(request), { agentId, credentialId });
    },
  );
}
