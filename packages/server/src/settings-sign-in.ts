/** Settings of who is let in, and of the keys that this rests on. */
import { parseSecretKey } from './secrets/secret-key.ts';
import { SettingsError, type SettingsReader } from './settings-reader.ts';

/** An OpenID provider that browsers sign in by. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** How people call it; they read it before they sign in. */
  readonly name?: string;
  /** Where browsers find this server, without a slash at the end. */
  readonly publicUrl: string;
  /** See {@link JwtSettings}. */
  readonly subjectPrefix?: string;
}

export interface JwtSettings {
  readonly secret?: string;
  /** An http(s) address, or a file: address of a set on this machine. */
  readonly jwksUrl?: string;
  readonly issuer?: string;
  readonly audience?: string;
  /** What a subject's name as an owner begins with; absent, `user:`. Empty, nothing. */
  readonly subjectPrefix?: string;
}

const ADMIN_TOKEN_CHARS = 32;

/** @throws SettingsError */
export function readAdminToken(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const fits = /^[A-Za-z0-9._~+/-]+=*$/.test(text) && text.split('.').length !== 3;
  if (fits && text.length >= ADMIN_TOKEN_CHARS) return text;
  throw new SettingsError(
    'TENUTO_ADMIN_TOKEN',
    `must be ${ADMIN_TOKEN_CHARS} or more letters, digits or ._~+/-`,
  );
}

/** @throws SettingsError that never holds the key */
export function readSecretKey(name: string, text: string): Uint8Array {
  const key = parseSecretKey(text);
  if (key !== undefined && new Set(key).size >= DIFFERENT_CHARS) return key;
  throw new SettingsError(name, 'must be 32 random bytes, as base64 or hex');
}

const SECRET_BYTES = 32;
/** Long enough, and known to everybody: from manuals, samples and tutorials. */
const KNOWN_SECRETS =
  /your[-_ ]?(256[-_ ]?bit[-_ ]?|jwt[-_ ]?|own[-_ ]?)?secret|change[-_ ]?(me|this|it)|a[-_]string[-_]secret[-_]at[-_]least|^((pass|secret|password|admin|default|test)[-_ ]?)+$/i;
/** Fewer different characters than this are no random text. */
const DIFFERENT_CHARS = 4;

/** @throws SettingsError for a secret that is short, repeated or known */
export function readJwt({ text }: Pick<SettingsReader, 'text'>): JwtSettings {
  const secret = text('JWT_SECRET_KEY');
  const jwksUrl = text('JWT_JWKS_URL');
  const issuer = text('JWT_ISSUER');
  const audience = text('JWT_AUDIENCE');
  if (secret !== undefined && (Buffer.byteLength(secret) < SECRET_BYTES || isWeak(secret))) {
    throw new SettingsError('JWT_SECRET_KEY', `must be ${SECRET_BYTES} or more random bytes`);
  }
  if (jwksUrl !== undefined && !/^(https?|file):$/.test(URL.parse(jwksUrl)?.protocol ?? '')) {
    throw new SettingsError('JWT_JWKS_URL', 'must be an https, http or file address');
  }
  if (secret !== undefined && jwksUrl !== undefined) {
    throw new SettingsError('JWT_JWKS_URL', 'excludes JWT_SECRET_KEY: keep one of them');
  }
  return {
    ...(secret !== undefined && { secret }),
    ...(jwksUrl !== undefined && { jwksUrl }),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    ...readPrefix('JWT_SUBJECT_PREFIX', text),
  };
}

/** @throws SettingsError for a client without an issuer, or without an address to come back to */
export function readOidc({ text }: Pick<SettingsReader, 'text'>): OidcSettings | undefined {
  const clientId = text('OIDC_CLIENT_ID');
  if (clientId === undefined) return undefined;
  const clientSecret = text('OIDC_CLIENT_SECRET');
  const name = text('OIDC_NAME');
  if (name !== undefined && !/^[^\p{C}<>]{1,60}$/u.test(name)) {
    throw new SettingsError('OIDC_NAME', 'must be at most 60 characters of text');
  }
  const address = (name: string, given: string | undefined) => {
    if (given !== undefined && /^https?:$/.test(URL.parse(given)?.protocol ?? '')) return given;
    throw new SettingsError(name, 'must be an https or http address when OIDC_CLIENT_ID is set');
  };
  return {
    issuer: address('OIDC_ISSUER', text('OIDC_ISSUER') ?? text('JWT_ISSUER')),
    clientId,
    ...(name !== undefined && { name }),
    ...(clientSecret !== undefined && { clientSecret }),
    publicUrl: address('TENUTO_PUBLIC_URL', text('TENUTO_PUBLIC_URL')).replace(/\/+$/, ''),
    ...readPrefix('JWT_SUBJECT_PREFIX', text),
    ...readPrefix('OIDC_SUBJECT_PREFIX', text),
  };
}

/** @throws SettingsError for a prefix by which a subject could be an agent or a team */
function readPrefix(name: string, text: (name: string) => string | undefined) {
  const given = text(name);
  if (given === undefined) return {};
  if (given === 'none') return { subjectPrefix: '' };
  if (/^[a-z][a-z0-9._-]{0,49}:$/.test(given) && !/^(agent|team):/.test(given)) {
    return { subjectPrefix: given };
  }
  const wanted = 'must be a word with a colon, like `staff:`, or `none`; not `agent:` or `team:`';
  throw new SettingsError(name, wanted);
}

function isWeak(secret: string): boolean {
  return new Set(secret).size < DIFFERENT_CHARS || KNOWN_SECRETS.test(secret);
}
