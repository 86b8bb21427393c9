import { type ChildProcess, spawn } from 'node:child_process';
import { deserializeMessage, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { McpServerSpec } from '@tenuto/engine';
import { childEnvironment } from '../command/environment.ts';
import { workingFolder } from '../command/folder.ts';
import type { CommandOptions } from '../command/options.ts';
import { orphanGuard } from '../command/orphan-guard.ts';
import { findProgram } from '../command/program.ts';
import { lastLines } from '../command/verdict.ts';
import { mcpFailure } from './failure.ts';
import { MCP_LIMITS } from './limits.ts';
import { messageLines } from './message-lines.ts';

/** A server's process, spoken with over its standard input and output. */
export interface StdioTransport extends Transport {
  /** The last that it wrote to its standard error. */
  complaints(): string;
}

/**
 * A transport whose server is a program without a shell, in a process group of its own. Nothing of
 * the server's environment reaches it but what commands get, and its own variables. The whole group
 * is ended with the connection.
 */
export function stdioTransport(
  server: Pick<McpServerSpec, 'command' | 'env'>,
  options: CommandOptions,
): StdioTransport {
  return new StdioConnection(server, options);
}

class StdioConnection implements StdioTransport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  readonly #server: Pick<McpServerSpec, 'command' | 'env'>;
  readonly #options: CommandOptions;
  #child: ChildProcess | undefined;
  #closed = false;
  #stderr = '';
  #garbage = 0;
  /** Settles when the process is gone and its pipes are closed. */
  #gone: Promise<void> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();

  constructor(server: Pick<McpServerSpec, 'command' | 'env'>, options: CommandOptions) {
    this.#server = server;
    this.#options = options;
  }

  complaints(): string {
    return lastLines(this.#stderr);
  }

  /** @throws Refusal for a program that may not be started, and what the system says */
  async start(): Promise<void> {
    const { command, env: own } = this.#server;
    const { allow, root, environment } = this.#options;
    const [name = '', ...args] = command;
    const env = childEnvironment(this.#options, own);
    const cwd = await workingFolder(root, undefined);
    const program = await findProgram(name, { allow, path: environment.PATH, cwd });
    const [first = program, ...rest] = [...(await orphanGuard()), program, ...args];
    const child = spawn(first, rest, { cwd, env, detached: true, stdio: 'pipe' });
    this.#child = child;
    this.#gone = new Promise((resolve) => child.once('close', () => resolve()));
    this.#follow(child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  #follow(child: ChildProcess): void {
    const lines = messageLines(MCP_LIMITS.messageBytes, (line) => this.#take(line));
    child.stdout?.on('data', (chunk: Buffer) => {
      try {
        if (!this.#closed) lines.write(chunk);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#fail(mcpFailure('permanent', 'response_too_large', message, { sent: true }));
      }
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MCP_LIMITS.stderrChars);
    });
    for (const stream of child.stdio) stream?.on('error', () => undefined);
    child.on('error', () => undefined);
    child.once('close', () => this.#end());
    // A child of its own may hold its pipes open: the server is gone all the same.
    child.once('exit', () => this.#options.clock.after(MCP_LIMITS.closeMs, () => this.#end()));
  }

  #take(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = deserializeMessage(line);
    } catch {
      // Programs print things; one that prints nothing else speaks another language.
      this.#garbage += 1;
      if (this.#garbage > MCP_LIMITS.garbageLines) {
        const message = 'Its standard output is not MCP.';
        this.#fail(mcpFailure('permanent', 'mcp_protocol', message, { sent: true }));
      }
      return;
    }
    // An answer must not overtake what was said before it, which the library hears a tick later.
    this.#turn = this.#turn
      .then(() => this.onmessage?.(message))
      .then(tick)
      .then(tick);
  }

  #fail(error: Error): void {
    this.onerror?.(error);
    void this.close();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const input = this.#child?.stdin;
    if (this.#closed || !input?.writable) throw new Error('The connection is closed.');
    if (input.write(serializeMessage(message))) return;
    // Who does not read must not hold the caller up: its time limit does the rest.
    await Promise.race([new Promise<void>((resolve) => input.once('drain', resolve)), this.#gone]);
  }

  /** Ends the group: politely first, for certain then. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined || this.#closed) return;
    const { clock } = this.#options;
    const within = () =>
      Promise.race([
        this.#gone.then(() => true),
        new Promise<boolean>((resolve) => clock.after(MCP_LIMITS.closeMs, () => resolve(false))),
      ]);
    child.stdin?.end();
    if (!(await within())) {
      signalGroup(child, 'SIGTERM');
      await within();
    }
    this.#end();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#child !== undefined) signalGroup(this.#child, 'SIGKILL');
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
    this.onclose?.();
  }
}

const tick = () => undefined;

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
