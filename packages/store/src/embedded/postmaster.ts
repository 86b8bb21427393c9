import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import type { ServerLog } from './log.ts';
import { pidFileStamp, readPidFile } from './pid-file.ts';
import { isAlive } from './process-probe.ts';
import type { RunUser } from './run-user.ts';
import { StoreError } from './store-error.ts';
import { programName, runTool, TOOL_ENVIRONMENT } from './tool.ts';

/** `SIGINT` ends sessions and stops in order; `SIGQUIT` stops at once and recovers at next start. */
export type StopSignal = 'SIGINT' | 'SIGQUIT';

/** The main process of a server. */
export interface Postmaster {
  /** Undefined when it could not even be started. */
  readonly pid: number | undefined;
  /** Settles when it is gone, with how it ended. */
  readonly exited: Promise<string>;
  /** Settles when it accepts connections. Throws StoreError when it ends before that. */
  ready(): Promise<void>;
  stop(signal: StopSignal): void;
}

export interface LaunchOptions {
  readonly binaries: Binaries;
  readonly pgFolder: string;
  readonly user: RunUser | undefined;
  readonly settings: readonly string[];
  readonly log: ServerLog;
}

const READY_POLL_MS = 10;
const ALIVE_POLL_MS = 100;
const DRAIN_MS = 500;

/**
 * Starts a server. It lives in a session of its own, so that Ctrl-C at the terminal reaches only
 * us, who then stop it when everything that uses it has ended.
 */
export function launch(options: LaunchOptions): Postmaster {
  const { binaries, pgFolder, user, settings, log } = options;
  const program = `${binaries.folder}/${programName('postgres')}`;
  // In a container a new server easily has the pid of the one before it.
  const stale = pidFileStamp(pgFolder);
  const child = spawn(program, ['-D', pgFolder, ...settings], {
    cwd: pgFolder,
    env: TOOL_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    windowsHide: true,
    ...user,
  });
  log.follow(child.stderr);
  const drained = once(child, 'close').catch(() => {});
  let ended: string | undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  }).then((reason) => {
    ended = reason;
    return reason;
  });
  return {
    pid: child.pid,
    exited,
    async ready() {
      while (ended === undefined) {
        const file = await readPidFile(pgFolder);
        if (file?.pid === child.pid && file?.ready && pidFileStamp(pgFolder) !== stale) return;
        await delay(READY_POLL_MS);
      }
      // What it said last is still on its way; children of it may hold the pipe open.
      await Promise.race([drained, delay(DRAIN_MS)]);
      const cause = log.complaints() || 'it said nothing';
      throw new StoreError(`PostgreSQL did not start (${ended}): ${cause}`);
    },
    stop: (signal) => sendStop({ binaries, pid: child.pid, signal }),
  };
}

/** Takes charge of a server that runs and answers, though it is no child of ours. */
export function attach(pid: number, binaries: Binaries): Postmaster {
  async function untilGone(): Promise<string> {
    while (await isAlive(pid)) await delay(ALIVE_POLL_MS);
    return 'it is gone';
  }
  return {
    pid,
    exited: untilGone(),
    async ready() {},
    stop: (signal) => sendStop({ binaries, pid, signal }),
  };
}

interface StopOrder {
  readonly binaries: Binaries;
  readonly pid: number | undefined;
  readonly signal: StopSignal;
}

function sendStop({ binaries, pid, signal }: StopOrder): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    // Signals of PostgreSQL are messages over a pipe there; Node's would end it on the spot.
    const order = ['kill', signal.slice('SIG'.length), String(pid)];
    const call = {
      tool: 'pg_ctl',
      arguments: order,
      user: undefined,
      cwd: binaries.folder,
    } as const;
    void runTool(binaries.folder, call).catch(() => {});
    return;
  }
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
