import { parseArgs } from 'node:util';

export type Options =
  | { readonly mode: 'help' }
  | {
      readonly mode: 'seeds';
      readonly from: number;
      readonly count: number;
      readonly postgres: boolean;
    }
  | { readonly mode: 'replay'; readonly seed: number; readonly postgres: boolean }
  | { readonly mode: 'planted'; readonly most: number };

export const USAGE = `Simulates engines, their database and what goes wrong, each time drawn from a seed.

  npm run sim -- [--seeds <n>] [--from <seed>]   many seeds (1,000), from one on (1)
  npm run sim -- --seed <seed>                   one seed, with all that happens in it
  npm run sim -- --postgres ...                  the same beside a real PostgreSQL (100 seeds)
  npm run sim -- --planted [--seeds <n>]         how soon bugs are found that were put in (2,000)
`;

/** @throws TypeError or RangeError on arguments that it does not know. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      planted: { type: 'boolean' },
      postgres: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return { mode: 'help' };
  const { postgres = false } = values;
  if (values.seed !== undefined) {
    return { mode: 'replay', seed: whole('seed', values.seed), postgres };
  }
  if (values.planted === true)
    return { mode: 'planted', most: whole('seeds', values.seeds ?? '2000') };
  return {
    mode: 'seeds',
    from: whole('from', values.from ?? '1'),
    count: whole('seeds', values.seeds ?? (postgres ? '100' : '1000')),
    postgres,
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${name} takes a whole number, not "${text}"`);
}
