/** Connections with MCP servers, shared by all calls of one process. */
import { createHash } from 'node:crypto';
import type { McpServerSpec } from '@tenuto/engine';
import { connect, type McpConnection, type McpReach } from './connection.ts';
import { mcpFailure } from './failure.ts';
import { MCP_LIMITS } from './limits.ts';

export interface McpPool {
  /**
   * A connection with the server as it is registered now; one that broke is made anew.
   * @throws McpFailure, and what the signal was aborted with
   */
  connection(server: McpServerSpec, signal: AbortSignal): Promise<McpConnection>;
  /** Takes no more calls; what is under way there is left to end. */
  retire(connection: McpConnection): void;
  close(): Promise<void>;
}

interface Entry {
  readonly owner: string;
  readonly connection: Promise<McpConnection>;
  open: McpConnection | undefined;
  cancelIdle: () => void;
}

export function createMcpPool(reach: McpReach, idleMs: number = MCP_LIMITS.idleMs): McpPool {
  return new Pool(reach, idleMs);
}

class Pool implements McpPool {
  readonly #reach: McpReach;
  readonly #idleMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #retired = new Set<McpConnection>();
  readonly #stopper = new AbortController();

  constructor(reach: McpReach, idleMs: number) {
    this.#reach = reach;
    this.#idleMs = idleMs;
  }

  async connection(server: McpServerSpec, signal: AbortSignal): Promise<McpConnection> {
    if (this.#stopper.signal.aborted) throw goingDown();
    const key = keyOf(server);
    // Whoever waits first may stop waiting; the others go on.
    const entry = this.#entries.get(key) ?? this.#open(key, server);
    if (entry.open !== undefined) this.#watch(key, entry);
    return await unlessAborted(entry.connection, signal);
  }

  retire(connection: McpConnection): void {
    for (const [key, entry] of this.#entries) {
      if (entry.open === connection) this.#forget(key, entry);
    }
    this.#retired.add(connection);
    const closeWhenIdle = () => {
      if (connection.closed) return;
      if (connection.calls > 0) this.#reach.clock.after(MCP_LIMITS.closeMs, closeWhenIdle);
      else void connection.close().finally(() => this.#retired.delete(connection));
    };
    closeWhenIdle();
  }

  async close(): Promise<void> {
    this.#stopper.abort(goingDown());
    const all = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of all) entry.cancelIdle();
    const opened = await Promise.allSettled(all.map(({ connection }) => connection));
    const open = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all([...open, ...this.#retired].map((connection) => connection.close()));
    await this.#reach.agent.destroy();
  }

  #open(key: string, server: McpServerSpec): Entry {
    this.#refuseMore(server.owner);
    const { signal } = this.#stopper;
    const onClose = () => this.#forget(key, entry);
    const entry: Entry = {
      owner: server.owner,
      connection: connect(server, this.#reach, { signal, onClose }),
      open: undefined,
      cancelIdle: () => undefined,
    };
    this.#entries.set(key, entry);
    entry.connection.then(
      (connection) => {
        entry.open = connection;
        if (signal.aborted) void connection.close();
        else this.#watch(key, entry);
      },
      () => this.#forget(key, entry),
    );
    return entry;
  }

  #refuseMore(owner: string): void {
    const own = [...this.#entries.values()].filter((entry) => entry.owner === owner).length;
    const { connections, connectionsOfOne } = MCP_LIMITS;
    if (own < connectionsOfOne && this.#entries.size < connections) return;
    const message = `There are ${own} connections of yours with MCP servers; one has to end first.`;
    throw mcpFailure('resource_exhausted', 'mcp_connections', message);
  }

  #forget(key: string, entry: Entry): void {
    entry.cancelIdle();
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    if (entry.open?.closed) this.#retired.delete(entry.open);
  }

  /** Closes a connection once it has been idle for a whole interval. */
  #watch(key: string, entry: Entry): void {
    entry.cancelIdle();
    entry.cancelIdle = this.#reach.clock.after(this.#idleMs, () => {
      const { open: connection } = entry;
      if (connection === undefined || connection.closed) return;
      if (connection.calls > 0) return this.#watch(key, entry);
      this.#forget(key, entry);
      void connection.close();
    });
  }
}

function goingDown() {
  return mcpFailure('infrastructure', 'mcp_closing', 'The server goes down.');
}

/** Another setting, or another value of a secret, is another connection. */
function keyOf({ secrets: _, toolsAllow: _a, ...server }: McpServerSpec): string {
  return createHash('sha256').update(JSON.stringify(server)).digest('hex');
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
