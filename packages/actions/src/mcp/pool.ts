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
  readonly connection: Promise<McpConnection>;
  open: McpConnection | undefined;
  cancelIdle: () => void;
}

export function createMcpPool(reach: McpReach, idleMs: number = MCP_LIMITS.idleMs): McpPool {
  const entries = new Map<string, Entry>();
  const retired = new Set<McpConnection>();
  const stopper = new AbortController();

  function open(key: string, server: McpServerSpec): Entry {
    if (entries.size >= MCP_LIMITS.connections) {
      const message = `There are ${entries.size} connections with MCP servers; more are not opened.`;
      throw mcpFailure('resource_exhausted', 'mcp_connections', message);
    }
    const onClose = () => forget(key, entry);
    const entry: Entry = {
      connection: connect(server, reach, { signal: stopper.signal, onClose }),
      open: undefined,
      cancelIdle: () => undefined,
    };
    entries.set(key, entry);
    entry.connection.then(
      (connection) => {
        entry.open = connection;
        if (stopper.signal.aborted) void connection.close();
        else watch(key, entry);
      },
      () => forget(key, entry),
    );
    return entry;
  }

  function forget(key: string, entry: Entry): void {
    entry.cancelIdle();
    if (entries.get(key) === entry) entries.delete(key);
    if (entry.open !== undefined) retired.delete(entry.open);
  }

  /** Closes a connection once it has been idle for a whole interval. */
  function watch(key: string, entry: Entry): void {
    entry.cancelIdle();
    entry.cancelIdle = reach.clock.after(idleMs, () => {
      const { open: connection } = entry;
      if (connection === undefined || connection.closed) return;
      if (connection.calls > 0) return watch(key, entry);
      forget(key, entry);
      void connection.close();
    });
  }

  return {
    async connection(server, signal) {
      if (stopper.signal.aborted) throw goingDown();
      const key = keyOf(server);
      // Whoever waits first may stop waiting; the others go on.
      const entry = entries.get(key) ?? open(key, server);
      if (entry.open !== undefined) watch(key, entry);
      return await unlessAborted(entry.connection, signal);
    },
    retire(connection) {
      for (const [key, entry] of entries) if (entry.open === connection) forget(key, entry);
      retired.add(connection);
      const closeWhenIdle = () => {
        if (connection.closed) return;
        if (connection.calls > 0) reach.clock.after(MCP_LIMITS.closeMs, closeWhenIdle);
        else void connection.close().finally(() => retired.delete(connection));
      };
      closeWhenIdle();
    },
    async close() {
      stopper.abort(goingDown());
      const all = [...entries.values()];
      entries.clear();
      for (const entry of all) entry.cancelIdle();
      const opened = await Promise.allSettled(all.map(({ connection }) => connection));
      const open = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await Promise.all([...open, ...retired].map((connection) => connection.close()));
      await reach.agent.destroy();
    },
  };
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
