/** Where an OpenID provider has what, as it says itself. */
export interface Provider {
  readonly jwksUrl: URL;
  readonly authorizeUrl: URL | undefined;
  readonly tokenUrl: URL | undefined;
}

const BODY_BYTES = 256 * 1024;

/**
 * Asks an issuer for its document (OpenID Connect Discovery 1.0). What it says must be said by the
 * issuer that was asked, and its addresses be as safe as its own.
 * @throws Error that says what is wrong with the answer
 */
export async function discover(issuer: string, timeoutMs: number): Promise<Provider> {
  const address = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (!response.ok || text.length > BODY_BYTES) {
    throw new Error(`${address} answered ${response.status}`);
  }
  const document: unknown = JSON.parse(text);
  const said = new Map(Object.entries(typeof document === 'object' ? (document ?? {}) : {}));
  if (said.get('issuer') !== issuer) throw new Error(`${address} speaks for another issuer`);
  const at = (name: string) => addressOf(said.get(name), issuer);
  const jwksUrl = at('jwks_uri');
  if (jwksUrl === undefined) throw new Error(`${address} names no keys`);
  return {
    jwksUrl,
    authorizeUrl: at('authorization_endpoint'),
    tokenUrl: at('token_endpoint'),
  };
}

function addressOf(value: unknown, issuer: string): URL | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null) return undefined;
  // Who speaks TLS itself sends nobody where it is not spoken.
  return url.protocol === 'https:' || (!issuer.startsWith('https:') && url.protocol === 'http:')
    ? url
    : undefined;
}
