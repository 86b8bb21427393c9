import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withFolder } from './bench-store.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { runChild } from './child.ts';

/** A deadline against hanging: each starts databases, and other tests run beside. */
const DEADLINE_MS = 300_000;
const MAIN = new URL('./main.ts', import.meta.url);

describe('a benchmark with a tiny workload', () => {
  test.each(BENCHMARKS)(
    'measures $name',
    async ({ measure }) => {
      const told: string[] = [];
      const progress = (text: string) => void told.push(text);
      const figures = await measure({ runs: 2, part: 0.002, progress });
      expect(told.length).toBeGreaterThan(0);
      expect(figures.length).toBeGreaterThan(0);
      for (const { value, samples, reference, ratio, unit } of figures) {
        expect(samples).toContain(value);
        expect(samples.every((sample) => Number.isFinite(sample) && sample >= 0)).toBe(true);
        expect(unit).not.toBe('');
        expect(ratio === undefined).toBe(reference === undefined);
        if (reference === undefined) continue;
        expect(reference.samples).toHaveLength(samples.length);
        expect(ratio).toBeGreaterThan(0);
      }
    },
    DEADLINE_MS,
  );

  test('has a name of its own, as its figures have', () => {
    const names = BENCHMARKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the command', () => {
  test('measures what it is told to, prints a table and writes the results', async () => {
    await withFolder(async (folder) => {
      const json = join(folder, 'results/quick.json');
      const words = ['--quick', '--only', 'memory', '--json', json];
      const output = await runChild(MAIN, { arguments: words });
      expect(output).toMatch(/^figure .*\nmemory plan and run +\d/);
      const report: unknown = JSON.parse(await readFile(json, 'utf8'));
      expect(report).toMatchObject({ runs: 1, quick: true });
      expect(JSON.stringify(report)).not.toContain('aim');
    });
  });

  test('lists its benchmarks', async () => {
    const output = await runChild(MAIN, { arguments: ['--help'] });
    for (const { name, about } of BENCHMARKS)
      expect(output).toContain(`${name.padEnd(12)} ${about}`);
  });
});
