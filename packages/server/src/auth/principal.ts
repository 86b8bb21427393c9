import { OrchestrationError, type Scope } from '@tenuto/contract';
import type { Access } from '@tenuto/engine';

/** Who sends a request, proven by a token. */
export interface Principal {
  /** The name that owns what this principal creates, unless it acts for a team. */
  readonly owner: string;
  /** Who is written down as the actor: the owner, or the user that a trusted proxy names. */
  readonly actor: string;
  readonly email?: string;
  readonly scopes: ReadonlySet<string>;
  /** What proved it: an API token, a short access token, a JWT, the cookie of a browser. */
  readonly via: 'token' | 'access' | 'jwt' | 'session' | 'loopback';
  /** Names of the teams it is in: what they own is reached like one's own. */
  readonly teams: readonly string[];
  /** The team that it acts for in this request: what it creates is the team's. */
  readonly team?: string;
  readonly agentId?: string;
  /** It came in with a short access token, or with a session that was made of one. */
  readonly short?: boolean;
  /** When what proved it ends, in milliseconds since the epoch; absent, it does not. */
  readonly expiresAt?: number;
}

/** What a team owns is owned by this name; no user and no agent can have it. */
export function teamOwner(team: string): string {
  return `team:${team}`;
}

/** What an agent owns is owned by this name. */
export function agentOwner(name: string): string {
  return `agent:${name}`;
}

/**
 * What a user owns is owned by their subject behind this, so that no provider of identities, whatever
 * subjects it hands out, reaches what agents, teams or the first administrator own.
 */
export const USER_PREFIX = 'user:';

/** Names that mean something here: a JWT must not claim to be one of them. */
export function isReservedName(subject: string): boolean {
  return /^(agent:|team:|user:|\*$|system$|loopback$|admin$)/i.test(subject);
}

/** What is known of a request before anybody has looked whether its credentials are good. */
export interface Visit {
  /** The network that it comes from: what failures are counted by. */
  readonly network: string;
  /** Whether a proxy that is trusted says that the browser speaks TLS. */
  readonly secure: boolean;
  /** The token in its Authorization header. */
  readonly bearer: string | undefined;
  /** The cookie of a session. */
  readonly cookie: string | undefined;
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
  return accessOf(principal);
}

/** What a principal reaches: its own things, those of its teams, and as an administrator all. */
export function accessOf(principal: Principal): Access {
  const { owner: own, team, teams } = principal;
  const owner = team === undefined ? own : teamOwner(team);
  const shared = [own, ...teams.map(teamOwner)].filter((name) => name !== owner);
  return { owner, all: isAdmin(principal), ...(shared.length > 0 && { shared }) };
}

/** @throws OrchestrationError `forbidden` for scopes that the giver does not have */
export function refuseMoreThanHas(giver: Principal, scopes: readonly string[]): void {
  const more = isAdmin(giver) ? [] : scopes.filter((scope) => !giver.scopes.has(scope));
  if (more.length === 0) return;
  const which = more.join(', ');
  throw new OrchestrationError('forbidden', `You cannot give what you do not have: ${which}.`);
}
