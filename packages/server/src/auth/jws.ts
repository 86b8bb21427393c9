import { createSecretKey } from 'node:crypto';
import { compactVerify, type JWTVerifyGetKey } from 'jose';

/** Where the keys come from. HS256 and public keys are never offered side by side. */
export type JwsKeys =
  | { readonly kind: 'secret'; readonly secret: Uint8Array }
  | { readonly kind: 'public'; readonly find: JWTVerifyGetKey };

const PUBLIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];
/** Nothing else may stand in a header: no keys, no addresses of keys, no extensions. */
const HEADER_NAMES = new Set(['alg', 'typ', 'kid', 'cty']);
const TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt']);
const KID_CHARS = 256;

/**
 * Makes the function that checks a compact JWS and answers its payload, or undefined when anything
 * about it is wrong: the form, the header, the algorithm, the key or the signature.
 */
export function createJwsVerifier(keys: JwsKeys) {
  const secret = keys.kind === 'secret' ? createSecretKey(keys.secret) : undefined;
  return async function verify(token: string): Promise<Uint8Array | undefined> {
    if (!isCanonical(token) || !isPlainHeader(headerOf(token))) return undefined;
    try {
      const { payload } = await (secret === undefined
        ? verifyPublic(token, keys)
        : compactVerify(token, secret, { algorithms: ['HS256'] }));
      return payload;
    } catch {
      return undefined;
    }
  };
}

function verifyPublic(token: string, keys: JwsKeys) {
  if (keys.kind !== 'public') throw new Error('no public keys');
  return compactVerify(token, keys.find, { algorithms: PUBLIC_ALGORITHMS });
}

export type JwsVerifier = ReturnType<typeof createJwsVerifier>;

/** Three parts of base64url without padding or stray bits, so that one token has one spelling. */
function isCanonical(token: string): boolean {
  const parts = token.split('.');
  return (
    parts.length === 3 &&
    parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part) &&
    parts[2] !== ''
  );
}

function headerOf(token: string): unknown {
  try {
    const bytes = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url');
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function isPlainHeader(header: unknown): boolean {
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return false;
  const fields = new Map(Object.entries(header));
  const typ = fields.get('typ');
  const kid = fields.get('kid');
  return (
    [...fields.keys()].every((name) => HEADER_NAMES.has(name)) &&
    typeof fields.get('alg') === 'string' &&
    (typ === undefined || (typeof typ === 'string' && TYPES.has(typ.toLowerCase()))) &&
    (kid === undefined || (typeof kid === 'string' && kid.length <= KID_CHARS))
  );
}
