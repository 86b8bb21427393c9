import { LIMITS } from '@tenuto/contract';
import { type FailpointOrder, readFailpoints } from './failpoints.ts';
import { DEFAULT_RATE_LIMITS, type RateLimits } from './plugins/limits.ts';
import { parseSecretKey } from './secrets/secret-key.ts';
import { type AgentSettings, readAgentSettings } from './settings-agents.ts';
import { type ArtifactSettings, readArtifactSettings } from './settings-artifacts.ts';

/** How a server is to run: read once from the environment and the flags, then passed around. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Unset: a PostgreSQL of our own in the data folder. */
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  readonly postgresBin?: string;
  /** A folder of profiles besides those of the data folder. */
  readonly profilesDir?: string;
  readonly jwt: JwtSettings;
  readonly maxConcurrentNodes: number;
  readonly defaultMaxRetries: number;
  readonly maxRetryDelayMs: number;
  readonly jobTimeoutMs: number;
  /** Of tasks that name none; UTC when unset. */
  readonly timezone?: string;
  /** Programs that may be started; none when empty, all for `*`. */
  readonly allowCommands: readonly string[];
  /** Private hosts that HTTP requests may reach. */
  readonly httpAllow: readonly string[];
  readonly rateLimits: RateLimits;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly docs: boolean;
  readonly logLevel: string;
  readonly adminToken?: string;
  /** How long an engine may be silent before others take over; the same on all of a database. */
  readonly leaseMs: number;
  /** Runs in memory at once, and attempts at once. */
  readonly capacity: number;
  readonly slots: number;
  /** Where tests let this process fail. */
  readonly failpoints?: readonly FailpointOrder[];
  /** Seals stored secrets; unset: a key of the data folder's own. */
  readonly secretKey?: Uint8Array;
  /** Keys that secrets were sealed under before. */
  readonly previousSecretKeys: readonly Uint8Array[];
  readonly mail: MailSettings;
  /** Events that are older are not kept. */
  readonly eventRetentionMs: number;
  /** Carries events between servers, and from and to the outside; unset: the database alone. */
  readonly redis?: RedisSettings;
  readonly oidc?: OidcSettings;
  readonly agents: AgentSettings;
  readonly artifacts: ArtifactSettings;
  /** A file with the policy that holds for the phases of all runs. */
  readonly governancePolicy?: string;
}

export interface RedisSettings {
  readonly url: string;
  /** What its keys begin with. */
  readonly prefix: string;
  /** Whose the events of outside writers are that name no owner. */
  readonly owner: string;
}

/** The operator's mail server; without one no mail is sent. */
interface MailSettings {
  readonly smtpUrl: string | undefined;
  readonly from: string | undefined;
}

/** An OpenID provider that browsers sign in by. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
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

/** A setting that is wrong: its name and what it should be. */
export class SettingsError extends Error {
  constructor(name: string, wanted: string) {
    super(`${name} ${wanted}.`);
    this.name = 'SettingsError';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/**
 * Reads the settings; flags are passed in under the names of their variables.
 * @throws SettingsError that names the first setting that is wrong
 */
export function readSettings(environment: Environment): Settings {
  const text = (name: string) => environment[name]?.trim() || undefined;
  const list = (name: string) => (text(name) ?? '').split(/[\s,]+/).filter(Boolean);
  const number = (name: string, bounds: Bounds) => readNumber(name, text(name), bounds);
  const flag = (name: string, unset: boolean) => readSwitch(name, text(name), unset);
  const databaseUrl = text('DATABASE_URL');
  const dataDir = text('TENUTO_DATA_DIR');
  const postgresBin = text('TENUTO_POSTGRES_BIN');
  const profilesDir = text('TENUTO_PROFILES_DIR');
  const timezone = readZone(text('TENUTO_TIMEZONE'));
  const adminToken = readAdminToken(text('TENUTO_ADMIN_TOKEN'));
  const redisUrl = text('REDIS_URL');
  const failpoints = text('FAILPOINT');
  const secretText = text('TENUTO_SECRET_KEY');
  const secretKey =
    secretText === undefined ? undefined : readSecretKey('TENUTO_SECRET_KEY', secretText);
  const oidc = readOidc(text);
  const governancePolicy = text('TENUTO_GOVERNANCE_POLICY');
  return {
    port: number('PORT', { least: 0, most: 65_535, unset: 8420 }),
    host: text('HOST') ?? '127.0.0.1',
    ...(databaseUrl !== undefined && { databaseUrl: readDatabaseUrl(databaseUrl) }),
    ...(dataDir !== undefined && { dataDir }),
    ...(postgresBin !== undefined && { postgresBin }),
    ...(profilesDir !== undefined && { profilesDir }),
    jwt: readJwt(text),
    maxConcurrentNodes: number('MAX_CONCURRENT_NODES', { least: 1, most: 10_000, unset: 10 }),
    defaultMaxRetries: number('DEFAULT_RETRY_ATTEMPTS', {
      least: 0,
      most: LIMITS.maxAttempts - 1,
      unset: 3,
    }),
    maxRetryDelayMs: 1000 * number('MAX_RETRY_DELAY', { least: 1, most: 300, unset: 300 }),
    jobTimeoutMs: 1000 * number('JOB_TIMEOUT', { least: 1, most: 86_400, unset: 3_600 }),
    leaseMs: number('TENUTO_LEASE_MS', { least: 500, most: 600_000, unset: 10_000 }),
    capacity: number('TENUTO_CAPACITY', { least: 1, most: 1_000_000, unset: 500 }),
    slots: number('TENUTO_SLOTS', { least: 1, most: 100_000, unset: 500 }),
    allowCommands: readCommands(list('TENUTO_ALLOW_COMMANDS')),
    httpAllow: list('TENUTO_HTTP_ALLOW'),
    rateLimits: readRateLimits(list('TENUTO_RATE_LIMITS')),
    allowedOrigins: readOrigins(list('ALLOWED_ORIGINS')),
    trustedProxies: list('TRUSTED_PROXIES'),
    docs: readSwitch('TENUTO_DOCS', text('TENUTO_DOCS'), true),
    logLevel: readLogLevel(text('LOG_LEVEL')),
    ...(adminToken !== undefined && { adminToken }),
    ...(redisUrl !== undefined && { redis: readRedis(redisUrl, text) }),
    ...(timezone !== undefined && { timezone }),
    ...(failpoints !== undefined && { failpoints: readOrders(failpoints) }),
    ...(secretKey !== undefined && { secretKey }),
    previousSecretKeys: list('TENUTO_SECRET_KEY_PREVIOUS').map((key) =>
      readSecretKey('TENUTO_SECRET_KEY_PREVIOUS', key),
    ),
    mail: readMail(text),
    eventRetentionMs:
      3_600_000 * number('TENUTO_EVENT_RETENTION_HOURS', { least: 1, most: 876_000, unset: 720 }),
    ...(oidc !== undefined && { oidc }),
    agents: readAgentSettings(text, refuse),
    artifacts: readArtifactSettings({ text, list, number, flag, refuse }),
    ...(governancePolicy !== undefined && { governancePolicy }),
  };
}

/** @throws SettingsError */
function refuse(name: string, wanted: string): never {
  throw new SettingsError(name, wanted);
}

function readZone(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    throw new SettingsError('TENUTO_TIMEZONE', 'must be an IANA time zone, such as Europe/Paris');
  }
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly unset: number;
}

function readNumber(name: string, text: string | undefined, { least, most, unset }: Bounds) {
  if (text === undefined) return unset;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new SettingsError(name, `must be a whole number from ${least} to ${most}`);
  }
  return value;
}

function readSwitch(name: string, text: string | undefined, unset: boolean): boolean {
  if (text === undefined) return unset;
  if (/^(on|true|1|yes)$/i.test(text)) return true;
  if (/^(off|false|0|no)$/i.test(text)) return false;
  throw new SettingsError(name, 'must be on or off');
}

function readOrders(text: string): readonly FailpointOrder[] {
  try {
    return readFailpoints(text);
  } catch (error) {
    throw new SettingsError('FAILPOINT', error instanceof Error ? error.message : String(error));
  }
}

function readLogLevel(text = 'info'): string {
  if (LOG_LEVELS.includes(text.toLowerCase())) return text.toLowerCase();
  throw new SettingsError('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
}

function readDatabaseUrl(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text)) return text;
  throw new SettingsError('DATABASE_URL', 'must begin with postgres://');
}

/** @throws SettingsError that never holds the address, which may hold a password */
function readRedis(url: string, text: (name: string) => string | undefined): RedisSettings {
  if (!/^(rediss?|unix):\/\/|^\//.test(url)) {
    throw new SettingsError('REDIS_URL', 'must begin with redis://, rediss:// or unix://');
  }
  const prefix = text('TENUTO_REDIS_PREFIX') ?? 'tenuto';
  if (!/^[A-Za-z0-9_.:{}-]{1,100}$/.test(prefix)) {
    throw new SettingsError('TENUTO_REDIS_PREFIX', 'must be letters, digits or _.:{}-');
  }
  const path = url.startsWith('unix://') ? url.slice('unix://'.length) : url;
  return { url: path, prefix, owner: text('TENUTO_STREAM_OWNER') ?? 'admin' };
}

function readCommands(programs: readonly string[]): readonly string[] {
  return programs.length === 1 && /^(off|false|no|0)$/i.test(programs[0] ?? '') ? [] : programs;
}

function readOrigins(origins: readonly string[]): readonly string[] {
  for (const origin of origins) {
    if (URL.parse(origin)?.origin !== origin) {
      throw new SettingsError(
        'ALLOWED_ORIGINS',
        `has "${origin}", which is no origin like https://a.example`,
      );
    }
  }
  return origins;
}

/** Written as `submit=100 change=300 read=1000 task=100 failures=200 admin=on`, a minute each, tasks an hour; `off` for no limit. */
function readRateLimits(words: readonly string[]): RateLimits {
  const name = 'TENUTO_RATE_LIMITS';
  const limits = { ...DEFAULT_RATE_LIMITS };
  for (const word of words) {
    const [group = '', value = ''] = word.split('=');
    if (group === 'admin') limits.admin = readSwitch(name, value, false);
    else if (isRateGroup(group)) {
      const off = value === 'off';
      const bounds = { least: 1, most: 1_000_000_000, unset: 0 };
      limits[group] = off ? Number.MAX_SAFE_INTEGER : readNumber(name, value, bounds);
    } else if (word === 'off') {
      const none = Number.MAX_SAFE_INTEGER;
      for (const each of RATE_GROUPS) limits[each] = none;
    } else {
      const known = [...RATE_GROUPS, 'admin'].join(', ');
      throw new SettingsError(name, `does not know "${group}": use ${known}`);
    }
  }
  return limits;
}

const RATE_GROUPS = ['submit', 'task', 'change', 'read', 'failures'] as const;

function isRateGroup(name: string): name is (typeof RATE_GROUPS)[number] {
  return RATE_GROUPS.some((group) => group === name);
}

const ADMIN_TOKEN_CHARS = 32;

function readAdminToken(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const fits = /^[A-Za-z0-9._~+/-]+=*$/.test(text) && text.split('.').length !== 3;
  if (fits && text.length >= ADMIN_TOKEN_CHARS) return text;
  throw new SettingsError(
    'TENUTO_ADMIN_TOKEN',
    `must be ${ADMIN_TOKEN_CHARS} or more letters, digits or ._~+/-`,
  );
}

function readSecretKey(name: string, text: string): Uint8Array {
  const key = parseSecretKey(text);
  if (key !== undefined && new Set(key).size >= DIFFERENT_CHARS) return key;
  throw new SettingsError(name, 'must be 32 random bytes, as base64 or hex');
}

/** @throws SettingsError that never holds the address, which may hold a password */
function readMail(text: (name: string) => string | undefined): MailSettings {
  const smtpUrl = text('TENUTO_SMTP_URL');
  const from = text('TENUTO_MAIL_FROM');
  const url = smtpUrl === undefined ? undefined : URL.parse(smtpUrl);
  if (url === null || (url !== undefined && !/^smtps?:$/.test(url.protocol))) {
    throw new SettingsError('TENUTO_SMTP_URL', 'must be like smtp://user:password@host:587');
  }
  if (from !== undefined && !/^([^<>"\r\n]* )?<?[^\s<>@,;]+@[^\s<>@,;]+>?$/.test(from)) {
    throw new SettingsError('TENUTO_MAIL_FROM', 'must be an address, or `Name <address>`');
  }
  return { smtpUrl, from };
}

const SECRET_BYTES = 32;
/** Long enough, and known to everybody: from manuals, samples and tutorials. */
const KNOWN_SECRETS =
  /your[-_ ]?(256[-_ ]?bit[-_ ]?|jwt[-_ ]?|own[-_ ]?)?secret|change[-_ ]?(me|this|it)|a[-_]string[-_]secret[-_]at[-_]least|^((pass|secret|password|admin|default|test)[-_ ]?)+$/i;
/** Fewer different characters than this are no random text. */
const DIFFERENT_CHARS = 4;

/** @throws SettingsError for a secret that is short, repeated or known */
function readJwt(text: (name: string) => string | undefined): JwtSettings {
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
function readOidc(text: (name: string) => string | undefined): OidcSettings | undefined {
  const clientId = text('OIDC_CLIENT_ID');
  if (clientId === undefined) return undefined;
  const clientSecret = text('OIDC_CLIENT_SECRET');
  const address = (name: string, given: string | undefined) => {
    if (given !== undefined && /^https?:$/.test(URL.parse(given)?.protocol ?? '')) return given;
    throw new SettingsError(name, 'must be an https or http address when OIDC_CLIENT_ID is set');
  };
  return {
    issuer: address('OIDC_ISSUER', text('OIDC_ISSUER') ?? text('JWT_ISSUER')),
    clientId,
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
