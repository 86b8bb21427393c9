import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { acquireProcessLock, type LockHolder } from '../process-lock.ts';
import { clearStale, findRunning } from './adoption.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { clusterFolder, prepareCluster } from './cluster.ts';
import type { PostgresConnection } from './connection.ts';
import { ensureSpace, SPACE, type SpaceLevel, untilSpace, watchSpace } from './disk-space.ts';
import {
  connectionTo,
  discardEndpoint,
  makeLoopbackEndpoint,
  makeSocketEndpoint,
} from './endpoint.ts';
import { createServerLog, type Logger, silentLogger } from './log.ts';
import { attach, launch, type Postmaster } from './postmaster.ts';
import { chooseRunUser, prepareDataDir, type RunUser } from './run-user.ts';
import { type Endpoint, settingArguments, walCompressionOf } from './settings.ts';
import { StoreError } from './store-error.ts';
import { RESTART_POLICY, type RestartPolicy, type ServerState, supervise } from './supervisor.ts';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly logger?: Logger;
  /** Folder of PostgreSQL's programs; without it they are looked for. */
  readonly binDir?: string;
  /** How clients reach the server; a Unix socket wherever there are any. */
  readonly transport?: Endpoint['kind'];
  readonly restartPolicy?: Partial<RestartPolicy>;
}

export interface EmbeddedStatus {
  readonly state: ServerState;
  readonly pid: number | undefined;
  readonly version: string;
  /** Whether the server is one that an earlier process left running. */
  readonly adopted: boolean;
  readonly restarts: number;
  readonly space: SpaceLevel;
}

export interface EmbeddedServer {
  readonly connection: PostgresConnection;
  status(): EmbeddedStatus;
  /** Calls `listener` if the server fails too often in a row and is given up. */
  onFatal(listener: (error: StoreError) => void): void;
  /** Stops the server in order, at once after a deadline, and lets go of the data folder. */
  stop(): Promise<void>;
}

/** All that is known once the folder is ours and the programs are found. */
interface Ground {
  readonly dataDir: string;
  readonly pgFolder: string;
  readonly user: RunUser | undefined;
  readonly binaries: Binaries;
  readonly logger: Logger;
  readonly policy: RestartPolicy;
}

interface Running {
  readonly endpoint: Endpoint;
  readonly adopted: boolean;
  readonly first: Postmaster;
  relaunch(): Postmaster;
}

const FIRST_STARTS = 4;

/**
 * Starts a PostgreSQL on `dataDir`, making the data folder at the first time, or takes over one
 * that a killed process left running there; then keeps it running until `stop`.
 * @throws StoreError when the folder is in use, is not ours or of another version, cannot be
 *   reached by the user that PostgreSQL runs as, or when the disk is full
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const folder = resolve(options.dataDir);
  const user = await chooseRunUser(folder);
  const dataDir = await prepareDataDir(folder, user);
  const lock = await acquireProcessLock(dataDir, 'postgres');
  if ('heldBy' in lock) throw inUse(dataDir, lock.heldBy);
  try {
    const logger = options.logger ?? silentLogger;
    const ground: Ground = {
      dataDir,
      pgFolder: clusterFolder(dataDir),
      user,
      logger,
      binaries: await findBinaries({ ...options, dataDir, user }),
      policy: { ...RESTART_POLICY, ...options.restartPolicy },
    };
    const running = await adoptOrStart(ground, options.transport ?? defaultTransport());
    return embeddedServer(ground, running, lock.release);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function inUse(dataDir: string, { pid, since }: LockHolder): StoreError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new StoreError(
    `The data folder ${dataDir} is in use by ${who}${since === undefined ? '' : ` since ${since}`}: ` +
      'stop that one first, or choose another data folder.',
  );
}

function defaultTransport(): Endpoint['kind'] {
  return process.platform === 'win32' ? 'loopback' : 'socket';
}

async function adoptOrStart(ground: Ground, transport: Endpoint['kind']): Promise<Running> {
  const { dataDir, pgFolder, binaries, logger } = ground;
  const found = await findRunning(dataDir, pgFolder);
  if (found !== undefined) {
    logger.warn({ pid: found.pid }, 'took over the PostgreSQL that another process left running');
    const relaunch = await launcher(ground, found.endpoint);
    return { ...found, adopted: true, first: attach(found.pid, binaries), relaunch };
  }
  const endpoint =
    transport === 'socket' ? await makeSocketEndpoint(ground) : await makeLoopbackEndpoint(dataDir);
  try {
    const password = endpoint.kind === 'loopback' ? { password: endpoint.password } : {};
    await prepareCluster({ ...ground, ...password });
    await ensureSpace(ground, SPACE.startBytes);
    const relaunch = await launcher(ground, endpoint);
    return { endpoint, adopted: false, first: await firstStart(ground, relaunch), relaunch };
  } catch (error) {
    await discardEndpoint(dataDir, endpoint);
    throw error;
  }
}

async function launcher(ground: Ground, endpoint: Endpoint): Promise<() => Postmaster> {
  const settings = settingArguments(endpoint, await walCompressionOf(ground));
  return () => launch({ ...ground, settings, log: createServerLog(ground.logger) });
}

/** Tries more than once: sessions of a server that was killed may take a moment to be gone. */
async function firstStart({ policy }: Ground, start: () => Postmaster): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const server = start();
    try {
      await server.ready();
      return server;
    } catch (error) {
      if (attempt === FIRST_STARTS) throw error;
      await delay(policy.firstDelayMs * attempt);
    }
  }
}

function embeddedServer(
  ground: Ground,
  { endpoint, adopted, first, relaunch }: Running,
  release: () => Promise<void>,
): EmbeddedServer {
  const { dataDir, logger, policy, binaries } = ground;
  const supervisor = supervise({
    first,
    launch: relaunch,
    async untilLaunchable(signal) {
      await untilSpace(ground, signal);
      if (endpoint.kind === 'socket') await clearStale(ground.pgFolder, endpoint.folder);
    },
    policy,
    logger,
  });
  const space = watchSpace(ground);
  async function stop(): Promise<void> {
    await Promise.all([supervisor.stop(), space.stop()]);
    await discardEndpoint(dataDir, endpoint);
    await release();
  }
  let stopped: Promise<void> | undefined;
  return {
    connection: connectionTo(endpoint),
    status: () => ({
      state: supervisor.state(),
      pid: supervisor.pid(),
      version: binaries.version,
      adopted: adopted && supervisor.restarts() === 0,
      restarts: supervisor.restarts(),
      space: space.level(),
    }),
    onFatal: supervisor.onFatal,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
