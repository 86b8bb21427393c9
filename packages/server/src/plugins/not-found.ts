import { OrchestrationError } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import type { Pages } from './console.ts';
import { sendError } from './errors.ts';

interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/**
 * 404 for what is not there, 405 with Allow for a method that a path does not have.
 * @param pages answers those who ask for a page of the console
 */
export function addNotFound(app: FastifyInstance, pages: Pages): void {
  const paths = new Map<string, KnownPath>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = paths.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const name of [method].flat()) known.methods.add(name);
    paths.set(url, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = new Set(
      [...paths.values()]
        .filter(({ pattern }) => pattern.test(path))
        .flatMap((known) => [...known.methods]),
    );
    if (methods.size === 0) {
      const page = pages(request, reply);
      if (page !== undefined) return page;
      const error = new OrchestrationError('not_found', 'There is nothing at this address.');
      return sendError(error, request, reply);
    }
    reply.header('allow', [...methods].sort().join(', '));
    const detail = `${request.method} is not possible here.`;
    return sendError(new OrchestrationError('method_not_allowed', detail), request, reply);
  });
}

function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)));
  return new RegExp(`^${parts.join('/')}$`);
}
