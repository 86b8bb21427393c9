import type { CreateSecret, EditSecret, PutSecret, Secret } from '@tenuto/contract';
import { type ChangeOptions, createChanger, type SubmitOptions, submit } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import { fields, listOf, nullable, number, type Shape, text } from './shape.ts';
import type { TransportOptions } from './transport.ts';

/** Stored secrets; their values are sent and never read. Every function throws as `createClient` says. */
export interface Secrets {
  create(body: CreateSecret, options?: SubmitOptions): Promise<Secret>;
  /** Sets it whether or not it is there. */
  set(name: string, body: PutSecret, options?: ChangeOptions): Promise<Secret>;
  get(name: string, options?: CallOptions): Promise<Secret>;
  list(query?: PageQuery, options?: CallOptions): Listing<Secret>;
  update(name: string, changes: EditSecret, options?: ChangeOptions): Promise<Secret>;
  /** Answers the secret as it was. */
  remove(name: string, options?: ChangeOptions): Promise<Secret>;
}

const shape: Shape<Secret> = fields({
  secret_id: text,
  name: text,
  description: nullable(text),
  allowed_hosts: nullable(listOf(text)),
  owner: text,
  version: number,
  created_at: text,
  updated_at: text,
});

const ROOT = '/secrets';
const pathOf = (name: string) => `${ROOT}/${segment(name)}`;

export function createSecrets(transport: TransportOptions): Secrets {
  const { read, list } = createReader(transport);
  const change = createChanger(transport, { pathOf, shape });
  return {
    create: (body, options) => submit(transport, { path: ROOT, body, shape }, options),
    set: (name, body, options) => change('PUT', name, options, body),
    get: (name, options) => read(pathOf(name), shape, {}, options),
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    update: (name, changes, options) => change('PATCH', name, options, changes),
    remove: (name, options) => change('DELETE', name, options),
  };
}
