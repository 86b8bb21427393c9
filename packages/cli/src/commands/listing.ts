import type { Listing } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { printable } from '../terminal/text.ts';
import type { Session } from './command.ts';

/** Items that are asked for at once. */
export const PAGE = 100;

/** Shows a list up to a limit, over as many pages as that takes. */
export async function showList<T>(
  { output }: Session,
  { listing, limit }: { readonly listing: Listing<T>; readonly limit: number },
  lines: (items: readonly T[]) => readonly string[],
): Promise<typeof EXIT.ok> {
  const items: T[] = [];
  for await (const item of listing) {
    items.push(item);
    if (items.length >= limit) break;
  }
  output.result({ items }, () => (items.length === 0 ? ['Nothing found.'] : lines(items)));
  return EXIT.ok;
}

/**
 * @param what as it stands before "is a number"
 * @throws UsageError for what is no count
 */
export function readCount(text: string, what = 'A limit'): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`${what} is a number from 1 on; "${printable(text)}" is not.`);
  }
  return count;
}

/** Named values under each other; those without a value are left out. */
export function facts(all: readonly (readonly [name: string, value: string])[]): readonly string[] {
  return all
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `  ${name.padEnd(10)} ${printable(value)}`);
}
