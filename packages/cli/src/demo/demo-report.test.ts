import { runPhaseExample } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../terminal/palette.ts';
import { auditReport } from './audit-report.ts';
import { auditLines, phasedLines, testLines } from './demo-report.ts';
import { progressLine } from './progress.ts';

const checked = (name: string, bytes: number, findings: readonly string[] = []) => ({
  name,
  version: '1.0.0',
  licence: name === 'b' ? 'ISC' : 'MIT',
  files: 2,
  bytes,
  findings,
});

describe('the audit report', () => {
  const report = auditReport([
    checked('a', 10),
    checked('b', 30, ['no licence']),
    checked('c', 20),
  ]);

  it('adds up packages and orders licences by how often they occur', () => {
    expect(report).toMatchObject({ packages: 3, files: 6, bytes: 60 });
    expect(report.licences).toEqual([
      ['MIT', 2],
      ['ISC', 1],
    ]);
  });

  it('names the largest first, and every finding with its package', () => {
    expect(report.largest.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
    expect(report.findings).toEqual([{ name: 'b', finding: 'no licence' }]);
  });

  it('is shown as tables', () => {
    const lines = auditLines({ json: report }, PLAIN).join('\n');
    expect(lines).toContain('3 packages, 6 files');
    expect(lines).toContain('b: no licence');
    expect(lines).toMatch(/MIT\s+2/);
  });

  it('says so when there is none', () => {
    expect(auditLines(null, PLAIN)).toEqual(['  there is no report']);
  });
});

describe('the run with agents', () => {
  it('shows its phases, warnings of its gates, and what it would have cost', () => {
    const failed = [
      { id: 'g', type: 'command', severity: 'warning', message: 'It is off.' },
    ] as const;
    const gates = { ...runPhaseExample.gates, failed: [...failed], total: 3, passed: 2 };
    const lines = phasedLines(
      { phases: [{ ...runPhaseExample, name: 'Planning', gates, duration_seconds: 0.094 }] },
      {
        total_token_usage: { input: 6, output: 4, total: 10, cached: 0, reasoning: 0 },
        total_cost_usd: 0.0708,
        models_metrics: [
          {
            ...{ model: 'scripted/default', calls: 2, cost_usd: 0.0708, recorded_cost_usd: 0.0708 },
            token_usage: { input: 6, output: 4, total: 10, cached: 0, reasoning: 0 },
          },
        ],
      },
      PLAIN,
    ).join('\n');
    expect(lines).toMatch(/Planning .*2 of 3 +94 ms/);
    expect(lines).toContain('warning of g: It is off.');
    expect(lines).toContain('2 calls of scripted/default, 10 tokens: $0.07 by the table');
  });
});

describe('the test suite', () => {
  it('shows its counts, and failed cases first', () => {
    const output = {
      counts: { passed: 1, failed: 1 },
      cases: [
        { status: 'passed', name: 'adds' },
        { status: 'failed', name: 'divides' },
      ],
    };
    expect(testLines(output, PLAIN)).toEqual([
      '  1 passed, 1 failed',
      '    ✗ divides',
      '    ✓ adds',
    ]);
  });
});

describe('the progress line', () => {
  it('shows how much has ended, and what runs', () => {
    const counts = { pending: 1, running: 1, completed: 2, failed: 0, skipped: 0 };
    const line = progressLine({ progress_percentage: 50, counts, status: 'running' });
    expect(line).toBe(`${'█'.repeat(15)}${'░'.repeat(15)} 2/4 nodes, 1 running, running`);
  });
});
