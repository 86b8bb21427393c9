import { type ChildProcess, spawn } from 'node:child_process';
import type { ActionCall, Clock } from '@tenuto/engine';
import { type KeptOutput, keepOutput } from './kept-output.ts';
import { lineLog } from './line-log.ts';
import { COMMAND_LIMITS } from './options.ts';

export interface ProcessRequest {
  /** Absolute path of the program, then its arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
  /** Bytes kept of each output stream. */
  readonly maxOutputBytes: number;
  /** Milliseconds between the polite and the final kill after an abort. */
  readonly graceMs: number;
  /** Milliseconds that processes get which the program left behind with its output still open. */
  readonly leftoverMs: number;
  readonly clock: Clock;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
  readonly durationMs: number;
  /** Whether the end was brought about by the attempt's abort signal. */
  readonly aborted: boolean;
}

/**
 * Runs a program, without a shell, in a process group of its own, and ends the whole group with it:
 * what the program leaves behind is killed. On abort the group gets SIGTERM, and SIGKILL after the
 * grace time. Its output goes to the attempt's log line by line.
 *
 * A process that left the group (`setsid`) is out of reach; it cannot hold up the end, however.
 *
 * @throws {NodeJS.ErrnoException} when the program cannot be started
 */
export function runProcessGroup(
  request: ProcessRequest,
  call: Pick<ActionCall, 'signal' | 'log'>,
): Promise<ProcessEnd> {
  const started = request.clock.mono();
  const [program, ...args] = request.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      stdio: 'pipe',
    });
    const stdout = follow(child.stdout, request.maxOutputBytes, (text) => call.log('stdout', text));
    const stderr = follow(child.stderr, request.maxOutputBytes, (text) => call.log('stderr', text));
    // A program need not read what it is given; that it does not is no failure of its own.
    child.stdin.on('error', () => {});
    child.stdin.end(request.stdin ?? '');
    child.once('error', (error) => {
      if (child.pid === undefined) reject(error);
    });
    endGroup(child, request, call.signal, (aborted) => {
      stdout.end();
      stderr.end();
      resolve({
        exitCode: child.exitCode,
        signal: child.signalCode,
        stdout: stdout.kept,
        stderr: stderr.kept,
        durationMs: request.clock.mono() - started,
        aborted,
      });
    });
  });
}

function follow(stream: NodeJS.ReadableStream, limitBytes: number, log: (text: string) => void) {
  const kept = keepOutput(limitBytes);
  const lines = lineLog(log);
  const take = (chunk: Buffer) => {
    kept.write(chunk);
    lines.write(chunk);
  };
  stream.on('data', take);
  stream.on('error', () => {});
  const end = () => {
    stream.off('data', take);
    lines.end();
  };
  return { kept, end };
}

/** Calls `done` once, when the group has ended or cannot be waited for any longer. */
function endGroup(
  child: ChildProcess,
  { clock, graceMs, leftoverMs }: ProcessRequest,
  abort: AbortSignal,
  done: (aborted: boolean) => void,
): void {
  let phase: 'running' | 'closed' | 'killed' | 'finished' = 'running';
  let aborted = false;
  let cancelTimer = () => {};
  const timer = (ms: number, run: () => void) => {
    cancelTimer();
    cancelTimer = clock.after(ms, run);
  };
  const finish = () => {
    if (phase === 'finished') return;
    phase = 'finished';
    cancelTimer();
    abort.removeEventListener('abort', onAbort);
    signalGroup(child, 'SIGKILL');
    for (const pipe of child.stdio) pipe?.destroy();
    done(aborted);
  };
  const kill = () => {
    signalGroup(child, 'SIGKILL');
    if (phase === 'closed') return finish();
    phase = 'killed';
    timer(COMMAND_LIMITS.pipeCloseMs, finish);
  };
  const onAbort = () => {
    // What ended by itself keeps its result, even if something it left behind is stopped now.
    aborted = child.exitCode === null && child.signalCode === null;
    signalGroup(child, 'SIGTERM');
    timer(graceMs, kill);
  };
  child.once('spawn', () => {
    if (abort.aborted) onAbort();
    else abort.addEventListener('abort', onAbort, { once: true });
  });
  child.once('exit', () => {
    if (phase === 'running' && !abort.aborted) timer(leftoverMs, kill);
  });
  child.once('close', () => {
    if (child.pid === undefined) return;
    // The rest of an aborted group has its grace time even if the program itself was quick.
    const waits = phase === 'running' && abort.aborted && signalGroup(child, 0);
    if (waits) phase = 'closed';
    else finish();
  });
}

/** Whether there was anybody to signal. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}
