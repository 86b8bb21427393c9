import type { FastifyInstance } from 'fastify';
import { validatorCompiler } from './validation.ts';

/**
 * Gives the routes of a scope of their own the bodies as they were sent, whatever their type: for
 * what is signed, and for what has several forms. Their handlers check what they read from them;
 * the schema of a body only documents it.
 */
export function rawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  const checked = validatorCompiler;
  scope.setValidatorCompiler<Parameters<typeof checked>[0]['schema']>((route) =>
    route.httpPart === 'body' ? () => true : checked(route),
  );
}
