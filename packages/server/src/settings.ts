import { LIMITS } from '@tenuto/contract';
import { type FailpointOrder, readFailpoints } from './failpoints.ts';
import type { RateLimits } from './plugins/limits.ts';
import { type AgentSettings, readAgentSettings } from './settings-agents.ts';
import { type ArtifactSettings, readArtifactSettings } from './settings-artifacts.ts';
import { readRateLimits } from './settings-limits.ts';
import { createReader, type Environment, SettingsError } from './settings-reader.ts';
import {
  type MailSettings,
  type RedisSettings,
  readDatabaseUrl,
  readMail,
  readRedis,
} from './settings-services.ts';
import {
  type JwtSettings,
  type OidcSettings,
  readAdminToken,
  readJwt,
  readOidc,
  readSecretKey,
} from './settings-sign-in.ts';

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
  /** Where a setting of that name was written; undefined where it was not. */
  origin(name: string): 'flag' | 'environment' | undefined;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/**
 * Reads the settings.
 * @param flags what the command line says, under the names of the variables; it wins
 * @throws SettingsError that names the first setting that is wrong
 */
export function readSettings(environment: Environment, flags: Environment = {}): Settings {
  const written = (name: string) => flags[name]?.trim() || environment[name]?.trim() || undefined;
  const reader = createReader(written);
  const { text, list, number } = reader;
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
  const oidc = readOidc(reader);
  const governancePolicy = text('TENUTO_GOVERNANCE_POLICY');
  return {
    port: number('PORT', { least: 0, most: 65_535, unset: 8420 }),
    host: text('HOST') ?? '127.0.0.1',
    ...(databaseUrl !== undefined && { databaseUrl: readDatabaseUrl(databaseUrl) }),
    ...(dataDir !== undefined && { dataDir }),
    ...(postgresBin !== undefined && { postgresBin }),
    ...(profilesDir !== undefined && { profilesDir }),
    jwt: readJwt(reader),
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
    docs: reader.flag('TENUTO_DOCS', true),
    logLevel: readLogLevel(text('LOG_LEVEL')),
    ...(adminToken !== undefined && { adminToken }),
    ...(redisUrl !== undefined && { redis: readRedis(redisUrl, reader) }),
    ...(timezone !== undefined && { timezone }),
    ...(failpoints !== undefined && { failpoints: readOrders(failpoints) }),
    ...(secretKey !== undefined && { secretKey }),
    previousSecretKeys: list('TENUTO_SECRET_KEY_PREVIOUS').map((key) =>
      readSecretKey('TENUTO_SECRET_KEY_PREVIOUS', key),
    ),
    mail: readMail(reader),
    eventRetentionMs:
      3_600_000 * number('TENUTO_EVENT_RETENTION_HOURS', { least: 1, most: 876_000, unset: 720 }),
    ...(oidc !== undefined && { oidc }),
    agents: readAgentSettings(text, reader.refuse),
    artifacts: readArtifactSettings(reader),
    ...(governancePolicy !== undefined && { governancePolicy }),
    origin: (name) => originOf(name, { environment, flags }),
  };
}

/** Where a setting was written; undefined where it was not. */
function originOf(
  name: string,
  { environment, flags }: { readonly environment: Environment; readonly flags: Environment },
): 'flag' | 'environment' | undefined {
  if (flags[name]?.trim()) return 'flag';
  return environment[name]?.trim() ? 'environment' : undefined;
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
