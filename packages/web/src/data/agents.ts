import { useQuery } from '@tanstack/react-query';
import type { WriteAgent, WriteApiToken, WriteCredential } from '@tenuto/contract';
import type { AgentQuery } from '@tenuto/sdk';
import { useChange } from './change.ts';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const key = ['agents'] as const;

export function useAgents(query: AgentQuery) {
  return usePages({
    key: [...key, 'list', query],
    read: (cursor, signal) =>
      client.agents.list({ limit: PAGE, ...query }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

export function useAgent(agentId: string) {
  return useQuery({
    queryKey: [...key, 'one', agentId],
    queryFn: ({ signal }) => client.agents.get(agentId, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export function useCredentials(agentId: string) {
  return usePages({
    key: [...key, 'credentials', agentId],
    read: (cursor, signal) =>
      client.agents.credentials(agentId, { limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

interface TokensWanted {
  readonly agentId?: string;
  readonly live: boolean;
}

export function useTokens({ agentId, live }: TokensWanted) {
  const query = {
    ...(agentId !== undefined && { agent_id: agentId }),
    ...(live && { live }),
  };
  return usePages({
    key: [...key, 'tokens', query],
    read: (cursor, signal) =>
      client.tokens.list({ limit: PAGE, ...query }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

/** An agent as it is written; with the version that was seen, when there is one already. */
export interface AgentChange {
  readonly agentId?: string;
  readonly version?: number;
  readonly body: WriteAgent;
}

export function useWriteAgent() {
  return useChange(key, ({ agentId, version, body }: AgentChange) =>
    agentId === undefined
      ? client.agents.create(body)
      : client.agents.replace(agentId, body, version === undefined ? {} : { version }),
  );
}

export function useRemoveAgent() {
  return useChange(key, (agentId: string) => client.agents.remove(agentId));
}

export function useAddCredential(agentId: string) {
  return useChange(key, (body: WriteCredential) => client.agents.addCredential(agentId, body));
}

export function useRevokeCredential(agentId: string) {
  return useChange(key, (credentialId: string) =>
    client.agents.revokeCredential(agentId, credentialId),
  );
}

export function useCreateToken() {
  return useChange(key, (body: WriteApiToken) => client.tokens.create(body));
}

export function useRevokeToken() {
  return useChange(key, (tokenId: string) => client.tokens.revoke(tokenId));
}

/** What a principal has changed lately. */
export function useActsOf(actor: string | undefined, enabled: boolean) {
  return useQuery({
    queryKey: ['audit', 'of', actor],
    queryFn: ({ signal }) =>
      client.audit.list({ actor: actor ?? '', limit: 20 }, { signal }).first(),
    enabled: enabled && actor !== undefined,
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}
