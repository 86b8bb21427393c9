import { OrchestrationError } from '@tenuto/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readJsonBody } from '../http/json-body.ts';

const JSON_TYPES = ['application/json', 'application/problem+json', 'application/*', '*/*'];

/** One parser, for JSON in UTF-8, and answers only to who takes JSON. */
export function addContent(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      refuseCharset(request);
      done(null, body.length === 0 ? undefined : readJsonBody(Buffer.from(body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)), undefined);
    }
  });
  app.addHook('onRequest', async (request) => {
    // What is not there, or is a page of the console, is told in a form of its own.
    if (request.is404) return;
    const accepted = request.routeOptions.config.produces ?? JSON_TYPES;
    if (!accepts(request.headers.accept, accepted)) {
      throw new OrchestrationError('not_acceptable', `This answers ${accepted[0]}.`);
    }
  });
}

function refuseCharset(request: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(
    request.headers['content-type'] ?? '',
  )?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new OrchestrationError('unsupported_media_type', 'JSON is always UTF-8.');
  }
}

function accepts(header: string | undefined, types: readonly string[]): boolean {
  if (header === undefined || header.trim() === '') return true;
  return header.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return !refused && types.includes(type ?? '');
  });
}
