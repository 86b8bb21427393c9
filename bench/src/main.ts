import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BENCHMARKS } from './benchmarks.ts';
import { type Figure, withoutAim } from './figure.ts';
import { readOptions, USAGE } from './options.ts';
import { reportOf, tableOf } from './report.ts';

const QUICK_PART = 0.005;

async function main(): Promise<void> {
  const options = readOptions(
    process.argv.slice(2),
    BENCHMARKS.map(({ name }) => name),
  );
  if (options.help) {
    const list = BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(12)} ${about}\n`);
    process.stdout.write(`${USAGE}Benchmarks:\n${list.join('')}`);
    return;
  }
  const { runs, only, quick, json } = options;
  const chosen = BENCHMARKS.filter(({ name }) => only.length === 0 || only.includes(name));
  const progress = (text: string) => void process.stderr.write(`${text}\n`);
  const figures: Figure[] = [];
  for (const benchmark of chosen) {
    const all = await benchmark.measure({ runs, part: quick ? QUICK_PART : 1, progress });
    const measured = quick ? all.map(withoutAim) : all;
    figures.push(...measured);
    process.stderr.write(tableOf(measured));
  }
  process.stdout.write(tableOf(figures));
  if (json !== undefined) {
    await mkdir(dirname(json), { recursive: true });
    await writeFile(json, `${JSON.stringify(reportOf(figures, options), null, 2)}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exitCode = 1;
});
