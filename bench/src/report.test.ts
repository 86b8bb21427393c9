import { describe, expect, test } from 'vitest';
import { compared, figure } from './figure.ts';
import { amount, reportOf, tableOf } from './report.ts';

const figures = [
  compared('single', 'nodes/s', {
    pairs: [{ sample: 12_345.6, reference: 20_000 }],
    what: 'bare flush',
    better: 'higher',
    aim: { of: 'ratio', least: 0.5 },
  }),
  figure('hop p99', 'ms', { samples: [0.75], aim: { of: 'value', most: 0.5 } }),
  figure('memory', 'MiB', { samples: [1_024] }),
];

describe('the table', () => {
  test('has a line for each figure, with its columns below each other', () => {
    expect(tableOf(figures)).toBe(
      [
        'figure    value  unit     reference              ratio  aim',
        'single   12,346  nodes/s     20,000  bare flush   0.62  ratio >= 0.5  reached',
        'hop p99   0.750  ms                                     <= 0.5        missed',
        'memory    1,024  MiB',
        '',
      ].join('\n'),
    );
  });

  test('of nothing is its header', () => {
    expect(tableOf([])).toBe('figure  value  unit  reference    ratio  aim\n');
  });

  test.each([
    [0, '0.00'],
    [0.001234, '0.00123'],
    [99.94, '99.9'],
    [100, '100'],
    [1_234_567.8, '1,234,568'],
  ])('writes %d as %s', (value, text) => {
    expect(amount(value)).toBe(text);
  });
});

describe('the report', () => {
  test('says when and where the figures were measured, and survives JSON', () => {
    const report = reportOf(figures, { runs: 3, quick: false });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ runs: 3, quick: false, figures });
    expect(report.machine).toMatchObject({ node: process.version });
    expect(report.machine.cpus).toBeGreaterThan(0);
    expect(new Date(report.at).toISOString()).toBe(report.at);
  });
});
