import type { Scope } from '@tenuto/contract';
import type { Principal, Visit } from '../auth/principal.ts';

/** What a route declares about itself; one that says none of `scope`, `anyone` and `public` does not start. */
declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that the route needs. */
    readonly scope?: Scope;
    /** Everybody who is somebody may call it; what they see is their own. */
    readonly anyone?: boolean;
    /** Anybody may call it; who sends credentials all the same is named. */
    readonly public?: boolean;
    /** Its name among the tools of /mcp; made from its address when absent. `false`: it is none. */
    readonly tool?: string | false;
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
    /** How the request came, whoever sent it. */
    visit: Visit | undefined;
  }
}
