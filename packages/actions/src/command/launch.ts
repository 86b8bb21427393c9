import { realpath } from 'node:fs/promises';
import type { ActionCall, ActionOutcome } from '@tenuto/engine';
import { refused } from '../action.ts';
import { childEnvironment } from './environment.ts';
import { workingFolder } from './folder.ts';
import { type CommandOptions, DEFAULT_GRACE_MS } from './options.ts';
import { orphanGuard } from './orphan-guard.ts';
import { type ProcessEnd, runProcessGroup } from './process-group.ts';
import { findProgram } from './program.ts';
import { Refusal } from './refusal.ts';
import { notStarted } from './verdict.ts';

export interface CommandRequest {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Bytes kept of each output stream. */
  readonly maxOutputBytes: number;
}

/** A command that may be started: everything that can be refused has been checked. */
export interface Prepared {
  /** Real path of the working folder. */
  readonly cwd: string;
  /** Real path of the folder that commands are limited to. */
  readonly root: string | undefined;
  /** @throws {NodeJS.ErrnoException} when the system does not start it */
  run(): Promise<ProcessEnd>;
}

export type Prepare = (request: CommandRequest, call: ActionCall) => Promise<Prepared>;

/** Makes the one way in which this server starts commands. */
export function createLauncher(options: CommandOptions): Prepare {
  let guard: Promise<readonly string[]> | undefined;
  return async (request, call) => {
    const [name = '', ...args] = request.command;
    if (request.command.some((part) => part.includes('\0'))) {
      throw new Refusal('invalid_parameters', '`command` must be without NUL.');
    }
    const env = childEnvironment(options, request.env);
    const cwd = await workingFolder(options.root, request.cwd);
    const root = options.root === undefined ? undefined : await realpath(options.root);
    const path = options.environment.PATH;
    const program = await findProgram(name, { allow: options.allow, path, cwd });
    guard ??= orphanGuard();
    const [first = program, ...rest] = [...(await guard), program, ...args];
    const run = () =>
      runProcessGroup(
        {
          argv: [first, ...rest],
          cwd,
          env,
          stdin: request.stdin,
          maxOutputBytes: request.maxOutputBytes,
          graceMs: call.graceMs,
          leftoverMs: options.defaultGraceMs ?? DEFAULT_GRACE_MS,
          clock: options.clock,
        },
        call,
      );
    return { cwd, root, run };
  };
}

/** Runs `action`, and makes a failed outcome of a refusal or of what the system did not start. */
export async function withRefusals(action: () => Promise<ActionOutcome>): Promise<ActionOutcome> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Refusal) return refused(error.type, error.message);
    return { status: 'failed', error: notStarted(error) };
  }
}
