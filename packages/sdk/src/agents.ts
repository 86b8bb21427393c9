import type {
  Agent,
  AgentState,
  ApiToken,
  Credential,
  Me,
  NewApiToken,
  NewCredential,
  Scope,
  TokenGrant,
  TokenRequest,
  WriteAgent,
  WriteApiToken,
  WriteCredential,
} from '@tenuto/contract';
import { type ChangeOptions, createChanger, type SubmitOptions, submit } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import {
  agentShape,
  apiTokenShape,
  credentialShape,
  meShape,
  newApiTokenShape,
  newCredentialShape,
  revokedShape,
  tokenGrantShape,
} from './principal-shapes.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import { send, type TransportOptions } from './transport.ts';

export interface AgentQuery extends PageQuery {
  /** How the name begins. */
  readonly name?: string;
  readonly scope?: Scope;
  readonly status?: AgentState;
}

/** Agents, and the credentials that they sign in with. Every function throws as `createClient` says. */
export interface Agents {
  create(body: WriteAgent, options?: SubmitOptions): Promise<Agent>;
  get(agentId: string, options?: CallOptions): Promise<Agent>;
  list(query?: AgentQuery, options?: CallOptions): Listing<Agent>;
  replace(agentId: string, body: WriteAgent, options?: ChangeOptions): Promise<Agent>;
  /** Answers the agent as it was. */
  remove(agentId: string, options?: ChangeOptions): Promise<Agent>;
  /** The secret is in this answer and nowhere else. */
  addCredential(
    agentId: string,
    body?: WriteCredential,
    options?: CallOptions,
  ): Promise<NewCredential>;
  credentials(agentId: string, query?: PageQuery, options?: CallOptions): Listing<Credential>;
  revokeCredential(
    agentId: string,
    credentialId: string,
    options?: CallOptions,
  ): Promise<Credential>;
  /** Exchanges a client id and its secret for a short access token, and one to get the next with. */
  signIn(request: Omit<TokenRequest, 'grant_type'>, options?: CallOptions): Promise<TokenGrant>;
  /** The next access token. A refresh token is good for one use: a second one revokes them all. */
  refresh(refreshToken: string, options?: CallOptions): Promise<TokenGrant>;
  /** Ends all that came of the exchange which led to this token. */
  signOut(token: string, options?: CallOptions): Promise<{ readonly revoked: true }>;
  /** Who this client is. */
  me(options?: CallOptions): Promise<Me>;
}

const AGENTS = '/agents';
const pathOf = (agentId: string) => `${AGENTS}/${segment(agentId)}`;

export function createAgents(transport: TransportOptions): Agents {
  const shape = agentShape;
  const { read, list } = createReader(transport);
  const change = createChanger(transport, { pathOf, shape });
  return {
    create: (body, options) => submit(transport, { path: AGENTS, body, shape }, options),
    get: (agentId, options) => read(pathOf(agentId), shape, {}, options),
    list: (query, options) => list(AGENTS, shape, { ...query }, options),
    replace: (agentId, body, options) => change('PUT', agentId, options, body),
    remove: (agentId, options) => change('DELETE', agentId, options),
    addCredential: (agentId, body = {}, options = {}) =>
      send(transport, {
        ...{ method: 'POST', path: `${pathOf(agentId)}/credentials`, body, repeatable: false },
        ...{ shape: newCredentialShape, ...signalOf(options) },
      }),
    credentials: (agentId, query, options) =>
      list(`${pathOf(agentId)}/credentials`, credentialShape, { ...query }, options),
    revokeCredential: (agentId, credentialId, options = {}) =>
      send(transport, {
        ...{ method: 'DELETE', path: `${pathOf(agentId)}/credentials/${segment(credentialId)}` },
        ...{ shape: credentialShape, repeatable: true, ...signalOf(options) },
      }),
    ...signingIn(transport),
    me: (options) => read(`${AGENTS}/me`, meShape, {}, options),
  };
}

function signingIn(transport: TransportOptions): Pick<Agents, 'signIn' | 'refresh' | 'signOut'> {
  const post = (verb: string, body: object, options: CallOptions = {}) => ({
    ...({ method: 'POST', path: `${AGENTS}/auth/${verb}`, body, ...signalOf(options) } as const),
    // Sent again, a refresh token would look as if it were in two hands.
    repeatable: verb === 'revoke',
  });
  const shape = tokenGrantShape;
  return {
    signIn: (request, options) => {
      const body = { grant_type: 'client_credentials', ...request };
      return send(transport, { ...post('token', body, options), shape });
    },
    refresh: (refreshToken, options) =>
      send(transport, { ...post('refresh', { refresh_token: refreshToken }, options), shape }),
    signOut: (token, options) =>
      send(transport, { ...post('revoke', { token }, options), shape: revokedShape }),
  };
}

export interface ApiTokenQuery extends PageQuery {
  readonly agent_id?: string;
  /** Neither revoked nor expired. */
  readonly live?: boolean;
}

/** API tokens. Every function throws as `createClient` says. */
export interface ApiTokens {
  /** The token is in this answer and nowhere else. */
  create(body: WriteApiToken, options?: CallOptions): Promise<NewApiToken>;
  list(query?: ApiTokenQuery, options?: CallOptions): Listing<ApiToken>;
  revoke(tokenId: string, options?: CallOptions): Promise<ApiToken>;
}

export function createApiTokens(transport: TransportOptions): ApiTokens {
  const { list } = createReader(transport);
  return {
    create: (body, options = {}) =>
      send(transport, {
        ...{ method: 'POST', path: '/tokens', body, shape: newApiTokenShape, repeatable: false },
        ...signalOf(options),
      }),
    list: (query, options) => list('/tokens', apiTokenShape, { ...query }, options),
    revoke: (tokenId, options = {}) =>
      send(transport, {
        ...{ method: 'DELETE', path: `/tokens/${segment(tokenId)}`, shape: apiTokenShape },
        ...{ repeatable: true, ...signalOf(options) },
      }),
  };
}
