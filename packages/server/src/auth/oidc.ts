import { createHash } from 'node:crypto';
import { OrchestrationError } from '@tenuto/contract';
import type { Clock, Random } from '@tenuto/engine';
import { createRemoteJWKSet } from 'jose';
import type { Vault } from '../secrets/vault.ts';
import type { OidcSettings } from '../settings-sign-in.ts';
import { hashOf, isSame } from './api-tokens.ts';
import { isJwt } from './credentials.ts';
import { discover, type Provider } from './discovery.ts';
import { createJwsVerifier } from './jws.ts';
import { createJwtReader, type JwtReader } from './jwt.ts';
import type { Principal } from './principal.ts';

interface LoginOptions {
  readonly settings: OidcSettings;
  readonly vault: Vault;
  readonly random: Pick<Random, 'bytes'>;
  readonly clock: Pick<Clock, 'wall'>;
  /** Reads access tokens that are JWTs for this server: they say what their subject may. */
  readonly jwt: JwtReader | undefined;
}

/** What a browser keeps between the two halves of a login, sealed. */
interface Underway {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  readonly until: number;
}

/** What a browser comes back with. */
export interface Return {
  readonly code: string | undefined;
  readonly state: string | undefined;
  /** What the provider says instead. */
  readonly error: string | undefined;
  /** What {@link OidcLogin.start} has sealed. */
  readonly sealed: string | undefined;
}

/** Why somebody was not let in, and what is said about it. */
const REFUSALS = {
  late: 'It took too long.',
  foreign: 'It is not the sign-in that this browser has begun.',
  provider: 'The provider did not let you in.',
  code: 'The provider took no code.',
  proof: 'What the provider says does not prove who you are.',
} as const;
export type LoginRefusal = keyof typeof REFUSALS;

/** A sign-in that has come to nothing, for a reason that a page can show. */
export class LoginRefused extends OrchestrationError {
  readonly reason: LoginRefusal;
  /** Where the sign-in was begun, as far as this is known. */
  readonly returnTo: string;

  constructor(reason: LoginRefusal, returnTo = '/') {
    super('unauthorized', `${REFUSALS[reason]} Sign in again.`);
    this.reason = reason;
    this.returnTo = returnTo;
  }
}

/** The code flow of OpenID Connect, with PKCE. */
export interface OidcLogin {
  /** How people call the provider, where the operator has said so. */
  readonly name: string | undefined;
  /** @throws OrchestrationError 400 for a place to return to that is not of this server */
  start(returnTo: string): Promise<{ readonly location: string; readonly sealed: string }>;
  /** @throws OrchestrationError 401 when anything about it is not as it was begun */
  finish(back: Return): Promise<{ readonly principal: Principal; readonly returnTo: string }>;
}

const TIMEOUT_MS = 5_000;
/** How long somebody may take to sign in. */
export const LOGIN_MS = 600_000;
const PURPOSE = 'oidc login';
/** A path of this server, and nothing that a browser takes for another one. */
const OWN_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

export function createOidcLogin(options: LoginOptions): OidcLogin {
  const { settings, vault, random, clock } = options;
  const { issuer, clientId } = settings;
  const redirectUri = `${settings.publicUrl}/api/v1/auth/oidc/callback`;
  const fresh = () => Buffer.from(random.bytes(32)).toString('base64url');
  return {
    name: settings.name,
    async start(returnTo) {
      if (!OWN_PATH.test(returnTo)) {
        throw new OrchestrationError(
          'malformed_request',
          'return_to must be a path of this server.',
        );
      }
      const { authorizeUrl } = await provider(issuer);
      if (authorizeUrl === undefined) throw away();
      const underway: Underway = {
        ...{ state: fresh(), nonce: fresh(), verifier: fresh(), returnTo },
        until: clock.wall() + LOGIN_MS,
      };
      const challenge = createHash('sha256').update(underway.verifier).digest('base64url');
      const asked = {
        ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri },
        ...{ scope: 'openid email profile', state: underway.state, nonce: underway.nonce },
        ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      };
      for (const [name, value] of Object.entries(asked)) authorizeUrl.searchParams.set(name, value);
      const sealed = vault.seal(JSON.stringify(underway), PURPOSE);
      return { location: authorizeUrl.href, sealed: Buffer.from(sealed).toString('base64url') };
    },
    async finish({ code, state, error, sealed }) {
      const underway = sealed === undefined ? undefined : opened(vault, sealed);
      if (underway === undefined || underway.until < clock.wall()) throw new LoginRefused('late');
      if (!state || !isSame(hashOf(state), hashOf(underway.state))) {
        throw new LoginRefused('foreign');
      }
      if (error !== undefined || !code) throw new LoginRefused('provider', underway.returnTo);
      const { jwksUrl, tokenUrl } = await provider(issuer);
      if (tokenUrl === undefined) throw away();
      const { verifier, nonce, returnTo } = underway;
      const tokens = await exchange(settings, { tokenUrl, code, verifier, redirectUri });
      const principal = await identified(options, { ...tokens, jwksUrl, nonce });
      if (principal === undefined) throw new LoginRefused('proof', underway.returnTo);
      return { principal, returnTo };
    },
  };
}

async function provider(issuer: string): Promise<Provider> {
  return discover(issuer, TIMEOUT_MS).catch((cause: unknown) => {
    throw away(cause);
  });
}

function away(cause?: unknown): OrchestrationError {
  const details = { retryAfterSeconds: 5, ...(cause !== undefined && { cause }) };
  return new OrchestrationError('overloaded', 'The identity provider cannot be asked.', details);
}

function opened(vault: Vault, sealed: string): Underway | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.toString('base64url') !== sealed) return undefined;
  try {
    // Sealed by this server, so it is what it wrote.
    return JSON.parse(vault.open(bytes, PURPOSE));
  } catch {
    return undefined;
  }
}

interface Exchange {
  readonly tokenUrl: URL;
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

interface Tokens {
  readonly idToken: string;
  readonly accessToken: string | undefined;
}

async function exchange(
  { clientId, clientSecret }: OidcSettings,
  { tokenUrl, code, verifier, redirectUri }: Exchange,
): Promise<Tokens> {
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
    ...{ client_id: clientId, code_verifier: verifier },
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
  });
  const response = await fetch(tokenUrl, {
    ...{ method: 'POST', body, redirect: 'error' },
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw away(cause);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const said = new Map(Object.entries(typeof answer === 'object' ? (answer ?? {}) : {}));
  const idToken = said.get('id_token');
  const accessToken = said.get('access_token');
  if (!response.ok || typeof idToken !== 'string') throw new LoginRefused('code');
  return { idToken, accessToken: typeof accessToken === 'string' ? accessToken : undefined };
}

interface Proof extends Tokens {
  readonly jwksUrl: URL;
  readonly nonce: string;
}

/** Who the id token names; what they may is said by it, or by an access token for this server. */
async function identified(
  { settings, clock, jwt }: LoginOptions,
  { idToken, accessToken, jwksUrl, nonce }: Proof,
): Promise<Principal | undefined> {
  const find = createRemoteJWKSet(jwksUrl, { timeoutDuration: TIMEOUT_MS });
  const verify = createJwsVerifier({ kind: 'public', find });
  const payload = await verify(idToken);
  if (payload === undefined || nonceOf(payload) !== nonce) return undefined;
  const { issuer, clientId: audience, subjectPrefix } = settings;
  const prefixed = subjectPrefix !== undefined && { subjectPrefix };
  const read = createJwtReader({ verify, clock, issuer, audience, ...prefixed });
  const named = await read(idToken);
  if (named === undefined || named.scopes.size > 0) return named;
  const access =
    accessToken !== undefined && isJwt(accessToken) ? await jwt?.(accessToken) : undefined;
  return access?.owner === named.owner
    ? { ...named, scopes: access.scopes, teams: access.teams }
    : named;
}

function nonceOf(payload: Uint8Array): unknown {
  const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
  return typeof claims === 'object' && claims !== null ? Reflect.get(claims, 'nonce') : undefined;
}
