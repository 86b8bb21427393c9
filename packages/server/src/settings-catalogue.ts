/** All settings, with what people are told of them. None of it is how they are read. */
import type { SettingGroup } from '@tenuto/contract';
import type { Settings } from './settings.ts';

type Shown = string | number | boolean | readonly string[] | undefined;

/** One setting. What has neither `of` nor `place` is a secret: nobody is shown it. */
export interface SettingEntry {
  readonly name: string;
  readonly group: SettingGroup;
  readonly meaning: string;
  /** What it is, in the unit that it is written in. */
  readonly of?: (settings: Settings) => Shown;
  /** The same for an address that may hold a password. */
  readonly place?: (settings: Settings) => string | undefined;
  /** Where nothing is written, a file of the data folder says it. */
  readonly file?: boolean;
}

type Told = Omit<SettingEntry, 'name' | 'group' | 'meaning'>;

const entry = (name: string, group: SettingGroup, meaning: string, told: Told): SettingEntry => ({
  ...{ name, group, meaning },
  ...told,
});
const SECRET: Told = {};
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 * 1024;

const SERVER: readonly SettingEntry[] = [
  entry('PORT', 'server', 'Port of the API and the console.', { of: (s) => s.port }),
  entry('HOST', 'server', 'Address that it listens on.', { of: (s) => s.host }),
  entry('TENUTO_PUBLIC_URL', 'server', 'Where browsers find this server.', {
    of: (s) => s.oidc?.publicUrl,
  }),
  entry('ALLOWED_ORIGINS', 'server', 'Web origins whose scripts may call the API.', {
    of: (s) => s.allowedOrigins,
  }),
  entry('TRUSTED_PROXIES', 'server', 'Proxies whose word on the caller is taken.', {
    of: (s) => s.trustedProxies,
  }),
  entry('TENUTO_RATE_LIMITS', 'server', 'Requests that one principal may send.', {
    of: (s) => limitsText(s),
  }),
  entry('TENUTO_DOCS', 'server', 'Interactive documentation at /docs.', { of: (s) => s.docs }),
  entry('LOG_LEVEL', 'server', 'How much is logged.', { of: (s) => s.logLevel }),
  entry('TENUTO_TIMEZONE', 'server', 'Time zone of tasks that name none.', {
    of: (s) => s.timezone ?? 'UTC',
  }),
];

const STORAGE: readonly SettingEntry[] = [
  entry('DATABASE_URL', 'storage', 'PostgreSQL to use; unset, one that comes along.', {
    place: (s) => s.databaseUrl,
  }),
  entry('TENUTO_DATA_DIR', 'storage', 'Data folder.', { of: (s) => s.dataDir }),
  entry('TENUTO_POSTGRES_BIN', 'storage', 'Programs of the PostgreSQL that comes along.', {
    of: (s) => s.postgresBin,
  }),
  entry('REDIS_URL', 'storage', 'Redis that carries events and shared limits.', {
    place: (s) => s.redis?.url,
  }),
  entry('TENUTO_REDIS_PREFIX', 'storage', 'What the keys in Redis begin with.', {
    of: (s) => s.redis?.prefix,
  }),
  entry('TENUTO_STREAM_OWNER', 'storage', 'Owner of events from outside that name none.', {
    of: (s) => s.redis?.owner,
  }),
  entry('TENUTO_EVENT_RETENTION_HOURS', 'storage', 'Hours for which events are kept.', {
    of: (s) => s.eventRetentionMs / HOUR_MS,
  }),
  entry('TENUTO_BLOBS', 'storage', 'Where the bytes of artifacts lie.', {
    of: ({ artifacts: { s3 } }) => (s3 === undefined ? 'disk' : `s3://${s3.bucket}/${s3.prefix}`),
  }),
  entry('TENUTO_S3_ENDPOINT', 'storage', 'Address of the S3 service.', {
    place: (s) => s.artifacts.s3?.endpoint,
  }),
  entry('TENUTO_S3_REGION', 'storage', 'Region of the bucket.', {
    of: (s) => s.artifacts.s3?.region,
  }),
  entry('TENUTO_S3_PATH_STYLE', 'storage', 'Whether the bucket stands in the path.', {
    of: (s) => s.artifacts.s3?.pathStyle,
  }),
  entry('TENUTO_S3_PART_MB', 'storage', 'Larger files go up in parts of so many MiB.', {
    of: ({ artifacts: { s3 } }) => s3 && s3.partBytes / MIB,
  }),
  entry('TENUTO_S3_ACCESS_KEY_ID', 'storage', 'Key of the bucket.', SECRET),
  entry('TENUTO_S3_SECRET_ACCESS_KEY', 'storage', 'Its secret.', SECRET),
  entry('TENUTO_ARTIFACT_FILE_MB', 'storage', 'Largest artifact, in MiB.', {
    of: (s) => s.artifacts.fileBytes / MIB,
  }),
  entry('TENUTO_ARTIFACT_RUN_MB', 'storage', 'All artifacts of a run, in MiB.', {
    of: (s) => s.artifacts.runBytes / MIB,
  }),
  entry('TENUTO_ARTIFACT_FILES', 'storage', 'Most artifacts of a run.', {
    of: (s) => s.artifacts.runFiles,
  }),
  entry('TENUTO_ARTIFACT_IGNORE', 'storage', 'Folders of workspaces that are not taken up.', {
    of: (s) => s.artifacts.ignored,
  }),
  entry('TENUTO_ARTIFACT_RETENTION_DAYS', 'storage', 'Days of artifacts; 0, as long as the run.', {
    of: (s) => s.artifacts.retentionMs / DAY_MS,
  }),
  entry('TENUTO_ARTIFACT_WORKSPACE_DAYS', 'storage', 'Days of the folder of a run that is over.', {
    of: (s) => s.artifacts.workspaceMs / DAY_MS,
  }),
];

const RUNS: readonly SettingEntry[] = [
  entry('MAX_CONCURRENT_NODES', 'runs', 'Nodes of one job that run at once.', {
    of: (s) => s.maxConcurrentNodes,
  }),
  entry('DEFAULT_RETRY_ATTEMPTS', 'runs', 'Retries of nodes that say nothing else.', {
    of: (s) => s.defaultMaxRetries,
  }),
  entry('MAX_RETRY_DELAY', 'runs', 'Longest wait before a retry, in seconds.', {
    of: (s) => s.maxRetryDelayMs / 1_000,
  }),
  entry('JOB_TIMEOUT', 'runs', 'Longest run of a job that says nothing else, in seconds.', {
    of: (s) => s.jobTimeoutMs / 1_000,
  }),
  entry('TENUTO_CAPACITY', 'runs', 'Runs that this engine has in memory at most.', {
    of: (s) => s.capacity,
  }),
  entry('TENUTO_SLOTS', 'runs', 'Attempts that it makes at once.', { of: (s) => s.slots }),
  entry('TENUTO_LEASE_MS', 'runs', 'Silence after which others take its runs over.', {
    of: (s) => s.leaseMs,
  }),
  entry('TENUTO_ALLOW_COMMANDS', 'runs', 'Programs that nodes may start.', {
    of: (s) => s.allowCommands,
  }),
  entry('TENUTO_HTTP_ALLOW', 'runs', 'Private hosts that nodes may reach.', {
    of: (s) => s.httpAllow,
  }),
  entry('TENUTO_PROFILES_DIR', 'runs', 'A folder of profiles.', { of: (s) => s.profilesDir }),
  entry('TENUTO_GOVERNANCE_POLICY', 'runs', 'File with what every phase must keep to.', {
    of: (s) => s.governancePolicy,
  }),
  entry('TENUTO_MODELS', 'runs', 'File with providers and models.', {
    of: (s) => s.agents.modelsFile,
  }),
  entry('TENUTO_DEFAULT_MODEL', 'runs', 'Model of agents that name none.', {
    of: (s) => s.agents.defaultModel,
  }),
  entry('TENUTO_SCRIPTS_DIR', 'runs', 'Folder of recorded answers.', {
    of: (s) => s.agents.scriptsDir,
  }),
  entry('TENUTO_SMTP_URL', 'runs', 'Mail server for notifications.', {
    place: (s) => s.mail.smtpUrl,
  }),
  entry('TENUTO_MAIL_FROM', 'runs', 'Sender of mail.', { of: (s) => s.mail.from }),
  entry('FAILPOINT', 'runs', 'Where tests let this process fail.', {
    of: (s) => (s.failpoints === undefined ? undefined : s.failpoints.length > 0),
  }),
];

const ACCESS: readonly SettingEntry[] = [
  entry('TENUTO_ADMIN_TOKEN', 'access', 'Token of the administrator.', { ...SECRET, file: true }),
  entry('TENUTO_SECRET_KEY', 'access', 'Key that seals stored secrets.', { ...SECRET, file: true }),
  entry('TENUTO_SECRET_KEY_PREVIOUS', 'access', 'Keys that sealed them before.', SECRET),
  entry('JWT_SECRET_KEY', 'access', 'Shared key that JWTs are signed by.', SECRET),
  entry('JWT_JWKS_URL', 'access', 'Where the keys of JWTs are.', { place: (s) => s.jwt.jwksUrl }),
  entry('JWT_ISSUER', 'access', 'Issuer of JWTs.', { place: (s) => s.jwt.issuer }),
  entry('JWT_AUDIENCE', 'access', 'Audience of JWTs.', { of: (s) => s.jwt.audience }),
  entry('JWT_SUBJECT_PREFIX', 'access', 'What owners who come by a JWT begin with.', {
    of: (s) => s.jwt.subjectPrefix ?? 'user:',
  }),
  entry('OIDC_ISSUER', 'access', 'Provider that browsers sign in by.', {
    place: (s) => s.oidc?.issuer,
  }),
  entry('OIDC_CLIENT_ID', 'access', 'Our name at the provider.', { of: (s) => s.oidc?.clientId }),
  entry('OIDC_CLIENT_SECRET', 'access', 'Our secret at the provider.', SECRET),
  entry('OIDC_NAME', 'access', 'How the provider is called where people sign in.', {
    of: (s) => s.oidc?.name,
  }),
  entry('OIDC_SUBJECT_PREFIX', 'access', 'What owners who sign in by it begin with.', {
    of: (s) => s.oidc?.subjectPrefix,
  }),
];

export const SETTINGS: readonly SettingEntry[] = [...SERVER, ...STORAGE, ...RUNS, ...ACCESS];

function limitsText({ rateLimits: { admin, ...limits } }: Settings): string {
  const parts = Object.entries(limits).map(([group, most]) => {
    return `${group}=${most === Number.MAX_SAFE_INTEGER ? 'off' : most}`;
  });
  return [...parts, `admin=${admin ? 'on' : 'off'}`].join(' ');
}
