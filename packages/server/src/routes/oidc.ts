import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import {
  beginLogin,
  cookieOf,
  finishLogin,
  type LoginParts,
  loginCookieOf,
  readLoginCookie,
  refusedAt,
} from '../services/login.ts';
import { type Typed, visitOf } from './request.ts';
import { closed, problems } from './schemas.ts';

const OIDC = '/api/v1/auth/oidc';
const tags = ['sessions'];
const OPEN = { public: true, limit: 'change', produces: ['text/html', '*/*', 'text/*'] } as const;
const text = Type.Optional(Type.String({ maxLength: 4_096 }));

/** Signing in by an OpenID provider; only where the operator has named one. */
export function addOidcRoutes(instance: FastifyInstance, parts: LoginParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    `${OIDC}/start`,
    {
      config: OPEN,
      schema: {
        ...{ tags, summary: 'Sign in: leads to the identity provider' },
        querystring: Type.Object(
          { return_to: Type.Optional(Type.String({ maxLength: 2_048 })) },
          closed,
        ),
        response: { 302: Type.Null(), ...problems() },
      },
    },
    async (request, reply) => {
      const { secure } = visitOf(request);
      try {
        const begun = await beginLogin(parts, request.query.return_to ?? '/');
        const cookie = loginCookieOf(begun.sealed, secure);
        reply.headers({ 'set-cookie': cookie, 'cache-control': 'no-store' });
        return reply.redirect(begun.location);
      } catch (error) {
        return leadBack(error, request, reply);
      }
    },
  );
  app.get(
    `${OIDC}/callback`,
    {
      config: OPEN,
      schema: {
        ...{ tags, summary: 'Where the identity provider leads back to' },
        // What a provider adds beyond the standard is its own matter.
        querystring: Type.Object(
          { code: text, state: text, error: text },
          { additionalProperties: true },
        ),
        response: { 302: Type.Null(), ...problems() },
      },
    },
    async (request, reply) => {
      const { secure, network } = visitOf(request);
      const { code, state, error } = request.query;
      const sealed = readLoginCookie(request.headers.cookie);
      const back = { code, state, error, sealed };
      try {
        const done = await finishLogin(parts, { requestId: request.id, address: network }, back);
        const { cookie, maxAgeSeconds, returnTo } = done;
        const cookies = [cookieOf(cookie, { maxAgeSeconds, secure }), loginCookieOf('', secure)];
        reply.headers({ 'set-cookie': cookies, 'cache-control': 'no-store' });
        return reply.redirect(returnTo);
      } catch (error) {
        return leadBack(error, request, reply);
      }
    },
  );
}

/** People are shown a page that says why they are not in; programs get the error. */
function leadBack(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const place = refusedAt(error);
  const wantsPage = (request.headers.accept ?? '').includes('text/html');
  if (place === undefined || !wantsPage) throw error;
  return reply.header('cache-control', 'no-store').redirect(place);
}
