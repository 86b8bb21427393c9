import { SignInMethodsSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import { type LoginParts, signInMethods } from '../services/login.ts';
import type { Typed } from './request.ts';

/** Says to everybody by what people can sign in; asks nobody, not even the database. */
export function addAuthMethodsRoute(
  instance: FastifyInstance,
  { oidc }: { readonly oidc?: Pick<LoginParts['oidc'], 'name'> | undefined },
): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    '/api/v1/auth/methods',
    {
      config: { public: true, always: true, limit: 'none', tool: false },
      schema: {
        tags: ['sessions'],
        summary: 'By what people can sign in here',
        response: { 200: SignInMethodsSchema },
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send(signInMethods(oidc)),
  );
}
