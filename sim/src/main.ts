/** `npm run sim`: simulates many seeds, shows one, or measures how soon planted bugs are found. */
import { performAll } from './crew.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { PLANTED_NAMES, type PlantedName } from './planted/planted.ts';
import { simulate } from './simulation.ts';
import { newsIn, plantedTable, summaryOf } from './summary.ts';
import { add, type Found, NOTHING } from './task.ts';
import type { TwinPlace } from './twin/database.ts';
import { withTwins } from './twin/server.ts';

const SEEDS_A_TASK = 25;
const BAR_WIDTH = 30;
/** Violations that are shown in full. */
const SHOWN = 5;

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Draws how far it is, where there is a terminal to draw on. */
function progress(done: number, all: number, note: string): void {
  if (!process.stderr.isTTY) return;
  const full = Math.round((done / all) * BAR_WIDTH);
  const bar = '#'.repeat(full).padEnd(BAR_WIDTH, '.');
  process.stderr.write(`\r[${bar}] ${done}/${all} ${note}${done === all ? '\n' : ''}`);
}

async function simulateMany(
  { from, count }: Extract<Options, { mode: 'seeds' }>,
  twin: TwinPlace | undefined,
): Promise<boolean> {
  const began = performance.now();
  let sum = NOTHING;
  const atOnce = twin === undefined ? SEEDS_A_TASK : 1;
  const tasks = Array.from({ length: Math.ceil(count / atOnce) }, (_, i) => {
    const first = i * atOnce;
    const size = Math.min(atOnce, count - first);
    return { kind: 'seeds', from: from + first, count: size, twin } as const;
  });
  await performAll(tasks, (outcome) => {
    if (outcome.kind === 'seeds') sum = add(sum, outcome.sum);
    progress(sum.seeds, count, `${newsIn(sum).length} broken`);
  });
  print(summaryOf(sum, performance.now() - began));
  const news = newsIn(sum);
  for (const { seed, rule, detail } of news.slice(0, SHOWN)) {
    print(`\n${seed}: ${rule}\n  ${detail}\n  npm run sim -- --seed ${seed}`);
  }
  return news.length === 0;
}

async function showOne(seed: number, twin: TwinPlace | undefined): Promise<boolean> {
  const { trace, violation, hash, shape } = await simulate(seed, { trace: true, twin });
  print(JSON.stringify(shape, null, 1));
  for (const line of trace) print(line);
  print(violation === undefined ? `all is well (${hash})` : `BROKEN: ${violation.rule} (${hash})`);
  if (violation !== undefined) print(violation.detail);
  return violation === undefined;
}

async function measurePlanted(most: number): Promise<boolean> {
  const rows = new Map<PlantedName, Found | undefined>();
  const tasks = PLANTED_NAMES.map((bug) => ({ kind: 'planted', bug, most }) as const);
  await performAll(tasks, (outcome) => {
    if (outcome.kind === 'planted') rows.set(outcome.bug, outcome.found);
    progress(rows.size, PLANTED_NAMES.length, '');
  });
  print(plantedTable(new Map(PLANTED_NAMES.map((bug) => [bug, rows.get(bug)]))));
  return [...rows.values()].every((found) => found !== undefined);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  let good = true;
  if (options.mode === 'help') process.stdout.write(USAGE);
  else if (options.mode === 'planted') good = await measurePlanted(options.most);
  else {
    good = await withTwins(options.postgres, (twin) =>
      options.mode === 'replay' ? showOne(options.seed, twin) : simulateMany(options, twin),
    );
  }
  process.exitCode = good ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exitCode = 1;
});
