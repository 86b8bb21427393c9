import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionOutcome, Clock, LogStream } from '@tenuto/engine';

export interface ManualClock extends Clock {
  /** Lets all pending timers of this many milliseconds fire. */
  elapse(ms: number): void;
}

/** Timers that fire when the test says so, and never by themselves. */
export function manualClock(): ManualClock {
  const timers = new Set<{ readonly ms: number; readonly run: () => void }>();
  return {
    wall: () => 0,
    mono: () => 0,
    after(ms, run) {
      const timer = { ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    elapse(ms) {
      for (const timer of [...timers]) {
        if (timer.ms !== ms || !timers.delete(timer)) continue;
        timer.run();
      }
    },
  };
}

export interface LoggedCall extends ActionCall {
  readonly logged: readonly { readonly stream: LogStream; readonly text: string }[];
  /** Resolves once this text has been logged. */
  untilLogged(text: string): Promise<void>;
}

/** A call as the engine would make it, that remembers what it logged. */
export function callWith(parameters: JsonObject, rest: Partial<ActionCall> = {}): LoggedCall {
  const logged: { stream: LogStream; text: string }[] = [];
  let waiting: { text: string; resolve: () => void }[] = [];
  const seen = (text: string) => logged.some((entry) => entry.text.includes(text));
  return {
    runId: 'run-1',
    nodeId: 'node-1',
    attempt: 1,
    earlierAttempts: (rest.attempt ?? 1) - 1,
    owner: 'ana',
    idempotencyKey: 'run-1/node-1',
    uses: 'command.run',
    with: parameters,
    startedAt: 0,
    signal: new AbortController().signal,
    graceMs: 60_000,
    heartbeat() {},
    ...rest,
    logged,
    log(stream, text) {
      logged.push({ stream, text });
      waiting = waiting.filter((wait) => {
        if (seen(wait.text)) wait.resolve();
        return !seen(wait.text);
      });
    },
    untilLogged(text) {
      if (seen(text)) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ text, resolve }));
    },
  };
}

/** The error of an outcome that should have one. */
export function errorOf(outcome: ActionOutcome) {
  if (!('error' in outcome)) throw new Error(`No error: ${JSON.stringify(outcome)}`);
  return outcome.error;
}

/** The output of an outcome that should have one. */
export function outputOf(outcome: ActionOutcome): JsonObject {
  const output = 'output' in outcome ? outcome.output : undefined;
  if (
    output === undefined ||
    output === null ||
    typeof output !== 'object' ||
    !('exit_code' in output)
  )
    throw new Error(`No output: ${JSON.stringify(outcome)}`);
  return output;
}

export interface Scratch {
  readonly folder: string;
  /** Writes a Node program into the folder and returns the command that runs it. */
  script(name: string, source: string): Promise<readonly string[]>;
  /** Writes any file; returns its path. */
  file(name: string, text: string | Uint8Array, mode?: number): Promise<string>;
  remove(): Promise<void>;
}

/** A folder of its own for a test. */
export async function scratch(): Promise<Scratch> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tenuto-command-')));
  const file = async (name: string, text: string | Uint8Array, mode = 0o644) => {
    const path = join(folder, name);
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  };
  return {
    folder,
    file,
    async script(name, source) {
      return [process.execPath, await file(name, source)];
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
