import type { Quota, QuotaUse } from '@tenuto/contract';

/** What a quota can limit, in the order in which it is shown. */
export const LIMIT_NAMES = [
  'runs_per_day',
  'concurrent_runs',
  'storage_bytes',
  'events_per_minute',
  'usd_per_day',
  'usd_per_month',
] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** How much of a limit is used, by the name that the limit has. */
const USED: Readonly<Partial<Record<LimitName, keyof QuotaUse['used']>>> = {
  runs_per_day: 'runs_today',
  concurrent_runs: 'concurrent_runs',
  storage_bytes: 'storage_bytes',
  usd_per_day: 'usd_today',
  usd_per_month: 'usd_this_month',
};

export interface LimitUse {
  readonly name: LimitName;
  /** Null: none. */
  readonly limit: number | null;
  readonly used: number | undefined;
  /** Of the limit, from 0; undefined without one. */
  readonly share: number | undefined;
}

/** Each limit with what is used of it. */
export function limitUses(use: QuotaUse): LimitUse[] {
  return LIMIT_NAMES.map((name) => {
    const limit = use[name];
    const key = USED[name];
    const used = key === undefined ? undefined : use.used[key];
    const share = limit === null || used === undefined ? undefined : limit === 0 ? 1 : used / limit;
    return { name, limit, used, share };
  });
}

/** What a form of limits holds: texts, empty for no limit. */
export type LimitTexts = Readonly<Record<LimitName, string>>;

export function limitTexts(quota: Pick<Quota, LimitName> | undefined): LimitTexts {
  const text = (name: LimitName) => quota?.[name]?.toString() ?? '';
  return {
    runs_per_day: text('runs_per_day'),
    concurrent_runs: text('concurrent_runs'),
    storage_bytes: text('storage_bytes'),
    events_per_minute: text('events_per_minute'),
    usd_per_day: text('usd_per_day'),
    usd_per_month: text('usd_per_month'),
  };
}

/** @returns the body; what is no number is left for the server to refuse by name */
export function limitsOf(texts: LimitTexts): Partial<Record<LimitName, number>> {
  return Object.fromEntries(
    LIMIT_NAMES.filter((name) => texts[name].trim() !== '').map((name) => [
      name,
      Number(texts[name]),
    ]),
  );
}
