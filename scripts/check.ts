// `npm run check`: everything that CI runs, the quick parts first. It stops at the first failure.

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { runNode } from './command.ts';
import { countLine } from './test-count.ts';

interface Step {
  readonly name: string;
  readonly run: readonly string[];
}

const STEPS: readonly Step[] = [
  {
    name: 'format and lint',
    run: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  },
  { name: 'types', run: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  {
    name: 'types of the console',
    run: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'packages/web'],
  },
  {
    name: 'imports',
    run: ['node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', '.'],
  },
  { name: 'nothing unused', run: ['node_modules/knip/bin/knip.js'] },
  { name: 'tidy', run: ['scripts/tidy.ts'] },
];

process.chdir(join(import.meta.dirname, '..'));
process.exitCode = await main();

async function main(): Promise<number> {
  for (const step of STEPS) {
    if (!(await passes(step))) {
      console.log(`\n${step.name} failed, the tests did not run`);
      console.log(countLine({ passed: 0, failed: 1, skipped: 0 }));
      return 1;
    }
  }
  console.log('  tests');
  return (await runNode(['scripts/test.ts'], { show: true })).exitCode;
}

async function passes({ name, run }: Step): Promise<boolean> {
  const started = performance.now();
  const { exitCode, output } = await runNode(run);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${exitCode === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (exitCode !== 0) console.log(output);
  return exitCode === 0;
}
