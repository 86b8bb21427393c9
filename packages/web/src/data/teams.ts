import { useQuery } from '@tanstack/react-query';
import type { WriteQuota, WriteTeam } from '@tenuto/contract';
import { useChange } from './change.ts';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const teamsKey = ['teams'] as const;
const quotasKey = ['quotas'] as const;

export function useTeams() {
  return usePages({
    key: teamsKey,
    read: (cursor, signal) => client.teams.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

/** A team as it is written; with what was seen of it, when there is one already. */
export interface TeamChange {
  readonly known?: { readonly teamId: string; readonly version: number };
  readonly body: WriteTeam;
}

export function useWriteTeam() {
  return useChange(teamsKey, ({ known, body }: TeamChange) =>
    known === undefined
      ? client.teams.create(body)
      : client.teams.replace(known.teamId, body, { version: known.version }),
  );
}

export function useRemoveTeam() {
  return useChange(teamsKey, (teamId: string) => client.teams.remove(teamId));
}

/** What somebody may have, and has; whoever is signed in, when nobody is named. */
export function useQuotaUse(principal?: string) {
  return useQuery({
    queryKey: [...quotasKey, 'use', principal ?? null],
    queryFn: ({ signal }) =>
      principal === undefined
        ? client.quotas.me({ signal })
        : client.quotas.use(principal, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export function useQuotas(enabled: boolean) {
  return usePages({
    key: [...quotasKey, 'list'],
    read: (cursor, signal) => client.quotas.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
    enabled,
  });
}

export interface QuotaChange {
  readonly principal: string;
  readonly version?: number;
  readonly body: WriteQuota;
}

export function useWriteQuota() {
  return useChange(quotasKey, ({ principal, version, body }: QuotaChange) =>
    client.quotas.put(principal, body, version === undefined ? {} : { version }),
  );
}

export function useRemoveQuota() {
  return useChange(quotasKey, (principal: string) => client.quotas.remove(principal));
}
