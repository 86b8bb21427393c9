import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly minutes: number;
  /** Jobs a second. */
  readonly rate: number;
  readonly leaseMs: number;
  /** Only sums up what earlier runs have left. */
  readonly report: boolean;
  readonly help: boolean;
}

export const USAGE = `Breaks three servers on one PostgreSQL in every way at once, and checks what is left.

  npm run chaos -- [--minutes <n>] [--rate <jobs a second>] [--lease <ms>]   (5, 12, 2,000)
  npm run chaos -- --report    the sums of all runs on this checkout, as a table
`;

/** @throws TypeError or RangeError on arguments that it does not know. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      rate: { type: 'string' },
      lease: { type: 'string' },
      report: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return {
    minutes: positive('minutes', values.minutes ?? '5'),
    rate: positive('rate', values.rate ?? '12'),
    leaseMs: positive('lease', values.lease ?? '2000'),
    report: values.report ?? false,
    help: values.help ?? false,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`--${name} takes a number above zero, not "${text}"`);
}
