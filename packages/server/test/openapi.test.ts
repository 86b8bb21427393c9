import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ERRORS, ProblemSchema, SCOPES } from '@tenuto/contract';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, Media>>;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-required-scope'?: string;
  readonly summary?: string;
  readonly requestBody?: Answer;
  readonly responses: Readonly<Record<string, Answer>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, Answer>>;
  };
}

/** For everybody who is somebody: they see what is their own. */
const ANYONE = /^\/api\/v1\/(agents\/me|audit.*|quotas\/me|needs|home|prices.*|auth\/session)$/;
const OPEN = [
  '/api/v1/agents/auth/refresh',
  '/api/v1/agents/auth/revoke',
  '/api/v1/agents/auth/token',
  '/api/v1/auth/methods',
  '/api/v1/orchestration/health',
  '/health',
  '/health/live',
  '/health/ready',
  '/hooks/{hook}',
  '/openapi.json',
];

/** Routes as the framework was told of them, whatever the document says. */
const routes: RouteOptions[] = [];
let api: TestApi;
let document: Document;
let operations: Operation[] = [];

function watchRoutes(message: unknown): void {
  const { fastify } = message as { readonly fastify: FastifyInstance };
  fastify.addHook('onRoute', (route) => void routes.push(route));
}

beforeAll(async () => {
  subscribe('fastify.initialization', watchRoutes);
  api = await startApi();
  unsubscribe('fastify.initialization', watchRoutes);
  document = (await api.call('/openapi.json', { token: null })).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      path,
      method: method.toUpperCase(),
    })),
  );
});
afterAll(() => api[Symbol.asyncDispose]());

/** `GET /a/{b}`, as the document writes it. */
const nameOf = (method: string, url: string) =>
  `${method} ${url.replace(/:([A-Za-z_]+)/g, '{$1}')}`;

/** A check of a schema of the document, whose references lead into the document. */
function checkOf(schema: object) {
  const text = (value: object) => JSON.stringify(value).replaceAll('#/components/schemas/', '');
  const { Node } = document.components.schemas;
  return Compile({ Node: JSON.parse(text(Node ?? {})) }, JSON.parse(text(schema)));
}

function bodiesOf(operation: Operation): [string, Media][] {
  const name = nameOf(operation.method, operation.path);
  return [
    ...Object.entries(operation.requestBody?.content ?? {}).map(([, media]): [string, Media] => [
      `${name} request`,
      media,
    ]),
    ...Object.entries(operation.responses).flatMap(([status, answer]) =>
      Object.values(answer.content ?? {}).map((media): [string, Media] => [
        `${name} ${status}`,
        media,
      ]),
    ),
  ];
}

describe('the document', () => {
  it('has every route of the code, with its method and its scope, and no other', () => {
    const inCode = routes
      // What speaks a protocol of its own is described by that; the console is for browsers.
      .filter(({ url }) => !/^\/docs(\/|$)/.test(url) && url !== '/mcp' && url !== '/')
      .flatMap(({ method, url, config }) =>
        [method]
          .flat()
          .filter((name) => name !== 'HEAD')
          .map((name) => `${nameOf(name, url)} ${config?.scope ?? 'open'}`),
      );
    const inDocument = operations.map(
      (operation) =>
        `${nameOf(operation.method, operation.path)} ${operation['x-required-scope'] ?? 'open'}`,
    );
    expect(inCode.length).toBeGreaterThan(15);
    expect(inDocument.toSorted()).toEqual([...new Set(inCode)].sort());
  });

  it('says of every route which token it needs, and leaves open only what must be', () => {
    for (const { path, security, 'x-required-scope': scope } of operations) {
      const anyone = ANYONE.test(path) ? [{ token: [] }] : [];
      const wanted = scope === undefined ? anyone : [{ token: [scope] }];
      expect([path, security]).toEqual([path, wanted]);
      if (scope !== undefined) expect(SCOPES).toContain(scope);
    }
    const open = operations.filter(({ security }) => security.length === 0);
    expect(open.map(({ path }) => path).sort()).toEqual(OPEN);
  });

  it('has for every body an example that is valid', () => {
    const bodies = operations.flatMap(bodiesOf);
    expect(bodies.length).toBeGreaterThan(18);
    for (const [name, media] of bodies) {
      const examples: unknown = Reflect.get(media.schema, 'examples');
      const example = media.example ?? (Array.isArray(examples) ? examples[0] : undefined);
      expect(example, name).toBeDefined();
      expect([name, checkOf(media.schema).Errors(example)]).toEqual([name, []]);
    }
  });

  it('tells what every route does and names every answer', () => {
    for (const { path, summary, responses } of operations) {
      expect([path, summary]).not.toEqual([path, undefined]);
      for (const answer of Object.values(responses)) {
        expect(answer.$ref ?? answer.description).toMatch(/^(?!Default Response)./);
      }
    }
  });

  it('has every error code, with its status and a valid example', () => {
    const problem = Compile(ProblemSchema);
    const found = Object.entries(document.components.responses).flatMap(([name, answer]) =>
      Object.entries(answer.content?.['application/problem+json']?.examples ?? {}).map(
        ([code, { value }]) => ({ name, code, value }),
      ),
    );
    expect(found.map(({ code }) => code).sort()).toEqual(Object.keys(ERRORS).sort());
    for (const { name, code, value } of found) {
      expect(problem.Errors(value)).toEqual([]);
      expect(value).toMatchObject({ error_code: code });
      expect(name).toBe(`Problem${Reflect.get(Object(value), 'status')}`);
    }
  });

  it('names at every route with a scope the errors that any of them may give', () => {
    for (const { path, method, security, requestBody, responses } of operations) {
      if (security.length === 0) continue;
      const own = requestBody === undefined ? [] : ['413', '415'];
      const one = /\{[a-z]+_id\}/.test(path) ? ['404'] : [];
      const wanted = ['400', '401', '403', '406', '429', '500', '503', ...own, ...one];
      expect([method, path, Object.keys(responses)]).toEqual([
        method,
        path,
        expect.arrayContaining(wanted),
      ]);
      for (const status of wanted) {
        expect(responses[status]).toEqual({ $ref: `#/components/responses/Problem${status}` });
      }
    }
  });

  it('has no reference that leads nowhere', () => {
    const text = JSON.stringify(document);
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to ?? ''));
    expect(references).toContain('#/components/schemas/Node');
    for (const reference of references) {
      const [, , kind = '', name = ''] = reference.split('/');
      expect(Reflect.get(Object(Reflect.get(document.components, kind)), name)).toBeDefined();
    }
    expect(document.openapi).toBe('3.1.0');
    expect(text).not.toContain('A node refers to nodes.');
    expect(text).not.toContain('An error of the table.');
  });
});
