import type { Quota, QuotaUse, WriteQuota } from '@tenuto/contract';
import { ApiError, type Client } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { PAGE, readCount, showList } from './listing.ts';

type Limit = Exclude<keyof WriteQuota, undefined>;

/** Each limit by the flag that sets it. */
const LIMITS = {
  runsPerDay: 'runs_per_day',
  runsAtOnce: 'concurrent_runs',
  storage: 'storage_bytes',
  eventsPerMinute: 'events_per_minute',
  usdPerDay: 'usd_per_day',
  usdPerMonth: 'usd_per_month',
} as const satisfies Readonly<Record<string, Limit>>;

type Flag = keyof typeof LIMITS;
const FLAGS = Object.keys(LIMITS).filter((name): name is Flag => name in LIMITS);

/** As they were written; `none` takes a limit away. */
export type QuotaOptions = Readonly<Partial<Record<Flag, string>>>;

/** `tenuto quotas ls`: by principal. */
export const listQuotas: Command<[options: { readonly limit: string }]> = async (
  session,
  { limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().quotas.list({ limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, (quotas) =>
    tableLines(
      ['PRINCIPAL', 'RUNS/DAY', 'AT ONCE', 'BYTES', 'EVENTS/MIN', 'USD/DAY', 'USD/MONTH'],
      quotas.map((quota) => [
        truncate(printable(quota.principal), 40),
        ...FLAGS.map((flag) => String(quota[LIMITS[flag]] ?? '')),
      ]),
    ),
  );
};

/** `tenuto quotas set PRINCIPAL`: limits that are not named stay as they are. */
export const setQuota: Command<[principal: string, options: QuotaOptions]> = async (
  { output, client },
  principal,
  options,
) => {
  const given = FLAGS.flatMap((flag) => {
    const text = options[flag];
    return text === undefined ? [] : [[LIMITS[flag], readLimit(text, flag)] as const];
  });
  if (given.length === 0) throw new UsageError('Say which limit to set; see --help.');
  const present = await presentOf(client(), principal);
  const body: WriteQuota = { ...(present && limitsOf(present)), ...Object.fromEntries(given) };
  const quota = await client().quotas.put(principal, body, {
    ...(present !== undefined && { version: present.version }),
  });
  output.result(quota, () => quotaLines(quota));
  return EXIT.ok;
};

/** `tenuto quotas rm PRINCIPAL`. */
export const removeQuota: Command<[principal: string]> = async ({ output, client }, principal) => {
  const quota = await client().quotas.remove(principal);
  output.result(quota, () => [`${printable(quota.principal)} has no quota of its own any more.`]);
  return EXIT.ok;
};

/** `tenuto quotas me`: what one may have, and has. */
export const showOwnQuota: Command<[]> = async ({ output, client }) => {
  const use = await client().quotas.me();
  output.result(use, () => useLines(use));
  return EXIT.ok;
};

/** `tenuto quotas use PRINCIPAL`: what somebody may have, and has. */
export const showQuotaUse: Command<[principal: string]> = async ({ output, client }, principal) => {
  const use = await client().quotas.use(principal);
  output.result(use, () => useLines(use));
  return EXIT.ok;
};

async function presentOf(client: Client, principal: string): Promise<Quota | undefined> {
  try {
    return await client.quotas.get(principal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function limitsOf(quota: Quota): WriteQuota {
  return Object.fromEntries(FLAGS.map((flag) => [LIMITS[flag], quota[LIMITS[flag]]]));
}

function readLimit(text: string, flag: Flag): number | null {
  if (text === 'none') return null;
  const isMoney = flag === 'usdPerDay' || flag === 'usdPerMonth';
  if ((isMoney ? /^\d+(\.\d+)?$/ : /^\d+$/).test(text)) return Number(text);
  const name = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${name} is a number, or none; "${printable(text)}" is not.`);
}

function quotaLines(quota: Quota): readonly string[] {
  const limits = FLAGS.map((flag) => LIMITS[flag]).filter((name) => quota[name] !== null);
  return [
    `${printable(quota.principal)} may have`,
    ...limits.map((name) => line(name, String(quota[name]))),
    ...(limits.length === 0 ? ['  as much as it likes'] : []),
  ];
}

/** What is counted, beside the limit that it is counted for. */
const USED = {
  runs_today: 'runs_per_day',
  concurrent_runs: 'concurrent_runs',
  storage_bytes: 'storage_bytes',
  usd_today: 'usd_per_day',
  usd_this_month: 'usd_per_month',
} as const satisfies Readonly<Record<keyof QuotaUse['used'], Limit>>;

function useLines(use: QuotaUse): readonly string[] {
  const { used } = use;
  const names = Object.keys(used).filter((name): name is keyof typeof USED => name in USED);
  return [
    `${printable(use.principal)} has`,
    ...names.map((name) => {
      const limit = use[USED[name]];
      return line(name, `${used[name]} of ${limit ?? 'any number'}`);
    }),
  ];
}

function line(name: string, value: string): string {
  return `  ${name.replaceAll('_', ' ').padEnd(18)} ${value}`;
}
