import { useQuery } from '@tanstack/react-query';
import type { WriteMcpServer } from '@tenuto/contract';
import { useChange } from './change.ts';
import { client } from './client.ts';
import { LIVE_MS } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const key = ['mcp-servers'] as const;

export function useMcpServers() {
  return usePages({
    key: [...key, 'list'],
    read: (cursor, signal) => client.mcpServers.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

/** The tools that a server has now: it is asked, so only when somebody wants to know. */
export function useMcpTools(name: string) {
  return useQuery({
    queryKey: [...key, 'tools', name],
    queryFn: ({ signal }) => client.mcpServers.tools(name, { signal }),
  });
}

/** A server as it is written; with the version that was seen, when there is one already. */
export interface McpServerChange {
  readonly version?: number;
  readonly body: WriteMcpServer;
}

export function useWriteMcpServer() {
  return useChange([...key, 'list'], ({ version, body }: McpServerChange) =>
    version === undefined
      ? client.mcpServers.create(body)
      : client.mcpServers.replace(body.name, body, { version }),
  );
}

export function useRemoveMcpServer() {
  return useChange([...key, 'list'], (name: string) => client.mcpServers.remove(name));
}

export function useCheckMcpServer() {
  return useChange([...key, 'tools'], (name: string) => client.mcpServers.check(name));
}
