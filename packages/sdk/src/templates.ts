import type {
  DryRun,
  InstantiateTemplate,
  Job,
  JsonObject,
  Template,
  WriteTemplate,
} from '@tenuto/contract';
import { type ChangeOptions, createChanger, type SubmitOptions } from './asking.ts';
import { dryRunShape, jobShape } from './job-shapes.ts';
import type { NamedQuery, PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import { anything, fields, isRecord, listOf, nullable, number, type Shape, text } from './shape.ts';
import { send, type TransportOptions } from './transport.ts';

/** A template as it is sent: typed, or read from a file and left to the server to check. */
export type TemplateBody = WriteTemplate | JsonObject;
/** What a job is made of a template with. */
export type TemplateUse = InstantiateTemplate | JsonObject;

/** Stored templates of jobs. Every function throws as `createClient` says. */
export interface Templates {
  create(body: TemplateBody, options?: SubmitOptions): Promise<Template>;
  /** The version in force, or an earlier one. */
  get(name: string, options?: CallOptions & { readonly version?: number }): Promise<Template>;
  list(query?: NamedQuery, options?: CallOptions): Listing<Template>;
  /** Newest first. */
  versions(name: string, query?: PageQuery, options?: CallOptions): Listing<Template>;
  replace(name: string, body: TemplateBody, options?: ChangeOptions): Promise<Template>;
  /** Answers the template as it was. */
  remove(name: string, options?: ChangeOptions): Promise<Template>;
  /** Submits a job that is made from it. */
  instantiate(name: string, use?: TemplateUse, options?: SubmitOptions): Promise<Job>;
  /** What the job would be; nothing is stored. */
  dryRun(name: string, use?: TemplateUse, options?: CallOptions): Promise<DryRun>;
}

/** Graphs and what jobs say are the server's business; here they only have to be there. */
const object = <T extends object>(value: unknown): value is T => isRecord(value);
const shape: Shape<Template> = fields({
  template_id: text,
  name: text,
  description: nullable(text),
  params_schema: nullable(
    (value: unknown): value is Record<string, unknown> | boolean =>
      typeof value === 'boolean' || isRecord(value),
  ),
  dag_definition: (value): value is Template['dag_definition'] =>
    isRecord(value) && listOf(anything)(value.nodes),
  job: object<Template['job']>,
  version: number,
  schema_version: (value): value is 1 => value === 1,
  owner: text,
  created_at: text,
  updated_at: text,
  updated_by: text,
});

const ROOT = '/orchestration/templates';
const pathOf = (name: string) => `${ROOT}/${segment(name)}`;

export function createTemplates(transport: TransportOptions): Templates {
  const { read, list } = createReader(transport);
  const change = createChanger(transport, { pathOf, shape });
  const make = <T>(
    path: string,
    made: Shape<T>,
    body: unknown,
    { idempotencyKey = crypto.randomUUID(), ...options }: SubmitOptions = {},
  ) =>
    send(transport, {
      ...{ method: 'POST', path, body, shape: made, repeatable: true, ...signalOf(options) },
      headers: { 'idempotency-key': idempotencyKey },
    });
  return {
    create: (body, options) => make(ROOT, shape, body, options),
    get: (name, { version, ...options } = {}) =>
      read(pathOf(name), shape, version === undefined ? {} : { version }, options),
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    versions: (name, query, options) =>
      list(`${pathOf(name)}/versions`, shape, { ...query }, options),
    replace: (name, body, options) => change('PUT', name, options, body),
    remove: (name, options) => change('DELETE', name, options),
    instantiate: (name, use = {}, options) =>
      make(`${pathOf(name)}/instantiate`, jobShape, use, options),
    dryRun: (name, use = {}, options = {}) =>
      send(transport, {
        ...{ method: 'POST', path: `${pathOf(name)}/instantiate`, query: { dry_run: true } },
        ...{ body: use, shape: dryRunShape, repeatable: true, ...signalOf(options) },
      }),
  };
}
