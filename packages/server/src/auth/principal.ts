import { OrchestrationError, type Scope } from '@tenuto/contract';
import type { Access } from '@tenuto/engine';

/** Who sends a request, proven by a token. */
export interface Principal {
  /** The name that owns what this principal creates. */
  readonly owner: string;
  /** Who is written down as the actor: the owner, or the user that a trusted proxy names. */
  readonly actor: string;
  readonly email?: string;
  readonly scopes: ReadonlySet<string>;
  readonly via: 'token' | 'jwt' | 'loopback';
}

/** A request as services see it. */
export interface Caller {
  readonly principal: Principal;
  readonly requestId: string;
}

export function isAdmin(principal: Principal): boolean {
  return principal.scopes.has('admin');
}

/**
 * The one place that decides who may do what.
 * @param action the scope that the deed needs
 * @param resource what it is done to, for the message
 * @returns whose resources of that kind the principal reaches
 * @throws OrchestrationError `forbidden`
 */
export function authorize(principal: Principal, action: Scope, resource: string): Access {
  if (!isAdmin(principal) && !principal.scopes.has(action)) {
    throw new OrchestrationError('forbidden', `The scope ${action} is needed for ${resource}.`);
  }
  return { owner: principal.owner, all: isAdmin(principal) };
}
