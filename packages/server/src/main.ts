import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  type ActionRegistry,
  commandRun,
  createActionRegistry,
  createMailer,
  createNoticeSender,
  eventPublish,
  eventWait,
  type FindChannel,
  httpRequest,
  judgeUrl,
  notifyEmail,
  notifyWebhook,
  parseAllowList,
  runStart,
  SECRET_BYTES,
  signalWait,
  sleepFor,
  sleepUntil,
  testMerge,
  testPlan,
  testRun,
  transformCel,
  webhookIdOf,
  webhookSecret,
} from '@tenuto/actions';
import {
  createEngine,
  createRelay,
  createRunIds,
  createScheduler,
  type Engine,
  type Relay,
  type RelayStore,
  type RetryPolicyStore,
  type Scheduler,
  type SchedulerOptions,
  type TestStore,
  type TokenStore,
} from '@tenuto/engine';
import {
  acquireProcessLock,
  createEngineStore,
  createNotifyBus,
  createScheduleStore,
  defaultDataDir,
  type EmbeddedServer,
  MIGRATIONS,
  openApiStore,
  prepareDatabase,
  startEmbedded,
} from '@tenuto/store';
import type { FastifyBaseLogger } from 'fastify';
import { buildApp } from './app.ts';
import { createTokenReader, ensureAdminToken } from './auth/api-tokens.ts';
import { createJwsVerifier } from './auth/jws.ts';
import { createJwtReader } from './auth/jwt.ts';
import { openKeys } from './auth/keys.ts';
import { createRedisBus } from './bus/redis-bus.ts';
import { engineIdOf } from './engine-identity.ts';
import { createEventing, type Eventing } from './events/eventing.ts';
import { obeyFailpoints } from './failpoints.ts';
import { trustedPeers } from './http/proxies.ts';
import { randomId } from './http/random-id.ts';
import { createLogger } from './logger.ts';
import { patiently } from './patience.ts';
import { secretKeyOf } from './secrets/secret-key.ts';
import { createVault, type Vault } from './secrets/vault.ts';
import type { Phase } from './services/health.ts';
import type { JobRules } from './services/job-rules.ts';
import { secretOf } from './services/notification-channels.ts';
import type { NotificationParts } from './services/notification-parts.ts';
import { createPolicyUse } from './services/retry-policy-use.ts';
import { channelFinder } from './services/sending-channel.ts';
import { createSubRuns } from './services/sub-runs.ts';
import { type Environment, readSettings, type Settings } from './settings.ts';
import { systemClock, systemRandom } from './system-clock.ts';
import { createTeardown, type Teardown } from './teardown.ts';

/** How long attempts that are going on may take to end when the server stops. */
const DRAIN_MS = 10_000;
/** How long messages that are on their way may take to arrive; what is left is sent again. */
const RELAY_DRAIN_MS = 5_000;
/** Where the command line on the same machine finds the administrator's token. */
const TOKEN_FILE = 'admin-token';

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
  const trusted = trustedPeers(settings.trustedProxies);
  const jwt = await readJwt(settings);
  const store = await openStore(settings, dataDir, { logger, teardown });
  const { jobs, tests, tokens, notices, retryPolicies } = store.api;
  const adminToken = await letAdminIn(settings, dataDir, { tokens, logger });
  const rules = rulesOf(settings, retryPolicies, (uses) => actions.check(uses));
  const startSubRun = createSubRuns({ engine: () => engine, jobs, tests, rules });
  const vault = createVault(await keyOf(settings, dataDir), systemRandom);
  const senders = makeSenders(settings, channelFinder(notices, vault));
  const eventing = eventingOf(settings, store, { log: logger, engine: () => engine });
  const actions = makeActions(settings, { startSubRun, tests, senders, eventing });
  teardown.add(() => actions.close());
  const identity = await identify(dataDir, teardown);
  const engine: Engine = createEngine({
    ...identity,
    name: hostname(),
    store: store.engine,
    runner: actions,
    clock: systemClock,
    random: systemRandom,
    log: logger,
    ...engineLimits(settings),
  });
  const relay = relayOf(store.api.relay, { senders, vault, log: logger });
  const scheduler = schedulerOf(store.schedule, { engine, log: logger });
  let phase: Phase = 'starting';
  const app = await buildApp({
    version: await versionOf(),
    logger,
    clock: systemClock,
    random: systemRandom,
    engine,
    scheduler,
    ...store.api,
    eventing: eventing.parts,
    notifications: notificationsOf(settings, { notices, vault, relay }),
    readers: { token: createTokenReader({ tokens, clock: systemClock }), jwt },
    rules,
    rateLimits: settings.rateLimits,
    origins: settings.allowedOrigins,
    docs: settings.docs,
    trusted,
    phase: () => phase,
    storeWarnings: store.warnings,
    refusal: store.refusal,
  });
  teardown.add(() => app.close());
  const url = await app.listen({ port: settings.port, host: settings.host });
  teardown.add(() => engine.stop(DRAIN_MS));
  await patiently(engine.start, { clock: systemClock, logger });
  teardown.add(() => eventing.stop());
  eventing.start();
  teardown.add(() => relay.stop(RELAY_DRAIN_MS));
  relay.start();
  teardown.add(() => scheduler.stop());
  scheduler.start();
  phase = 'ready';
  const stop = () => {
    phase = 'draining';
    return teardown.run();
  };
  return { url, ...(adminToken !== undefined && { adminToken }), stop };
}

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

function engineLimits({ leaseMs, capacity, slots }: Settings) {
  return { leaseMs, capacity, slots };
}

/** A token that is made for a database of our own also lies beside it. */
async function letAdminIn(
  { adminToken: preset, databaseUrl }: Settings,
  dataDir: string,
  { tokens, logger }: { readonly tokens: TokenStore; readonly logger: FastifyBaseLogger },
): Promise<string | undefined> {
  const ensure = () => ensureAdminToken({ tokens, random: systemRandom, preset });
  // A token that was just made is shown once: made again, it would be another one.
  const token =
    preset === undefined ? await ensure() : await patiently(ensure, { clock: systemClock, logger });
  if (token !== undefined && databaseUrl === undefined) {
    await writeFile(join(dataDir, TOKEN_FILE), `${token}\n`, { mode: 0o600 });
  }
  return token;
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
  const api = openApiStore(config);
  teardown.add(() => api.close());
  const engine = createEngineStore(config);
  teardown.add(() => engine.close());
  const schedule = createScheduleStore(config);
  teardown.add(() => schedule.close());
  const space = () => embedded?.status().space ?? 'ok';
  return {
    api,
    config,
    engine,
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

interface ActionParts {
  readonly startSubRun: ReturnType<typeof createSubRuns>;
  readonly tests: TestStore;
  readonly senders: ReturnType<typeof makeSenders>;
  readonly eventing: Pick<Eventing, 'door'>;
}

/** What sends messages, for the actions and for the relay. */
function makeSenders({ httpAllow, mail }: Settings, channel: FindChannel) {
  const http = httpRequest({ clock: systemClock, allow: httpAllow });
  return { http, mailer: createMailer(mail), channel };
}

function notificationsOf(
  { httpAllow }: Settings,
  parts: Pick<NotificationParts, 'notices' | 'vault' | 'relay'>,
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

/** The key that stored secrets are sealed under. */
function keyOf({ secretKey: preset }: Settings, dataDir: string): Promise<Uint8Array> {
  return secretKeyOf(dataDir, { preset, random: systemRandom });
}

function makeActions(
  { allowCommands }: Settings,
  { startSubRun, tests, eventing, senders: { http, mailer, channel } }: ActionParts,
): ActionRegistry {
  const allow =
    allowCommands.length === 0 ? 'none' : allowCommands.includes('*') ? 'any' : allowCommands;
  const commands = { allow, environment: process.env, clock: systemClock } as const;
  return createActionRegistry([
    http,
    notifyWebhook({ http, channel, clock: systemClock }),
    notifyEmail({ mailer, channel }),
    commandRun(commands),
    testRun(commands, tests.memory),
    testPlan(commands, tests.memory),
    testMerge(),
    transformCel(),
    sleepFor(),
    sleepUntil(),
    signalWait(),
    eventPublish(eventing.door),
    eventWait(eventing.door, systemClock),
    runStart(startSubRun),
  ]);
}

function rulesOf(
  settings: Settings,
  store: RetryPolicyStore,
  checkAction: (uses: string) => string | undefined,
): Omit<JobRules, 'clock'> {
  const defaults = {
    maxConcurrentNodes: settings.maxConcurrentNodes,
    maxRetries: settings.defaultMaxRetries,
    maxRetryDelayMs: settings.maxRetryDelayMs,
    timeoutMs: settings.jobTimeoutMs,
  };
  return {
    defaults,
    checkAction,
    policies: createPolicyUse({ store, clock: systemClock, defaults }),
  };
}

async function readJwt({ jwt }: Settings) {
  const keys = await openKeys(jwt);
  if (keys === undefined) return undefined;
  return createJwtReader({ ...jwt, verify: createJwsVerifier(keys), clock: systemClock });
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
