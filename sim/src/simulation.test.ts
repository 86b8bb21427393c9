import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBugOf } from './open-bugs.ts';
import { PLANTED, type PlantedName } from './planted/planted.ts';
import { simulate } from './simulation.ts';
import { newsIn, summaryOf, unreached } from './summary.ts';
import { perform } from './task.ts';

const SEEDS = 300;
const REGRESSIONS = join(import.meta.dirname, '../regressions');

/** Violations that are news. */
async function newsOf(seed: number): Promise<string[]> {
  const { violation } = await simulate(seed);
  if (violation === undefined || openBugOf(violation) !== undefined) return [];
  return [`seed ${seed}: ${violation.rule}: ${violation.detail}`];
}

describe('engines in trouble', () => {
  it(`keep every promise in ${SEEDS} simulations, and get to every failpoint`, async () => {
    const outcome = await perform({ kind: 'seeds', from: 1, count: SEEDS });
    if (outcome.kind !== 'seeds') expect.fail('these are seeds');
    expect(newsIn(outcome.sum), summaryOf(outcome.sum, 0)).toEqual([]);
    expect(unreached(outcome.sum)).toEqual([]);
  });

  it.each(readdirSync(REGRESSIONS))('keep them where they once did not: %s', async (file) => {
    const note = readFileSync(join(REGRESSIONS, file), 'utf8');
    const seeds = /^seeds: ([\d, ]+)$/m.exec(note)?.[1];
    for (const seed of (seeds ?? '').split(',')) expect(await newsOf(Number(seed))).toEqual([]);
  });
});

describe('a simulation', () => {
  it('takes the same course each time it is played', async () => {
    for (const seed of [2, 5, 8, 14]) {
      const [first, second] = [await simulate(seed), await simulate(seed)];
      expect(second.hash).toBe(first.hash);
      expect(second.steps).toBe(first.steps);
    }
  });

  it('takes another course under another seed', async () => {
    const hashes = new Set<string>();
    for (let seed = 1; seed <= 10; seed += 1) hashes.add((await simulate(seed)).hash);
    expect(hashes.size).toBe(10);
  });

  it('keeps its trace when asked to, and the hash is the same', async () => {
    const [quiet, told] = [await simulate(5), await simulate(5, { trace: true })];
    expect(quiet.trace).toEqual([]);
    expect(told.trace.length).toBeGreaterThan(10);
    expect(told.hash).toBe(quiet.hash);
  });
});

describe('a planted bug', () => {
  const planted: readonly [PlantedName, number][] = [
    ['commitsBeforeAnswer', 10],
    ['gateRefusesCopies', 20],
    ['batchKeepsStarts', 20],
    ['takeoverKeepsStarts', 20],
    ['claimSkipsOwned', 20],
    ['journalKeepsEvents', 20],
    ['lostReplyIsCommit', 20],
    ['lossesAreForgotten', 20],
    ['openIsClosed', 20],
    ['keyOfAttempt', 20],
  ];

  it.each(planted)('is found: %s', async (bug, most) => {
    for (let seed = 1; seed <= most; seed += 1) {
      const { violation } = await simulate(seed, PLANTED[bug]);
      if (violation !== undefined && (await simulate(seed)).violation === undefined) return;
    }
    expect.fail(`nothing was found in ${most} seeds`);
  });
});
