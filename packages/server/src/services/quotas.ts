import {
  formatTime,
  type List,
  OrchestrationError,
  type Quota,
  type QuotaUse,
  type WriteQuota,
} from '@tenuto/contract';
import {
  type BudgetStore,
  nanoUsd,
  type QuotaLimits,
  type QuotaRecord,
  type QuotaStore,
  usdOf,
} from '@tenuto/engine';
import { accessOf, authorize, type Caller, isAdmin } from '../auth/principal.ts';
import { auditOf, refuseStale, stale, wantedVersion } from './job-state.ts';
import { listOf, type Paging, pageRequest } from './paging.ts';
import type { QuotaGate } from './quota-gate.ts';

export interface QuotaParts {
  readonly quotas: QuotaStore;
  readonly budgets: Pick<BudgetStore, 'ofPrincipal'>;
  readonly gate: QuotaGate;
}

const WHAT = 'quotas';
const byName = {
  write: (name: string) => [name],
  read: ([name]: readonly unknown[]) => (typeof name === 'string' ? name : undefined),
};

/** By name. */
export async function listQuotas(
  { quotas }: QuotaParts,
  caller: Caller,
  paging: Paging,
): Promise<List<Quota>> {
  authorize(caller.principal, 'admin', WHAT);
  const request = pageRequest(paging, byName);
  const page = await quotas.list(request);
  return listOf(page, request, { codec: byName, key: (quota) => quota.principal, item: quotaView });
}

/** @throws OrchestrationError 404 */
export async function getQuota(
  { quotas }: QuotaParts,
  caller: Caller,
  principal: string,
): Promise<Quota> {
  authorize(caller.principal, 'admin', WHAT);
  return quotaView(await findQuota(quotas, principal));
}

/** What the caller may have and has, or the team they act for. */
export async function ownQuota(parts: QuotaParts, caller: Caller): Promise<QuotaUse> {
  const { owner } = accessOf(caller.principal);
  const own = await parts.quotas.find(owner);
  const limits = own ?? (isAdmin(caller.principal) ? undefined : await parts.quotas.find('*'));
  return useOf(parts, owner, limits);
}

/**
 * What anybody may have and has. Whether somebody without a quota of their own is an administrator, who
 * has none, is not known: they are shown with that of everybody.
 * @throws OrchestrationError 404 for `*`, which is nobody
 */
export async function quotaUse(
  parts: QuotaParts,
  caller: Caller,
  principal: string,
): Promise<QuotaUse> {
  authorize(caller.principal, 'admin', WHAT);
  if (principal === '*') {
    throw new OrchestrationError('not_found', '`*` is a quota, and nobody who uses it.');
  }
  const limits = (await parts.quotas.find(principal)) ?? (await parts.quotas.find('*'));
  return useOf(parts, principal, limits);
}

async function useOf(
  { quotas, budgets }: QuotaParts,
  owner: string,
  limits: QuotaLimits | undefined,
): Promise<QuotaUse> {
  const usage = await quotas.usage(owner);
  const spent = await budgets.ofPrincipal(owner);
  return {
    ...{ principal: owner, ...limitsView(limits ?? NONE) },
    used: {
      runs_today: usage.runsToday,
      concurrent_runs: usage.concurrentRuns,
      storage_bytes: usage.storageBytes,
      usd_today: usdOf(spent.day),
      usd_this_month: usdOf(spent.month),
    },
  };
}

interface Change {
  readonly principal: string;
  readonly ifMatch: string | undefined;
}

/** @throws OrchestrationError 412 */
export async function putQuota(
  { quotas, gate }: QuotaParts,
  caller: Caller,
  { principal, ifMatch, body }: Change & { readonly body: WriteQuota },
): Promise<{ readonly quota: Quota; readonly made: boolean }> {
  authorize(caller.principal, 'admin', WHAT);
  const present = await quotas.find(principal);
  refuseOtherVersion(present, ifMatch);
  const audit = auditOf(caller, 'quota.updated', principal, { ...body });
  const version = present === undefined ? {} : wantedVersion(present, ifMatch);
  const put = await quotas.put({ principal, ...version, limits: limitsOf(body), audit });
  gate.changed();
  const quota = await findQuota(quotas, principal);
  if (put === 'stale') throw stale(quota);
  return { quota: quotaView(quota), made: put === 'made' };
}

/**
 * @returns the quota as it was
 * @throws OrchestrationError 404, 412
 */
export async function deleteQuota(
  { quotas, gate }: QuotaParts,
  caller: Caller,
  { principal, ifMatch }: Change,
): Promise<Quota> {
  authorize(caller.principal, 'admin', WHAT);
  const present = await findQuota(quotas, principal);
  refuseStale(present, ifMatch);
  const audit = auditOf(caller, 'quota.deleted', principal, {});
  const removed = await quotas.remove({ principal, ...wantedVersion(present, ifMatch), audit });
  gate.changed();
  if (removed === 'missing') throw noQuota(principal);
  if (removed === 'stale') throw stale(await findQuota(quotas, principal));
  return quotaView(present);
}

function refuseOtherVersion(present: QuotaRecord | undefined, ifMatch: string | undefined): void {
  if (present !== undefined) refuseStale(present, ifMatch);
  else if (ifMatch !== undefined) {
    throw new OrchestrationError('precondition_failed', 'There is no such quota by now.');
  }
}

async function findQuota(quotas: QuotaStore, principal: string): Promise<QuotaRecord> {
  const found = await quotas.find(principal);
  if (found === undefined) throw noQuota(principal);
  return found;
}

function noQuota(principal: string): OrchestrationError {
  return new OrchestrationError('not_found', `"${principal}" has no quota.`);
}

const NONE: QuotaLimits = {
  ...{ runsPerDay: null, concurrentRuns: null, storageBytes: null, eventsPerMinute: null },
  ...{ nanoUsdPerDay: null, nanoUsdPerMonth: null },
};

function limitsOf(body: WriteQuota): QuotaLimits {
  return {
    runsPerDay: body.runs_per_day ?? null,
    concurrentRuns: body.concurrent_runs ?? null,
    storageBytes: body.storage_bytes ?? null,
    eventsPerMinute: body.events_per_minute ?? null,
    nanoUsdPerDay: nanoOrNull(body.usd_per_day),
    nanoUsdPerMonth: nanoOrNull(body.usd_per_month),
  };
}

function nanoOrNull(usd: number | null | undefined): number | null {
  return usd == null ? null : nanoUsd(usd);
}

function usdOrNull(nano: number | null): number | null {
  return nano === null ? null : usdOf(nano);
}

function limitsView(limits: QuotaLimits) {
  return {
    runs_per_day: limits.runsPerDay,
    concurrent_runs: limits.concurrentRuns,
    storage_bytes: limits.storageBytes,
    events_per_minute: limits.eventsPerMinute,
    usd_per_day: usdOrNull(limits.nanoUsdPerDay),
    usd_per_month: usdOrNull(limits.nanoUsdPerMonth),
  };
}

function quotaView(quota: QuotaRecord): Quota {
  return {
    ...{ principal: quota.principal, ...limitsView(quota) },
    updated_at: formatTime(quota.updatedAt),
    updated_by: quota.updatedBy,
    version: quota.version,
  };
}
