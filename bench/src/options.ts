import { parseArgs } from 'node:util';

export interface Options {
  readonly runs: number;
  /** Names of benchmarks; all when empty. */
  readonly only: readonly string[];
  /** File for the results. */
  readonly json: string | undefined;
  readonly quick: boolean;
  readonly help: boolean;
}

const RUNS = 3;
const MOST_RUNS = 1_000;

export const USAGE = `Usage: npm run bench -- [options]
  --runs N       rounds of which the median counts (${RUNS})
  --only NAME    one benchmark; may be given again
  --json FILE    write the results there
  --quick        tiny workloads: shows that it works, measures nothing
  --help         this text, and the benchmarks
`;

/**
 * Reads the command line.
 * @param known the names that `--only` may give
 * @throws Error with a sentence for whoever typed it
 */
export function readOptions(words: readonly string[], known: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      runs: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const runs = Number(values.runs ?? (values.quick ? 1 : RUNS));
  if (!Number.isInteger(runs) || runs < 1 || runs > MOST_RUNS) {
    throw new Error(`--runs is a whole number from 1 to ${MOST_RUNS}.`);
  }
  const unknown = values.only.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no benchmark "${unknown}". There are: ${known.join(', ')}.`);
  }
  const { only, json, quick, help } = values;
  return { runs, only, json, quick, help };
}
