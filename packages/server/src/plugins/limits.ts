import rateLimit, {
  type FastifyRateLimitStore,
  type FastifyRateLimitStoreCtor,
} from '@fastify/rate-limit';
import { OrchestrationError } from '@tenuto/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isAdmin } from '../auth/principal.ts';
import type { Counters } from '../limits/counters.ts';
import './route-config.ts';

/** Requests of one principal in each group of routes: a minute, and of tasks an hour. */
export interface RateLimits {
  readonly submit: number;
  readonly change: number;
  readonly read: number;
  /** Tasks made an hour. */
  readonly task: number;
  /** Failed authentications a minute, from one address. */
  readonly failures: number;
  /** Whether administrators are limited too. */
  readonly admin: boolean;
}

export const DEFAULT_RATE_LIMITS: RateLimits = {
  submit: 100,
  change: 300,
  read: 1_000,
  task: 100,
  failures: 200,
  admin: false,
};

const MINUTE_MS = 60_000;
const WINDOWS = { submit: MINUTE_MS, change: MINUTE_MS, read: MINUTE_MS, task: 60 * MINUTE_MS };
type Group = keyof typeof WINDOWS;

interface LimitOptions {
  readonly rateLimits: RateLimits;
  readonly counters: Counters;
}

/** Limits each principal in each group; to be registered after authentication. */
export async function addLimits(app: FastifyInstance, options: LimitOptions): Promise<void> {
  const { rateLimits: limits, counters } = options;
  const store = storeOf(counters);
  await app.register(rateLimit, { global: false, store, enableDraftSpec: true });
  const limiter = (group: Group) =>
    app.rateLimit({
      max: limits[group],
      timeWindow: WINDOWS[group],
      keyGenerator: (request) => `${group} ${whoOf(request)}`,
      allowList: (request) => !isLimited(request, limits),
      errorResponseBuilder: (_request, { max, ttl }) =>
        new OrchestrationError('rate_limited', `More than ${max} requests ${perOf(group)}.`, {
          retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
        }),
    });
  // One counter a group, shared by all its routes.
  const limiters = {
    submit: limiter('submit'),
    change: limiter('change'),
    read: limiter('read'),
    task: limiter('task'),
  };
  app.addHook('onRequest', async function limit(request, reply) {
    const group = request.routeOptions.config.limit ?? 'read';
    if (group !== 'none' && !request.is404) await limiters[group].call(this, request, reply);
  });
}

function perOf(group: Group): string {
  return WINDOWS[group] === MINUTE_MS ? 'a minute' : 'an hour';
}

/** A principal, however it has proven itself; who is nobody is where they come from. */
function whoOf({ principal, visit }: FastifyRequest): string {
  return principal?.owner ?? `@${visit?.network}`;
}

function isLimited(
  { principal, routeOptions: { config } }: FastifyRequest,
  limits: RateLimits,
): boolean {
  if (principal === undefined) return config.limit !== undefined;
  return limits.admin || !isAdmin(principal);
}

/** The counters in the form that the plugin asks for. */
function storeOf(counters: Counters): FastifyRateLimitStoreCtor {
  return class implements FastifyRateLimitStore {
    incr(
      key: string,
      done: (error: Error | null, result?: { current: number; ttl: number }) => void,
      windowMs = MINUTE_MS,
    ): void {
      counters.add(key, windowMs).then(
        (counted) => done(null, { ...counted }),
        (error: Error) => done(error),
      );
    }

    child(): this {
      return this;
    }
  };
}
