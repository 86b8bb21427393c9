import { SessionEndedSchema, SessionSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import {
  beginSession,
  cookieOf,
  endSession,
  getSession,
  type SessionParts,
} from '../services/sessions.ts';
import { callerOf, type Typed, visitOf } from './request.ts';
import { problems } from './schemas.ts';

const SESSION = '/api/v1/auth/session';
const tags = ['sessions'];

export function addSessionRoutes(instance: FastifyInstance, parts: SessionParts): void {
  const app: Typed = instance.withTypeProvider();
  const change = { anyone: true, limit: 'change' } as const;
  app.post(
    SESSION,
    {
      config: change,
      schema: {
        ...{ tags, summary: 'Exchange the token of this request for a cookie' },
        response: { 201: SessionSchema, ...problems(413, 415) },
      },
    },
    async (request, reply) => {
      const { bearer, secure } = visitOf(request);
      const begun = await beginSession(parts, callerOf(request), bearer);
      const { cookie, maxAgeSeconds, session } = begun;
      return reply
        .code(201)
        .header('set-cookie', cookieOf(cookie, { maxAgeSeconds, secure }))
        .header('cache-control', 'no-store')
        .send(session);
    },
  );
  app.get(
    SESSION,
    {
      config: { anyone: true },
      schema: {
        ...{ tags, summary: 'The session of this request, for a page that was loaded anew' },
        response: { 200: SessionSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const session = await getSession(parts, callerOf(request), visitOf(request).cookie);
      return reply.header('cache-control', 'no-store').send(session);
    },
  );
  app.delete(
    SESSION,
    {
      config: change,
      schema: {
        ...{ tags, summary: 'End the session of this request' },
        response: { 200: SessionEndedSchema, ...problems() },
      },
    },
    async (request, reply) => {
      const { cookie, secure } = visitOf(request);
      const ended = await endSession(parts, callerOf(request), cookie);
      return reply.header('set-cookie', cookieOf('', { maxAgeSeconds: 0, secure })).send({ ended });
    },
  );
}
