import type { Scope } from '@tenuto/contract';
import type { Principal } from '../auth/principal.ts';

/** What a route declares about itself; one that says neither `scope` nor `public` does not start. */
declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that the route needs. */
    readonly scope?: Scope;
    /** Anybody may call it; who sends credentials all the same is named. */
    readonly public?: boolean;
    /** Callers on the same machine need no credentials. */
    readonly loopback?: boolean;
    /** What it counts as; reads when absent. */
    readonly limit?: 'submit' | 'task' | 'change' | 'read' | 'none';
    /** Media types it answers with; JSON when absent. */
    readonly produces?: readonly string[];
    /** Whether it goes on working while the server starts or drains. */
    readonly always?: boolean;
  }
  interface FastifyRequest {
    /** Absent only on public routes. */
    principal: Principal | undefined;
  }
}
