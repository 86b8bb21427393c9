// The style of the house, held by a program: what the formatter and the linter cannot see.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Judgement, judge, type Policy, report, TESTS } from './tidy-rules.ts';

const POLICY: Policy = {
  // Nothing of the engine is here but its tests.
  allowed: [
    {
      files: TESTS,
      effects: ['time', 'timer', 'random', 'environment'],
      because: 'tests run real parts',
    },
    {
      files: /\.fixture\.ts$/,
      effects: ['time', 'timer', 'environment'],
      because: 'servers of tests ask whether a message is of now, and where they run',
    },
    {
      files:
        /^(scripts|bench|sim|examples|packages\/testkit)\/|^(?:packages\/web\/)?[^/]+\.config\.ts$/,
      effects: ['time', 'timer', 'random', 'environment'],
      because: 'tools for developers',
    },
    {
      files: /^packages\/server\/src\/main\.ts$/,
      effects: ['environment'],
      because: 'the composition root reads the settings',
    },
    {
      files: /^packages\/server\/src\/system-clock\.ts$/,
      effects: ['time', 'timer', 'random'],
      because: 'the one real clock and the one real source of randomness',
    },
    {
      files: /^packages\/store\/src\/embedded\//,
      effects: ['time', 'timer', 'random', 'environment'],
      because: 'it supervises a process of the machine',
    },
    {
      files: /^packages\/store\/src\/process-lock\.ts$/,
      effects: ['time', 'random'],
      because: 'a lock tells who holds it and since when',
    },
    {
      files: /^packages\/sdk\/src\/time\.ts$/,
      effects: ['time', 'timer'],
      because: "a client waits inside somebody else's program, which hands it no clock",
    },
    {
      files: /^packages\/sdk\/src\//,
      effects: ['random'],
      because: 'every request that changes something carries a new idempotency key',
    },
    {
      files: /^packages\/web\/src\/data\/clock\.ts$/,
      effects: ['time', 'timer', 'random'],
      because: 'the one clock of the console, and what spreads its requests',
    },
    {
      files: /^packages\/cli\/src\//,
      effects: ['time', 'timer', 'random', 'environment'],
      because: 'a command is a composition root of its own',
    },
  ],
  // Ways around the type checker. The number only ever falls.
  escapes: 0,
  fileLines: { most: 500, listed: 300 },
  functionLines: 70,
};

process.chdir(join(import.meta.dirname, '..'));
const judgements = textFiles().map((path) => judge(path, readFileSync(path, 'utf8'), POLICY));
process.exitCode = tell(judgements);

function tell(all: readonly Judgement[]): number {
  const { failures, notes } = report(all, POLICY);
  for (const line of [...notes, ...failures]) console.log(line);
  return failures.length > 0 ? 1 : 0;
}

/** What is in the repository or about to be. */
function textFiles(): readonly string[] {
  const git = spawnSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    encoding: 'utf8',
  });
  if (git.status !== 0) throw new Error(`git ls-files failed: ${git.stderr}`);
  const binary = /\.(png|jpe?g|gif|ico|woff2?|wasm|gz|zip)$/;
  return git.stdout.split('\0').filter((path) => path && !binary.test(path) && existsSync(path));
}
