// `npm test`: sees to what the tests need, runs them, and ends with the line that counts them.
// What follows `--` goes on to vitest: `npm test -- packages/engine -t retry`.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode } from './command.ts';
import { countLine, countTests } from './test-count.ts';
import { meetNeeds, TEST_NEEDS, thisMachine, type UnmetNeed } from './test-needs.ts';

const VITEST = 'node_modules/vitest/vitest.mjs';
// The other loaders write a file beside the configuration, where a checkout may be read-only.
const LOADER = '--configLoader=native';

process.chdir(join(import.meta.dirname, '..'));
const scratch = mkdtempSync(join(tmpdir(), 'tenuto-test-'));
try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function main(args: readonly string[]): Promise<number> {
  const unmet = meetNeeds(TEST_NEEDS, thisMachine);
  const { exitCode, report } = await runVitest([...unmet.flatMap(exclusions), ...args]);
  const count = countTests(report, exitCode);
  let skipped = count.skipped;
  for (const { need, files, reason } of unmet) {
    const tests = await countTestsIn(files);
    skipped += tests;
    console.log(
      `skipped ${tests} tests in ${files.length} files that need ${need.name}: ${reason}`,
    );
  }
  const refused = unmet.length > 0 && process.env.CI === 'true';
  if (refused) console.log('CI must run every test: a need that is not met fails the run');
  console.log(countLine({ ...count, skipped }));
  return count.failed > 0 || refused ? 1 : 0;
}

async function runVitest(args: readonly string[]) {
  const file = join(scratch, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { exitCode } = await runNode([VITEST, 'run', LOADER, ...reporters, ...args], {
    show: true,
  });
  return { exitCode, report: readJson(file) };
}

function exclusions({ files }: UnmetNeed): readonly string[] {
  return files.map((file) => `--exclude=${file}`);
}

async function countTestsIn(files: readonly string[]): Promise<number> {
  const file = join(scratch, 'list.json');
  await runNode([VITEST, 'list', LOADER, `--json=${file}`, ...files]);
  const tests = readJson(file);
  return Array.isArray(tests) ? tests.length : 0;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
