/** The operations of the API as tools: made from its routes, so that a new route is a new tool. */
import type { Scope } from '@tenuto/contract';
import { NodeSchema } from '@tenuto/contract';
import type { RouteOptions } from 'fastify';
import '../plugins/route-config.ts';
import { toolName } from './tool-name.ts';

export interface RouteTool {
  readonly name: string;
  readonly description: string;
  readonly scope: Scope;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Names of its path and query parameters. */
  readonly path: readonly string[];
  readonly query: readonly string[];
  /** Headers that an argument stands for, by the argument's name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly hasBody: boolean;
  readonly inputSchema: { readonly type: 'object'; readonly [keyword: string]: unknown };
}

interface Fields {
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

interface Schemas {
  readonly summary?: string;
  readonly description?: string;
  readonly params?: Fields;
  readonly querystring?: Fields;
  readonly headers?: Fields;
  readonly body?: object;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** What callers of tools may say of those headers that operations take. */
const HEADERS: ReadonlyMap<string, string> = new Map([
  ['if-match', 'if_match'],
  ['idempotency-key', 'idempotency_key'],
]);

/** The tool of a route; undefined for one that is none: public, hidden, streaming or for machines. */
export function routeTool(route: RouteOptions): RouteTool | undefined {
  const { config = {}, url } = route;
  const method = METHODS.find((known) => known === route.method);
  // Schemas of routes are ours, and their form is checked when the route is added.
  const schema = (route.schema ?? {}) as Schemas & { readonly hide?: boolean };
  const { scope, produces, tool } = config;
  if (method === undefined || scope === undefined || scope === 'workers:connect') return undefined;
  if (!url.startsWith('/api/v1/') || schema.hide === true || tool === false) return undefined;
  if (produces !== undefined && !produces.some((type) => type.includes('json'))) return undefined;
  const { params = {}, querystring = {}, headers = {} } = schema;
  const isList = querystring.properties !== undefined && 'limit' in querystring.properties;
  const isSubmit = config.limit === 'submit';
  return {
    name: tool ?? toolName({ method, url, isList, isSubmit }),
    description: [schema.summary, schema.description].filter(Boolean).join('. '),
    ...{ scope, method, url },
    path: Object.keys(params.properties ?? {}),
    query: Object.keys(querystring.properties ?? {}),
    headers: namesOf(headers),
    hasBody: schema.body !== undefined,
    inputSchema: inputSchema(schema),
  };
}

function namesOf(headers: Fields): ReadonlyMap<string, string> {
  const known = [...HEADERS].filter(([header]) => headers.properties?.[header] !== undefined);
  return new Map(known.map(([header, argument]) => [argument, header]));
}

function inputSchema(schema: Schemas): RouteTool['inputSchema'] {
  const { params = {}, querystring = {}, headers = {}, body } = schema;
  const taken = [...namesOf(headers)].map(([argument]) => [argument, { type: 'string' }]);
  const properties = {
    ...params.properties,
    ...querystring.properties,
    ...Object.fromEntries(taken),
    ...(body !== undefined && { body }),
  };
  const required = [
    ...(params.required ?? []),
    ...(querystring.required ?? []),
    ...(isNeeded(body) ? ['body'] : []),
  ];
  const written = { type: 'object' as const, properties, required, additionalProperties: false };
  return plain(written) as RouteTool['inputSchema'];
}

function isNeeded(body: Fields | undefined): boolean {
  return (body?.required?.length ?? 0) > 0;
}

/** A copy without references, which not all clients follow: nodes in nodes are any objects. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value === NodeSchema) return plain(flatNode());
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

function flatNode(): object {
  const definitions: unknown = Reflect.get(NodeSchema, '$defs');
  const [node] = Object.values(definitions ?? {});
  const { $id: _, properties, ...rest } = node as { $id?: string; properties: object };
  const children = { type: 'array', items: { type: 'object' }, description: 'Nodes, of a group.' };
  return { ...rest, properties: { ...properties, children } };
}
