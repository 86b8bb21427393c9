/** The routes of the API as its document tells of them: for tests that walk through all of them. */
import type { Answer, TestApi } from './server.ts';

export interface Route {
  readonly method: string;
  readonly path: string;
  /** Whoever calls needs to be nobody. */
  readonly open: boolean;
  readonly scope: string | undefined;
  /** The first example of its body, if it takes one. */
  readonly body: unknown;
  /** Names of what stands in braces in its path, in order. */
  readonly parameters: readonly string[];
}

interface Media {
  readonly example?: unknown;
  readonly schema: { readonly examples?: unknown[] };
}

interface Operation {
  readonly security: unknown[];
  readonly 'x-required-scope'?: string;
  readonly requestBody?: { readonly content: Record<string, Media> };
}

export async function routesOf(api: TestApi): Promise<readonly Route[]> {
  const { body } = await api.call('/openapi.json', { token: null });
  return Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      open: operation.security.length === 0,
      scope: operation['x-required-scope'],
      body: exampleOf(Object.values(operation.requestBody?.content ?? {})[0]),
      parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
    })),
  );
}

function exampleOf(media: Media | undefined): unknown {
  return media?.example ?? media?.schema.examples?.[0];
}

export function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** Sends what a route takes, with the example of its body unless another one is given. */
export function send(
  api: TestApi,
  { method, path, body }: Pick<Route, 'method' | 'path' | 'body'>,
  {
    token,
    values = {},
    headers = {},
  }: {
    readonly token?: string | null;
    readonly values?: Readonly<Record<string, string>>;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ''));
  return api.call(filled, {
    ...{ method, headers },
    ...(token !== undefined && { token }),
    ...(body !== undefined && { body }),
  });
}
