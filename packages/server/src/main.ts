import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  type ActionRegistry,
  createNoticeSender,
  judgeUrl,
  parseAllowList,
  SECRET_BYTES,
  secretHostFault,
  webhookIdOf,
  webhookSecret,
} from '@tenuto/actions';
import {
  createApprovalChores,
  createArtifactPruner,
  createCallSettler,
  createEngine,
  createFeedPruner,
  createRelay,
  createRunIds,
  createScheduler,
  createSealer,
  createTokenPruner,
  type Engine,
  type Relay,
  type RelayStore,
  type Scheduler,
  type SchedulerOptions,
  type StrayCalls,
} from '@tenuto/engine';
import {
  type ApiStore,
  acquireProcessLock,
  createDiskBlobStore,
  createEngineStore,
  createNotifyBus,
  createS3BlobStore,
  createScheduleStore,
  defaultDataDir,
  type EmbeddedServer,
  MIGRATIONS,
  openApiStore,
  openCallLedger,
  openWorkspaceStore,
  prepareDatabase,
  startEmbedded,
  type WorkspaceStore,
} from '@tenuto/store';
import type { FastifyBaseLogger } from 'fastify';
import { buildApp } from './app.ts';
import { letAdminIn } from './auth/first-admin.ts';
import type { JwsKeys } from './auth/jws.ts';
import { openKeys } from './auth/keys.ts';
import { createOidcLogin } from './auth/oidc.ts';
import { createReaders } from './auth/readers.ts';
import { createRedisBus } from './bus/redis-bus.ts';
import { connectRedis } from './bus/redis-connection.ts';
import { engineIdOf } from './engine-identity.ts';
import { createEventing, type Eventing } from './events/eventing.ts';
import { obeyFailpoints } from './failpoints.ts';
import { loadGovernancePolicy } from './governance-policy.ts';
import { trustedPeers } from './http/proxies.ts';
import { randomId } from './http/random-id.ts';
import { type Counters, localCounters } from './limits/counters.ts';
import { sharedCounters } from './limits/shared-counters.ts';
import { createLogger } from './logger.ts';
import { makeActions, makeMcp, makeModels, makeSenders } from './main-actions.ts';
import { patiently } from './patience.ts';
import { createProfileFiles, type ProfileFiles } from './profiles/profile-files.ts';
import { secretKeyOf } from './secrets/secret-key.ts';
import { createVault, type Vault } from './secrets/vault.ts';
import { costReader } from './services/budgets.ts';
import { createGraphUse } from './services/graph-use.ts';
import type { Phase } from './services/health.ts';
import type { JobRules } from './services/job-rules.ts';
import { secretOf } from './services/notification-channels.ts';
import type { NotificationParts } from './services/notification-parts.ts';
import { createProfileUse } from './services/profile-use.ts';
import { createPolicyUse } from './services/retry-policy-use.ts';
import { resealSecrets, secretOpener } from './services/secret-use.ts';
import { channelFinder } from './services/sending-channel.ts';
import { createSubRuns } from './services/sub-runs.ts';
import { createTemplateResolver } from './services/template-use.ts';
import { type Environment, readSettings, type Settings } from './settings.ts';
import { profileFolders } from './settings-profiles.ts';
import { systemClock, systemRandom } from './system-clock.ts';
import { createTeardown, type Teardown } from './teardown.ts';

/** How long attempts that are going on may take to end when the server stops. */
const DRAIN_MS = 10_000;
/** How long messages that are on their way may take to arrive; what is left is sent again. */
const RELAY_DRAIN_MS = 5_000;

const REAL = { clock: systemClock, random: systemRandom } as const;

export interface RunningServer {
  readonly url: string;
  /** A token for the administrator, on the first start of an empty store: show it once. */
  readonly adminToken?: string;
  /** Stops taking work, lets attempts end, hands the rest back, and closes everything. */
  stop(): Promise<void>;
}

/**
 * The settings of this process.
 * @param flags what the command line says, under the names of the variables; it wins
 * @throws SettingsError
 */
export function loadSettings(flags: Environment = {}): Settings {
  return readSettings({ ...process.env, ...flags });
}

/**
 * Starts a server: store, engine and API, in that order, and takes down what has been started when
 * a later part fails.
 * @throws StoreError, SettingsError, or what listening on the port throws
 */
export async function startServer(settings: Settings): Promise<RunningServer> {
  const logger = createLogger(settings.logLevel);
  const teardown = createTeardown((error) => logger.error({ err: error }, 'a part did not stop'));
  if (settings.failpoints !== undefined) {
    teardown.add(obeyFailpoints(settings.failpoints, logger));
  }
  try {
    return await start(settings, logger, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(
  settings: Settings,
  logger: FastifyBaseLogger,
  teardown: Teardown,
): Promise<RunningServer> {
  const dataDir = settings.dataDir ?? defaultDataDir({ root: process.getuid?.() === 0 });
  const version = await versionOf();
  const trusted = trustedPeers(settings.trustedProxies);
  const policy = await loadGovernancePolicy(settings.governancePolicy);
  const keys = await openKeys(settings.jwt, systemClock);
  const store = await openStore(settings, dataDir, { logger, teardown });
  const { jobs, tests, tokens, notices, approvals } = store.api;
  const adminToken = await letAdminIn(settings, dataDir, { tokens, logger, ...REAL });
  const files = createProfileFiles({
    ...{ clock: systemClock, log: logger },
    folders: profileFolders(settings.profilesDir, dataDir),
  });
  const rules = rulesOf(settings, store.api, {
    ...{ actions: () => actions, files },
    models: { policy, defaultModel: () => models.defaultModel },
  });
  const startSubRun = createSubRuns({ engine: () => engine, jobs, tests, rules });
  const vault = await openVault(settings, dataDir);
  const senders = makeSenders(settings, channelFinder(notices, vault));
  const openSecrets = secretOpener(store.api.secrets, vault);
  const eventing = eventingOf(settings, store, { log: logger, engine: () => engine });
  const able = { ...settings, environment: process.env };
  const mcp = makeMcp(able, { documents: store.api.documents, openSecrets, version });
  const identity = await identify(dataDir, teardown);
  const ledger = openCallLedger(store.config, identity);
  teardown.add(() => ledger.close());
  const { workspaces } = store.files;
  const models = await makeModels(able, openSecrets);
  const governance = { policy, costOf: costReader(store.api.budgets) };
  const agents = { ledger, workspaces, models, files, governance };
  const hands = { startSubRun, tests, approvals, senders, eventing, mcp, ...agents };
  const actions = makeActions(able, hands);
  teardown.add(() => actions.close());
  const engine: Engine = createEngine({
    ...identity,
    name: hostname(),
    store: store.engine,
    runner: { ...actions, openSecrets },
    ...REAL,
    log: logger,
    ...engineLimits(settings),
  });
  const relay = relayOf(store.api.relay, { senders, vault, log: logger });
  const scheduler = schedulerOf(store.schedule, { engine, log: logger });
  let phase: Phase = 'starting';
  const app = await buildApp({
    version,
    logger,
    ...REAL,
    engine,
    scheduler,
    ...store.api,
    blobs: store.files.blobs,
    artifactCounts: store.api.artifacts.counts,
    eventing: eventing.parts,
    vaulted: { vault, hostFault: secretHostFault },
    mcp: mcp.hands,
    mcpSpec: mcp.specOf,
    notifications: notificationsOf(settings, { notices, jobs, vault, relay }),
    ...doors(settings, { tokens, keys, vault }),
    rules,
    ...{ rateLimits: settings.rateLimits, counters: countersOf(settings, { logger, teardown }) },
    ...{ origins: settings.allowedOrigins, docs: settings.docs, trusted },
    phase: () => phase,
    storeWarnings: store.warnings,
    refusal: store.refusal,
  });
  teardown.add(() => app.close());
  const url = await app.listen({ port: settings.port, host: settings.host });
  teardown.add(() => engine.stop(DRAIN_MS));
  await patiently(engine.start, { clock: systemClock, logger });
  reseal(settings, store.api.secrets, { vault, logger });
  const relaying = { start: relay.start, stop: () => relay.stop(RELAY_DRAIN_MS) };
  startAll(
    [
      ...[eventing, relaying, scheduler],
      ...upkeepOf({ ...store.api, ledger }, { engine, log: logger }),
      createArtifactPruner({
        ...settings.artifacts,
        ...store.files,
        clock: systemClock,
        log: logger,
      }),
    ],
    teardown,
  );
  phase = 'ready';
  const stop = () => {
    phase = 'draining';
    return teardown.run();
  };
  return { url, ...(adminToken !== undefined && { adminToken }), stop };
}

/** What runs leave: its bytes, and the folders that they work in. */
async function workspacesOf(
  { artifacts: { s3, ignored, ...limits } }: Settings,
  dataDir: string,
  { config, teardown }: Pick<StoreParts, 'teardown'> & { readonly config: StoreConfig },
): Promise<WorkspaceStore> {
  const own = { newName: () => randomId(systemRandom), clock: systemClock };
  const blobs =
    s3 === undefined
      ? createDiskBlobStore({ ...own, folder: join(dataDir, 'blobs') })
      : await createS3BlobStore({ ...own, ...s3, folder: join(dataDir, 'blobs-incoming') });
  const store = openWorkspaceStore(config, {
    ...{ ...own, blobs, root: join(dataDir, 'workspaces') },
    limits: { ...limits, ignored: new Set(ignored) },
  });
  teardown.add(store.close);
  return store;
}

type StoreConfig = Parameters<typeof openApiStore>[0];

/** Fires tasks when it is time, beside the schedulers of the other servers. */
function schedulerOf(
  store: SchedulerOptions['store'],
  { engine, log }: { readonly engine: Engine; readonly log: FastifyBaseLogger },
): Scheduler {
  return createScheduler({ store, clock: systemClock, log, runsWait: engine.runsWait });
}

/** Sends what there is to tell, beside the relays of the other servers. */
function relayOf(
  store: RelayStore,
  {
    senders,
    vault,
    log,
  }: {
    readonly senders: ReturnType<typeof makeSenders>;
    readonly vault: Vault;
    readonly log: FastifyBaseLogger;
  },
): Relay {
  const clock = systemClock;
  const send = createNoticeSender({
    ...{ ...senders, clock },
    openSecret: (sealed, channelId) => vault.open(sealed, secretOf(channelId)),
  });
  return createRelay({ store, send, clock, random: systemRandom, log });
}

/** Events, with the engine that is made later. */
function eventingOf(
  { eventRetentionMs: retentionMs, leaseMs: claimAfterMs, redis }: Settings,
  store: Awaited<ReturnType<typeof openStore>>,
  { log, engine }: { readonly log: FastifyBaseLogger; readonly engine: () => Engine },
): Eventing {
  return createEventing({
    ...{ store: store.api.events, clock: systemClock, log, retentionMs },
    poke: (runId) => engine().poke(runId),
    bus: (parts) =>
      redis === undefined
        ? createNotifyBus(store.config, { clock: systemClock, news: parts.news })
        : createRedisBus({
            ...{ ...parts, ...redis, store: store.api.events, clock: systemClock, log },
            ...{ claimAfterMs, random: systemRandom, consumer: randomId(systemRandom) },
          }),
  });
}

/** By what people come in: tokens, JWTs, cookies, and a provider that they sign in by. */
function doors(
  { jwt, oidc }: Settings,
  parts: Pick<ApiStore, 'tokens'> &
    Pick<NotificationParts, 'vault'> & { keys: JwsKeys | undefined },
) {
  const { tokens, keys, vault } = parts;
  const readers = createReaders({ tokens, keys, jwt, clock: systemClock });
  if (oidc === undefined) return { readers };
  const login = createOidcLogin({ settings: oidc, vault, jwt: readers.jwt, ...REAL });
  return { readers, oidc: login };
}

interface Part {
  start(): void;
  stop(): Promise<void>;
}

function startAll(parts: readonly Part[], teardown: Teardown): void {
  for (const part of parts) {
    teardown.add(() => part.stop());
    part.start();
  }
}

/** What each server does now and then, beside all others. */
function upkeepOf(
  {
    sealer,
    tokens,
    approvals,
    ledger,
    feeds,
  }: Pick<ApiStore, 'sealer' | 'tokens' | 'approvals' | 'feeds'> & { readonly ledger: StrayCalls },
  { engine, log }: { readonly engine: Engine; readonly log: FastifyBaseLogger },
): readonly Part[] {
  return [
    createCallSettler({ store: ledger, clock: systemClock, log }),
    createSealer({ store: sealer, clock: systemClock, log }),
    createTokenPruner({ store: tokens, clock: systemClock, log }),
    createApprovalChores({ store: approvals, clock: systemClock, log, told: engine.poke }),
    createFeedPruner({ store: feeds, clock: systemClock, log }),
  ];
}

/** Counters of requests: shared by all servers of one Redis, or of this process alone. */
function countersOf({ redis: shared }: Settings, { logger, teardown }: StoreParts): Counters {
  const local = localCounters(systemClock);
  if (shared === undefined) return local;
  const redis = connectRedis(shared.url, { name: 'tenuto-limits', log: logger });
  teardown.add(async () => redis.close());
  return sharedCounters({ redis, local, clock: systemClock });
}

function engineLimits({ leaseMs, capacity, slots }: Settings) {
  return { leaseMs, capacity, slots };
}

interface StoreParts {
  readonly logger: FastifyBaseLogger;
  readonly teardown: Teardown;
}

async function openStore(settings: Settings, dataDir: string, { logger, teardown }: StoreParts) {
  let embedded: EmbeddedServer | undefined;
  if (settings.databaseUrl === undefined) {
    const { postgresBin: binDir } = settings;
    embedded = await startEmbedded({ dataDir, logger, ...(binDir !== undefined && { binDir }) });
    teardown.add(embedded.stop);
    embedded.onFatal((error) => logger.error({ err: error }, 'the database is given up'));
  }
  const config = embedded?.connection ?? { connectionString: settings.databaseUrl ?? '' };
  const prepare = () => prepareDatabase(config, { migrations: MIGRATIONS, logger });
  const { warnings } = await patiently(prepare, { clock: systemClock, logger });
  const files = await workspacesOf(settings, dataDir, { config, teardown });
  const api = openApiStore(config, files.blobs);
  teardown.add(() => api.close());
  const engine = createEngineStore(config, files.blobs);
  teardown.add(() => engine.close());
  const schedule = createScheduleStore(config);
  teardown.add(() => schedule.close());
  const space = () => embedded?.status().space ?? 'ok';
  return {
    api,
    config,
    engine,
    files,
    schedule,
    warnings: () => [...warnings, ...spaceWarnings(space())],
    refusal: () => (space() === 'ok' ? undefined : DISK_FULL),
  };
}

const DISK_FULL =
  'The disk of the data folder is nearly full: make room there. What was accepted goes on.';

function spaceWarnings(level: string): readonly string[] {
  return level === 'ok' ? [] : [`The disk of the data folder is nearly full (${level}).`];
}

/** Under the lock of the data folder the engine keeps its id; beside another server it gets one. */
async function identify(dataDir: string, teardown: Teardown) {
  await mkdir(dataDir, { recursive: true });
  const lock = await acquireProcessLock(dataDir, 'engine');
  if ('heldBy' in lock) return { engineId: randomId(systemRandom), previousIsDead: false };
  teardown.add(() => lock.release());
  const { engineId, known } = await engineIdOf(dataDir, systemRandom);
  return { engineId, previousIsDead: known };
}

function notificationsOf(
  { httpAllow }: Settings,
  parts: Pick<NotificationParts, 'notices' | 'jobs' | 'vault' | 'relay'>,
): NotificationParts {
  const allow = parseAllowList(httpAllow);
  const newId = createRunIds(systemClock, systemRandom);
  return {
    ...parts,
    webhookIdOf,
    newId: () => newId().text,
    newSecret: () => webhookSecret(systemRandom.bytes(SECRET_BYTES)),
    webhookFault(url) {
      const verdict = judgeUrl(url, allow);
      return verdict.allowed ? undefined : `cannot be used: ${verdict.reason}`;
    },
  };
}

interface Sealing {
  readonly vault: Vault;
  readonly logger: FastifyBaseLogger;
}

/** Stored secrets are sealed under one key; what others have sealed before can still be opened. */
async function openVault(settings: Settings, dataDir: string): Promise<Vault> {
  const { secretKey: preset, previousSecretKeys: previous } = settings;
  const key = await secretKeyOf(dataDir, { preset, random: systemRandom });
  return createVault(key, systemRandom, previous);
}

/** Seals under the present key, behind everything else, what was sealed under one before it. */
function reseal(
  { previousSecretKeys: previous }: Settings,
  secrets: ApiStore['secrets'],
  { vault, logger }: Sealing,
): void {
  if (previous.length === 0) return;
  resealSecrets(secrets, vault).then(
    (resealed) => logger.info({ resealed }, 'secrets are sealed under the present key'),
    (error: unknown) => logger.error({ err: error }, 'secrets could not be sealed anew'),
  );
}

function rulesOf(
  settings: Settings,
  { retryPolicies: store, secrets, documents, prices }: ApiStore,
  {
    actions,
    files,
    models,
  }: Pick<JobRules, 'models'> & {
    readonly actions: () => ActionRegistry;
    readonly files: ProfileFiles;
  },
): Omit<JobRules, 'clock'> {
  const checkAction = (uses: string) => actions().check(uses);
  const defaults = {
    maxConcurrentNodes: settings.maxConcurrentNodes,
    maxRetries: settings.defaultMaxRetries,
    maxRetryDelayMs: settings.maxRetryDelayMs,
    timeoutMs: settings.jobTimeoutMs,
    ...(settings.timezone !== undefined && { timezone: settings.timezone }),
  };
  return {
    defaults,
    checkAction,
    policies: createPolicyUse({ store, clock: systemClock, defaults }),
    templates: createTemplateResolver(documents),
    prices,
    ...(models !== undefined && { models }),
    profiles: createProfileUse({ documents, files }),
    graphs: createGraphUse({
      secrets,
      mcpServers: async (owner, names) => {
        const found = await documents.named(owner, 'mcp_server', names);
        return found.map(({ name }) => name);
      },
      checkAction,
      checkSecrets: (uses, field) => actions().checkSecrets(uses, field),
    }),
  };
}

async function versionOf(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../package.json'), 'utf8');
  const { version }: { version?: string } = JSON.parse(text);
  return version ?? '0.0.0';
}

/**
 * Stops the server in order when the process is told to end; a second signal ends it at once.
 * @returns a promise for the moment when everything has stopped
 */
export function stopOnSignals(server: RunningServer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      server.stop().then(resolve, reject);
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}
