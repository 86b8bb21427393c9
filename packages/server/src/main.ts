/** Puts a server together. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { secretHostFault } from '@tenuto/actions';
import { createEngine, type Engine } from '@tenuto/engine';
import { defaultDataDir, openCallLedger } from '@tenuto/store';
import type { FastifyBaseLogger } from 'fastify';
import { type AppOptions, buildApp } from './app.ts';
import { letAdminIn } from './auth/first-admin.ts';
import { openKeys } from './auth/keys.ts';
import { readConsole } from './console/files.ts';
import { obeyFailpoints } from './failpoints.ts';
import { loadGovernancePolicy } from './governance-policy.ts';
import { trustedPeers } from './http/proxies.ts';
import { createLogger } from './logger.ts';
import { makeActions, makeMcp, makeModels, makeSenders } from './main-actions.ts';
import { eventingOf, loopsOf, relayOf, schedulerOf, startAll } from './main-loops.ts';
import { countersOf, doors, notificationsOf, openVault, reseal, rulesOf } from './main-services.ts';
import { identify, openStore, type StoreParts } from './main-store.ts';
import { patiently } from './patience.ts';
import { createProfileFiles } from './profiles/profile-files.ts';
import { costReader } from './services/budgets.ts';
import type { Phase } from './services/health.ts';
import { secretOpener } from './services/secret-use.ts';
import { channelFinder } from './services/sending-channel.ts';
import { createSubRuns } from './services/sub-runs.ts';
import { readSettings, type Settings } from './settings.ts';
import { profileFolders } from './settings-profiles.ts';
import type { Environment } from './settings-reader.ts';
import { settingViews } from './settings-view.ts';
import { systemClock, systemRandom } from './system-clock.ts';
import { createTeardown, type Teardown } from './teardown.ts';

/** How long attempts that are going on may take to end when the server stops. */
const DRAIN_MS = 10_000;

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
  return readSettings(process.env, flags);
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
  const parts = await makeParts(settings, { logger, teardown });
  const { store, engine, vault, adminToken } = parts;
  let phase: Phase = 'starting';
  const app = await buildApp({
    ...appOptions(settings, parts),
    console: await readConsole(join(import.meta.dirname, '../../web/dist')),
    counters: countersOf(settings, { logger, teardown }),
    phase: () => phase,
  });
  teardown.add(() => app.close());
  const url = await app.listen({ port: settings.port, host: settings.host });
  teardown.add(() => engine.stop(DRAIN_MS));
  await patiently(engine.start, { clock: systemClock, logger });
  reseal(settings, store.api.secrets, { vault, logger });
  startAll(loopsOf(settings, parts), teardown);
  phase = 'ready';
  const stop = () => {
    phase = 'draining';
    return teardown.run();
  };
  return { url, ...(adminToken !== undefined && { adminToken }), stop };
}

type Parts = Awaited<ReturnType<typeof makeParts>>;

/** Store, hands and engine, and what lies between them; nothing of it works yet. */
async function makeParts(settings: Settings, { logger, teardown }: StoreParts) {
  const dataDir = settings.dataDir ?? defaultDataDir({ root: process.getuid?.() === 0 });
  const version = await versionOf();
  const policy = await loadGovernancePolicy(settings.governancePolicy);
  const keys = await openKeys(settings.jwt, systemClock);
  const store = await openStore(settings, dataDir, { logger, teardown });
  const { jobs, tests, tokens, notices, approvals, documents } = store.api;
  const adminToken = await letAdminIn(settings, dataDir, { tokens, logger, ...REAL });
  const folders = profileFolders(settings.profilesDir, dataDir);
  const files = createProfileFiles({ clock: systemClock, log: logger, folders });
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
  const mcp = makeMcp(able, { documents, openSecrets, version });
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
    ...{
      ...identity,
      name: hostname(),
      about: aboutThis(version),
      store: store.engine,
      ...REAL,
      log: logger,
    },
    runner: { ...actions, openSecrets },
    ...engineLimits(settings),
  });
  const relay = relayOf(store.api.relay, { senders, vault, log: logger });
  const scheduler = schedulerOf(store.schedule, { engine, log: logger });
  return {
    ...{ version, logger, dataDir, keys, store, adminToken, rules, vault, eventing, mcp },
    ...{ ledger, engine, relay, scheduler },
    governancePolicy: settings.governancePolicy === undefined ? undefined : policy,
  };
}

function aboutThis(version: string) {
  return { host: hostname(), pid: process.pid, version };
}

function engineLimits({ leaseMs, capacity, slots }: Settings) {
  return { leaseMs, capacity, slots };
}

/** What the API works with. */
function appOptions(
  settings: Settings,
  {
    version,
    logger,
    keys,
    store,
    rules,
    vault,
    eventing,
    mcp,
    engine,
    relay,
    scheduler,
    dataDir,
    governancePolicy,
  }: Parts,
): Omit<AppOptions, 'console' | 'counters' | 'phase'> {
  const { jobs, tokens, notices, artifacts } = store.api;
  const { rateLimits, allowedOrigins: origins, docs, trustedProxies } = settings;
  return {
    ...{ version, logger, ...REAL, engine, scheduler, rules, rateLimits, origins, docs },
    ...store.api,
    blobs: store.files.blobs,
    artifactCounts: artifacts.counts,
    eventing: eventing.parts,
    vaulted: { vault, hostFault: secretHostFault },
    ...{ mcp: mcp.hands, mcpSpec: mcp.specOf },
    notifications: notificationsOf(settings, { notices, jobs, vault, relay }),
    ...doors(settings, { tokens, keys, vault }),
    trusted: trustedPeers(trustedProxies),
    ...{ storeWarnings: store.warnings, refusal: store.refusal },
    setup: setUpOf(settings),
    settings: () => settingViews({ ...settings, dataDir }),
    governancePolicy,
  };
}

function setUpOf({ databaseUrl, artifacts }: Settings): AppOptions['setup'] {
  return {
    database: databaseUrl === undefined ? 'embedded' : 'external',
    artifacts: artifacts.s3 === undefined ? 'disk' : 's3',
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
