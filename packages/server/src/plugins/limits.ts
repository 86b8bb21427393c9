import rateLimit from '@fastify/rate-limit';
import { OrchestrationError } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import { isAdmin, type Principal } from '../auth/principal.ts';
import './route-config.ts';

/** Requests a minute, of one principal, in each group of routes. */
export interface RateLimits {
  readonly submit: number;
  readonly change: number;
  readonly read: number;
  /** Failed authentications a minute, from one address. */
  readonly failures: number;
  /** Whether administrators are limited too. */
  readonly admin: boolean;
}

export const DEFAULT_RATE_LIMITS: RateLimits = {
  submit: 100,
  change: 300,
  read: 1_000,
  failures: 200,
  admin: false,
};

/** Counters kept at once; the least used make room. */
const COUNTERS = 10_000;

type Group = 'submit' | 'change' | 'read';

/** Limits each principal in each group; to be registered after authentication. */
export async function addLimits(app: FastifyInstance, limits: RateLimits): Promise<void> {
  await app.register(rateLimit, { global: false, cache: COUNTERS, enableDraftSpec: true });
  const limiter = (group: Group) =>
    app.rateLimit({
      max: limits[group],
      timeWindow: 60_000,
      keyGenerator: (request) => `${request.principal?.owner}`,
      allowList: (request) => !isLimited(request.principal, limits),
      errorResponseBuilder: (_request, { max, ttl }) =>
        new OrchestrationError('rate_limited', `More than ${max} requests a minute.`, {
          retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
        }),
    });
  // One counter a group, shared by all its routes.
  const limiters = { submit: limiter('submit'), change: limiter('change'), read: limiter('read') };
  app.addHook('onRequest', async function limit(request, reply) {
    const group = request.routeOptions.config.limit ?? 'read';
    if (group !== 'none' && !request.is404) await limiters[group].call(this, request, reply);
  });
}

function isLimited(principal: Principal | undefined, limits: RateLimits): boolean {
  return principal !== undefined && (limits.admin || !isAdmin(principal));
}
