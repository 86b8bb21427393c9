import type { BudgetStateView, Intervention, RunDetail, RunPhase } from '@tenuto/contract';

/** Whether a decision is about money, which is given by raising a budget. */
export function waitsForMoney({ error }: Pick<Intervention, 'error'>): boolean {
  return error?.type === 'budget_exhausted';
}

/** What `next` would execute: the phases that are ready, or those that a gate has blocked, again. */
export interface ToExecute {
  readonly phases: readonly Pick<RunPhase, 'phase' | 'name'>[];
  readonly isAgain: boolean;
}

export function toExecute({
  status,
  phases,
}: Pick<RunDetail, 'status' | 'phases'>): ToExecute | undefined {
  if (status === 'failed') {
    const blocked = phases.filter(({ error }) => error?.type === 'gate_blocked');
    return blocked.length > 0 ? { phases: blocked, isAgain: true } : undefined;
  }
  const ready = phases.filter((phase) => phase.status === 'ready');
  const goesOn = phases.some((phase) => ['running', 'waiting'].includes(phase.status));
  return status !== 'running' || goesOn || ready.length === 0
    ? undefined
    : { phases: ready, isAgain: false };
}

/** The share of a budget that is spent; undefined where there is no limit. */
export function spentShare({
  limit_usd: limit,
  spent_usd: spent,
}: Pick<BudgetStateView, 'limit_usd' | 'spent_usd'>): number | undefined {
  if (limit === null) return undefined;
  return limit > 0 ? spent / limit : 1;
}

/** Half as much again, in round steps: what is offered as the new limit. */
export function nextLimit({
  limit_usd: limit,
  spent_usd: spent,
}: Pick<BudgetStateView, 'limit_usd' | 'spent_usd'>): number {
  const least = Math.max(limit ?? 0, spent) * 1.5;
  if (least <= 0) return 1;
  const step = 10 ** Math.floor(Math.log10(least));
  const rounded = Math.ceil(Number((least / (step / 2)).toPrecision(9))) * (step / 2);
  return Number(rounded.toPrecision(3));
}

/** USD as people read it: cents, and as many digits as small amounts need. */
export function usd(amount: number): string {
  if (amount === 0) return '$0';
  const least = Math.abs(amount) >= 1 ? 2 : 6;
  const [whole = '0', digits = ''] = amount.toFixed(least).split('.');
  return `$${whole}.${digits.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** A size in bytes as people read it. */
export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  if (size < 1_000_000) return `${(size / 1_000).toFixed(1)} kB`;
  if (size < 1_000_000_000) return `${(size / 1_000_000).toFixed(1)} MB`;
  return `${(size / 1_000_000_000).toFixed(1)} GB`;
}

/** A score between 0 and 1 as people read it; never 100% unless it is. */
export function score(value: number | null): string {
  if (value === null) return '–';
  return `${Math.floor(value * 1_000 + 1e-9) / 10}%`;
}
