/** `npm run chaos`: real servers, a real database, and everything that goes wrong. */
import { keep, kept, tableOf } from './figures.ts';
import { readOptions, USAGE } from './options.ts';
import { runChaos } from './run.ts';

/** The store of a run is judged and thrown away after this long, and the next begins. */
const ROUND_MINUTES = 6;
const SHOWN = 20;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (options.report) {
    process.stdout.write(`${tableOf(await kept())}\n`);
    return;
  }
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  let left = options.minutes;
  while (left > 0 && !stopping.signal.aborted) {
    const minutes = Math.min(left, ROUND_MINUTES);
    left -= minutes;
    const { figures, violations } = await runChaos({
      ...{ minutes, rate: options.rate, leaseMs: options.leaseMs, stopped: stopping.signal },
      progress: show,
    });
    await keep(figures);
    show('');
    process.stdout.write(`${tableOf([figures])}\n`);
    for (const violation of violations.slice(0, SHOWN))
      process.stdout.write(`WRONG: ${violation}\n`);
    if (violations.length > 0) process.exitCode = 1;
  }
  process.stdout.write(process.exitCode === 1 ? 'something is wrong\n' : 'nothing is wrong\n');
}

function show(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exitCode = 1;
});
