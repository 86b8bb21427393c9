import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobBody } from '@tenuto/sdk';
import { expect, vi } from 'vitest';
import type { Stage } from './stage.ts';

/** What a test of the shop comes to, the first run first: passed, failed, skipped, or left out. */
interface Case {
  readonly name: string;
  readonly results: string;
  readonly ms: number;
}

const CASES: readonly Case[] = [
  { name: 'a cart costs what its items cost', results: 'pppppppppppp', ms: 12 },
  { name: 'a price has two places', results: 'ppppffpppppp', ms: 4 },
  { name: 'checkout waits for the payment', results: 'pfppfppfpppf', ms: 840 },
  { name: 'an empty cart has no total', results: 'ssssssssssss', ms: 0 },
  { name: 'stock is counted down once', results: 'ppppppppppff', ms: 65 },
];
const RUNS = 12;

/** Writes a report where the command's first argument says, from the results in its second. */
const REPORTER = `
const { writeFileSync } = require('node:fs');
const cases = JSON.parse(process.argv[3]);
const body = cases.map(({ name, result, ms }) => {
  const inside = result === 'f'
    ? '<failure message="expected 200, got 503 after ' + ms + ' ms">at shop.test.ts:14</failure>'
    : result === 's' ? '<skipped/>' : '';
  return '<testcase classname="shop" name="' + name + '" time="' + ms / 1000 + '">' + inside + '</testcase>';
}).join('');
writeFileSync(process.argv[2], '<testsuite name="shop">' + body + '</testsuite>');
process.exitCode = cases.some(({ result }) => result === 'f') ? 1 : 0;
`;

/** Runs of one suite whose tests pass, fail and flip. Every three runs are of one commit. */
export const stageTests: Stage = async (client) => {
  const folder = mkdtempSync(join(tmpdir(), 'tenuto-shop-'));
  const reporter = join(folder, 'reporter.cjs');
  writeFileSync(reporter, REPORTER);
  await client.tests.catalogue.put('shop', {
    kind: 'suite',
    title: 'The tests of a small shop',
    command: ['node', reporter, '.{attempt}-report.xml', '[]'],
    ...{ folder: '${params.folder}', report: '.{attempt}-report.xml', pattern: '*.test.ts' },
    ...{ select: { case_args: ['{case}'] }, owner: 'team-shop', tags: ['unit'] },
  });
  await client.tests.catalogue.put('prices', {
    ...{ kind: 'case', suite_id: 'shop', name: 'a price has two places', file: 'prices.test.ts' },
  });
  for (let run = 0; run < RUNS; run += 1) {
    const { job_id: jobId } = await client.jobs.submit(jobOf(run, { folder, reporter }));
    await vi.waitFor(
      async () => expect((await client.jobs.get(jobId)).status).toMatch(/completed|failed/),
      { timeout: 60_000 },
    );
  }
  const { items } = await client.tests.list({ suite: 'shop' }).first();
  const idOf = (name: string) => items.find((test) => test.name === name)?.test_id ?? '';
  const flaky = idOf('checkout waits for the payment');
  await client.tests.update(idOf('a price has two places'), {
    owner: 'ana',
    quarantine: { reason: 'rounds by the clock of the machine' },
  });
  return [
    { name: 'tests', path: '/tests' },
    { name: 'tests-filtered', path: '/tests?suite=shop&flaky=yes' },
    { name: 'tests-none', path: '/tests?suite=nothing' },
    { name: 'tests-flakes', path: '/tests?view=flakes' },
    { name: 'tests-catalogue', path: '/tests?view=catalogue' },
    { name: 'test-flaky', path: `/tests/${flaky}` },
    { name: 'test-quarantined', path: `/tests/${idOf('a price has two places')}` },
  ];
};

interface Place {
  readonly folder: string;
  readonly reporter: string;
}

function jobOf(run: number, { folder, reporter }: Place): JobBody {
  const cases = CASES.map(({ name, results, ms }) => ({
    ...{ name, result: results[run], ms: Math.round(ms * (1 + ((run * 7) % 5) / 6)) },
  }));
  return {
    job_name: 'tests of the shop',
    max_retries: 0,
    metadata: { branch: 'main', commit: `3f0c2d1e${Math.floor(run / 3)}a7` },
    dag_definition: {
      nodes: [
        {
          ...{ id: 'shop', type: 'test_suite', test_suite_id: 'shop', uses: 'test.run' },
          with: {
            command: ['node', reporter, `.${run}.xml`, JSON.stringify(cases)],
            ...{ cwd: folder, report: `.${run}.xml` },
          },
        },
      ],
    },
  };
}
