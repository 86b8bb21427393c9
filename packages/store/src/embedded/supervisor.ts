import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './log.ts';
import type { Postmaster } from './postmaster.ts';
import { StoreError } from './store-error.ts';

export type ServerState = 'running' | 'restarting' | 'stopped' | 'failed';

export interface RestartPolicy {
  /** Wait before the first restart in a row; it doubles with each. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A server that ran this long starts a new row. */
  readonly calmMs: number;
  /** Restarts in a row before it is given up. */
  readonly maxRestarts: number;
  /** How long a stop in order may take before it is made a stop at once. */
  readonly stopMs: number;
}

export const RESTART_POLICY: RestartPolicy = {
  firstDelayMs: 100,
  maxDelayMs: 5_000,
  calmMs: 60_000,
  maxRestarts: 10,
  stopMs: 20_000,
};

export interface SupervisorOptions {
  /** A server that accepts connections. */
  readonly first: Postmaster;
  launch(): Postmaster;
  /** Settles when a launch can succeed: what it waits for is waited out, not counted. */
  untilLaunchable(signal: AbortSignal): Promise<void>;
  readonly policy: RestartPolicy;
  readonly logger: Logger;
}

export interface Supervisor {
  state(): ServerState;
  pid(): number | undefined;
  restarts(): number;
  /** Calls `listener` once if the server is given up or already was, with the reason. */
  onFatal(listener: (error: StoreError) => void): void;
  /** Stops the server for good. Resolves when its process is gone. */
  stop(): Promise<void>;
}

/** What is known of the server under care. */
interface Care {
  current: Postmaster;
  state: ServerState;
  restarts: number;
  fatal: StoreError | undefined;
  readonly listeners: ((error: StoreError) => void)[];
  readonly stopping: AbortController;
}

/** Keeps a server running until it is told to stop, or the server fails too often in a row. */
export function supervise(options: SupervisorOptions): Supervisor {
  const care: Care = {
    current: options.first,
    state: 'running',
    restarts: 0,
    fatal: undefined,
    listeners: [],
    stopping: new AbortController(),
  };
  // Whatever of ours ends this process without a stop, the server is told to stop in order.
  const stopAtExit = () => care.current.stop('SIGINT');
  process.on('exit', stopAtExit);
  const ended = keepRunning(care, options).catch((error) => {
    if (!care.stopping.signal.aborted) giveUp(care, options, String(error));
  });
  let stopped: Promise<void> | undefined;
  return {
    state: () => care.state,
    pid: () => (care.state === 'running' ? care.current.pid : undefined),
    restarts: () => care.restarts,
    onFatal(listener) {
      if (care.fatal === undefined) care.listeners.push(listener);
      else listener(care.fatal);
    },
    stop() {
      stopped ??= stop(care, options.policy, ended).finally(() => process.off('exit', stopAtExit));
      return stopped;
    },
  };
}

async function keepRunning(care: Care, options: SupervisorOptions): Promise<void> {
  const { policy, logger } = options;
  const { signal } = care.stopping;
  let inRow = 0;
  for (;;) {
    const startedAt = performance.now();
    const reason = await untilEnd(care);
    if (signal.aborted) return;
    care.state = 'restarting';
    inRow = performance.now() - startedAt >= policy.calmMs ? 1 : inRow + 1;
    if (inRow > policy.maxRestarts) return giveUp(care, options, reason);
    logger.error({ reason, restart: inRow }, 'PostgreSQL died; it is started again');
    await delay(waitMs(policy, inRow), undefined, { signal });
    await options.untilLaunchable(signal);
    signal.throwIfAborted();
    care.restarts += 1;
    care.current = options.launch();
  }
}

/** Sees the present server through its start to its end; returns how it ended. */
async function untilEnd(care: Care): Promise<string> {
  try {
    await care.current.ready();
    if (!care.stopping.signal.aborted) care.state = 'running';
    return `it ended with ${await care.current.exited}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function giveUp(care: Care, { policy, logger }: SupervisorOptions, reason: string): void {
  care.state = 'failed';
  care.fatal = new StoreError(
    `PostgreSQL was started again ${policy.maxRestarts} times in a row and is given up. ` +
      `Last: ${reason}`,
  );
  logger.error({ reason }, care.fatal.message);
  for (const listener of care.listeners) listener(care.fatal);
}

async function stop(care: Care, policy: RestartPolicy, ended: Promise<void>): Promise<void> {
  care.stopping.abort();
  const server = care.current;
  server.stop('SIGINT');
  const late = setTimeout(() => server.stop('SIGQUIT'), policy.stopMs);
  await ended;
  clearTimeout(late);
  care.state = 'stopped';
}

function waitMs({ firstDelayMs, maxDelayMs }: RestartPolicy, restart: number): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** (restart - 1));
}
