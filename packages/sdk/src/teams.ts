import type { Quota, QuotaUse, Team, WriteQuota, WriteTeam } from '@tenuto/contract';
import type { ChangeOptions, SubmitOptions } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { quotaShape, quotaUseShape, teamShape } from './principal-shapes.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import type { Shape } from './shape.ts';
import { send, type TransportOptions } from './transport.ts';

/** Teams: what they own is shared by their members. Every function throws as `createClient` says. */
export interface Teams {
  create(body: WriteTeam, options?: SubmitOptions): Promise<Team>;
  get(teamId: string, options?: CallOptions): Promise<Team>;
  list(query?: PageQuery, options?: CallOptions): Listing<Team>;
  replace(teamId: string, body: WriteTeam, options?: ChangeOptions): Promise<Team>;
  remove(teamId: string, options?: ChangeOptions): Promise<Team>;
}

/** Quotas by the names of their principals. Every function throws as `createClient` says. */
export interface Quotas {
  list(query?: PageQuery, options?: CallOptions): Listing<Quota>;
  get(principal: string, options?: CallOptions): Promise<Quota>;
  put(principal: string, body: WriteQuota, options?: ChangeOptions): Promise<Quota>;
  remove(principal: string, options?: ChangeOptions): Promise<Quota>;
  /** What somebody may have, and has. */
  use(principal: string, options?: CallOptions): Promise<QuotaUse>;
  /** What this client may have, and has. */
  me(options?: CallOptions): Promise<QuotaUse>;
}

export function createTeams(transport: TransportOptions): Teams {
  const { read, list } = createReader(transport);
  const change = createChanger(transport, teamShape);
  const pathOf = (teamId: string) => `/teams/${segment(teamId)}`;
  return {
    create: (body, { idempotencyKey = crypto.randomUUID(), ...options } = {}) =>
      send(transport, {
        ...{ method: 'POST', path: '/teams', body, shape: teamShape, repeatable: true },
        ...{ headers: { 'idempotency-key': idempotencyKey }, ...signalOf(options) },
      }),
    get: (teamId, options) => read(pathOf(teamId), teamShape, {}, options),
    list: (query, options) => list('/teams', teamShape, { ...query }, options),
    replace: (teamId, body, options) => change('PUT', pathOf(teamId), options, body),
    remove: (teamId, options) => change('DELETE', pathOf(teamId), options),
  };
}

export function createQuotas(transport: TransportOptions): Quotas {
  const { read, list } = createReader(transport);
  const change = createChanger(transport, quotaShape);
  const pathOf = (principal: string) => `/quotas/${segment(principal)}`;
  return {
    list: (query, options) => list('/quotas', quotaShape, { ...query }, options),
    get: (principal, options) => read(pathOf(principal), quotaShape, {}, options),
    put: (principal, body, options) => change('PUT', pathOf(principal), options, body),
    remove: (principal, options) => change('DELETE', pathOf(principal), options),
    use: (principal, options) => read(`${pathOf(principal)}/use`, quotaUseShape, {}, options),
    me: (options) => read('/quotas/me', quotaUseShape, {}, options),
  };
}

function createChanger<T>(transport: TransportOptions, shape: Shape<T>) {
  return (
    method: 'PUT' | 'DELETE',
    path: string,
    { version, ...options }: ChangeOptions = {},
    body?: unknown,
  ): Promise<T> =>
    send(transport, {
      ...{ method, path, shape, ...signalOf(options) },
      repeatable: version === undefined && method !== 'DELETE',
      ...(body !== undefined && { body }),
      ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
    });
}
