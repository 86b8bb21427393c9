import { SessionEndedSchema, SessionSchema } from '@tenuto/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerOf } from '../auth/credentials.ts';
import { COOKIE, readCookie } from '../auth/sessions.ts';
import { beginSession, endSession, getSession, type SessionParts } from '../services/sessions.ts';
import { callerOf, type Typed } from './request.ts';
import { problems } from './schemas.ts';

const SESSION = '/api/v1/auth/session';
const tags = ['sessions'];

interface Parts extends SessionParts {
  readonly trusted: (address: string) => boolean;
}

export function addSessionRoutes(instance: FastifyInstance, parts: Parts): void {
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
      const begun = await beginSession(parts, callerOf(request), bearerOf(request));
      const secure = isSecure(request, parts.trusted);
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
      const session = await getSession(
        parts,
        callerOf(request),
        readCookie(request.headers.cookie),
      );
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
      const ended = await endSession(parts, callerOf(request), readCookie(request.headers.cookie));
      const secure = isSecure(request, parts.trusted);
      return reply.header('set-cookie', cookieOf('', { maxAgeSeconds: 0, secure })).send({ ended });
    },
  );
}

interface CookieLife {
  readonly maxAgeSeconds: number;
  readonly secure: boolean;
}

function cookieOf(value: string, { maxAgeSeconds, secure }: CookieLife): string {
  const parts = [`${COOKIE}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
  return [...parts, `Max-Age=${maxAgeSeconds}`, ...(secure ? ['Secure'] : [])].join('; ');
}

/** The server speaks plain HTTP: whether the browser does not is said by a proxy that is trusted. */
function isSecure(request: FastifyRequest, trusted: Parts['trusted']): boolean {
  const protocol = request.headers['x-forwarded-proto'];
  return protocol === 'https' && trusted(request.socket.remoteAddress ?? '');
}
