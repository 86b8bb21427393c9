import rateLimit from '@fastify/rate-limit';
import { OrchestrationError } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import { isAdmin, type Principal } from '../auth/principal.ts';
import './route-config.ts';

/** Requests a minute, of one principal, in each group of routes; of `task`, an hour. */
export interface RateLimits {
  readonly submit: number;
  /** Making tasks, an hour. */
  readonly task: number;
  readonly change: number;
  readonly read: number;
  /** Failed authentications a minute, from one address. */
  readonly failures: number;
  /** Whether administrators are limited too. */
  readonly admin: boolean;
}

export const DEFAULT_RATE_LIMITS: RateLimits = {
  submit: 100,
  task: 100,
  change: 300,
  read: 1_000,
  failures: 200,
  admin: false,
};

/** Counters kept at once; the least used make room. */
const COUNTERS = 10_000;

type Group = 'submit' | 'task' | 'change' | 'read';
const WINDOWS_MS = { submit: 60_000, task: 3_600_000, change: 60_000, read: 60_000 } as const;

/** Limits each principal in each group; to be registered after authentication. */
export async function addLimits(app: FastifyInstance, limits: RateLimits): Promise<void> {
  await app.register(rateLimit, { global: false, cache: COUNTERS, enableDraftSpec: true });
  const limiter = (group: Group) =>
    app.rateLimit({
      max: limits[group],
      timeWindow: WINDOWS_MS[group],
      keyGenerator: (request) => `${request.principal?.via} ${request.principal?.owner}`,
      allowList: (request) => !isLimited(request.principal, limits),
      errorResponseBuilder: (_request, { max, ttl }) =>
        new OrchestrationError('rate_limited', `More than ${max} requests ${span(group)}.`, {
          retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
        }),
    });
  // One counter a group, shared by all its routes.
  const limiters = {
    ...{ submit: limiter('submit'), task: limiter('task') },
    ...{ change: limiter('change'), read: limiter('read') },
  };
  app.addHook('onRequest', async function limit(request, reply) {
    const group = request.routeOptions.config.limit ?? 'read';
    if (group !== 'none' && !request.is404) await limiters[group].call(this, request, reply);
  });
}

function span(group: Group): string {
  return group === 'task' ? 'an hour' : 'a minute';
}

function isLimited(principal: Principal | undefined, limits: RateLimits): boolean {
  return principal !== undefined && (limits.admin || !isAdmin(principal));
}
