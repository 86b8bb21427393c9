import type { Gate, GateType } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { type EvidenceFor, judgeGate, skippedGate } from './gate.ts';
import { evaluateGate } from './gate-expression.ts';
import { patternFinder } from './gate-pattern.ts';
import { gateProblems } from './gate-problems.ts';
import { governanceReport } from './report.ts';

type Fields<Type extends GateType> = Omit<Extract<Gate, { type: Type }>, 'id' | 'type'>;

function judged<Type extends GateType>(
  type: Type,
  fields: Fields<Type>,
  evidence: EvidenceFor<Type>,
) {
  const gate: unknown = { id: 'g', type, ...fields };
  return judgeGate<Type>(gate as Parameters<typeof judgeGate<Type>>[0], evidence);
}

const COVERAGE: Fields<'metric'> = {
  ...{ path: 'lcov.info', format: 'lcov', field: 'line_rate', operator: '>=', threshold: 0.8 },
};
const BOTH = ['error', 'warning'] as const;

describe.each(BOTH)('a gate of severity %s', (severity) => {
  it.each<[string, () => ReturnType<typeof judged>, () => ReturnType<typeof judged>]>([
    [
      'artifact_required',
      () => judged('artifact_required', { path: 'a/*', severity }, { paths: ['a/b'], empty: 0 }),
      () => judged('artifact_required', { path: 'a/*', severity }, { paths: [], empty: 2 }),
    ],
    [
      'artifact_pattern',
      () =>
        judged(
          'artifact_pattern',
          { path: '*.md', pattern: '^#', severity },
          { files: [{ path: 'a.md', found: true }] },
        ),
      () =>
        judged(
          'artifact_pattern',
          { path: '*.md', pattern: '^#', severity },
          {
            files: [
              { path: 'a.md', found: true },
              { path: 'b.md', found: false },
            ],
          },
        ),
    ],
    [
      'metric',
      () => judged('metric', { ...COVERAGE, severity }, { path: 'lcov.info', value: 0.8 }),
      () => judged('metric', { ...COVERAGE, severity }, { path: 'lcov.info', value: 0.79 }),
    ],
    [
      'command',
      () => judged('command', { command: ['lint'], severity }, { exitCode: 0, said: '' }),
      () => judged('command', { command: ['lint'], severity }, { exitCode: 2, said: 'a.ts: bad' }),
    ],
    [
      'no_secrets',
      () => judged('no_secrets', { severity }, { looked: 3, findings: [], unread: [] }),
      () =>
        judged('no_secrets', { severity }, { looked: 3, findings: ['a:1 key ***'], unread: [] }),
    ],
    [
      'max_cost',
      () => judged('max_cost', { usd: 0.1, severity }, { spentNanoUsd: 100_000_000 }),
      () => judged('max_cost', { usd: 0.1, severity }, { spentNanoUsd: 100_000_001 }),
    ],
    [
      'approval',
      () => judged('approval', { severity }, { approved: true, by: ['ann'] }),
      () => judged('approval', { severity }, { approved: false, by: ['bob'], reason: 'no' }),
    ],
    [
      'expression',
      () => judged('expression', { expression: 'true', severity }, { value: true }),
      () => judged('expression', { expression: '1', severity }, { value: 1 }),
    ],
  ])('of type %s passes or does not, and says what was found and what to do', (type, good, bad) => {
    expect(good()).toMatchObject({ id: 'g', type, severity, passed: true, skipped: false });
    expect(good().remediation).toBeUndefined();
    const result = bad();
    expect(result).toMatchObject({ id: 'g', type, severity, passed: false, skipped: false });
    expect(result.message.length).toBeGreaterThan(10);
    expect(result.remediation?.length).toBeGreaterThan(10);
  });

  it('holds a phase up only when it is an error', () => {
    const gate = judged('approval', { severity }, { problem: 'Nobody was asked.' });
    const hygiene = { ...CLEAN, findings: [] };
    const report = governanceReport({ phase: 'p', gates: [gate], hygiene, policy: {} });
    expect(report).toMatchObject({ passed: severity === 'warning', governance_score: 0 });
  });
});

const CLEAN = { hygiene_score: 0.9, findings_omitted: 0, files: 1, bytes: 1, unread: [] };

describe('what a gate says', () => {
  it('is its own remediation where it has one', () => {
    const fields = { path: 'a', remediation: 'Ask the writer.' };
    const result = judged('artifact_required', fields, { paths: [], empty: 0 });
    expect(result.remediation).toBe('Ask the writer.');
  });

  it('of a number is the number and what it is held against', () => {
    const result = judged('metric', COVERAGE, { path: 'lcov.info', value: 0.71 });
    expect(result).toMatchObject({ value: 0.71, threshold: 0.8 });
    expect(result.message).toBe('line_rate in lcov.info is 0.71, and has to be >= 0.8.');
  });

  it('is bounded, however much there is to say', () => {
    const paths = Array.from({ length: 1_000 }, (_, i) => `f${i}`);
    const result = judged('artifact_required', { path: '**' }, { paths, empty: 0 });
    expect(result.evidence).toHaveLength(21);
    expect(result.evidence?.at(-1)).toBe('and 980 more');
  });

  it('of a skipped one is that, and it counts for nothing', () => {
    const gate: Gate = { id: 'w', type: 'no_secrets', severity: 'warning' };
    const skipped = skippedGate(gate, 'Validation was skipped.');
    expect(skipped).toMatchObject({ passed: false, skipped: true });
    const hygiene = { ...CLEAN, findings: [] };
    expect(governanceReport({ phase: 'p', gates: [skipped], hygiene, policy: {} })).toMatchObject({
      ...{ passed: true, governance_score: 1 },
    });
  });

  it('of files that could not be looked into is that it has not passed', () => {
    const files = [{ path: 'a.bin', problem: 'it is no text' }];
    const fields = { path: '*', pattern: 'x', must: 'not_match' } as const;
    expect(judged('artifact_pattern', fields, { files })).toMatchObject({
      ...{ passed: false, evidence: ['a.bin: it is no text'] },
    });
    const evidence = { looked: 0, findings: [], unread: ['big.csv'] };
    expect(judged('no_secrets', {}, evidence).passed).toBe(false);
  });

  it('of a pattern that must not be there, where there is no file, is that it has passed', () => {
    const fields = { path: '*', pattern: 'x' } as const;
    const none = { files: [] };
    expect(judged('artifact_pattern', { ...fields, must: 'not_match' }, none).passed).toBe(true);
    expect(judged('artifact_pattern', fields, none).passed).toBe(false);
  });

  it.each([
    ['<', 1, 2],
    ['<=', 2, 2],
    ['==', 2, 2],
    ['!=', 1, 2],
    ['>=', 2, 2],
    ['>', 3, 2],
  ] as const)('of %s is exact', (operator, value, threshold) => {
    const gate = { ...COVERAGE, operator, threshold };
    expect(judged('metric', gate, { path: 'x', value }).passed).toBe(true);
  });
});

describe('a policy on scores', () => {
  it('blocks below them, and counts for neither', () => {
    const policy = { min_governance_score: 0.9, min_hygiene_score: 0.9 };
    const gates = [judged('approval', { severity: 'warning' }, { problem: 'x' })];
    const hygiene = { ...CLEAN, hygiene_score: 0.89, findings: [] };
    const report = governanceReport({ phase: 'p', gates, hygiene, policy });
    expect(report.passed).toBe(false);
    expect(report.governance_score).toBe(0);
    expect(report.gates.slice(1)).toMatchObject([
      { id: 'policy.min_governance_score', passed: false, weight: 0, value: 0 },
      { id: 'policy.min_hygiene_score', passed: false, weight: 0, value: 0.89, threshold: 0.9 },
    ]);
  });
});

describe('an expression of a gate', () => {
  const bindings = {
    artifacts: [{ path: 'a.md', size_bytes: 3 }],
    ...{ metrics: { cost_usd: 0.5, hygiene_score: 1 }, params: { strict: true }, intake: {} },
  };
  const gates = [judged('metric', COVERAGE, { path: 'x', value: 0.85 })];

  it.each([
    ["artifacts.exists(a, a.path == 'a.md' && a.size_bytes > 0)", true],
    ['metrics.cost_usd < 0.4', false],
    ['gates.g.passed && gates.g.value > 0.8', true],
    ['params.strict', true],
  ])('%s is %s', (source, value) => {
    expect(evaluateGate(source, bindings, gates)).toEqual({ value });
  });

  it('that fails has not passed, and says why', () => {
    const evidence = evaluateGate('gates.missing.passed', bindings, gates);
    expect(evidence).toMatchObject({ problem: expect.stringContaining('missing') });
  });
});

describe('a pattern of a gate', () => {
  it('is looked for anywhere, line by line where it asks for it', () => {
    const find = patternFinder('(?m)^## Risks$');
    expect(find('# A\n## Risks\n')).toEqual({ found: true });
    expect(find('# A\n### Risks\n')).toEqual({ found: false });
  });

  it('takes time in proportion to the text, whatever it is', () => {
    const text = `${'a'.repeat(200_000)}!`;
    for (const source of ['^(a+)+$', '^([a-z0-9]+[-.]?)+@x$', '(a|aa)+$', '(.*a){12}b']) {
      expect(patternFinder(source)(text)).not.toEqual({ found: true });
    }
  });
});

describe('what can be told of gates beforehand', () => {
  it('is told by gate and field', () => {
    const gates: Gate[] = [
      { id: 'a', type: 'artifact_pattern', path: 'x', pattern: '(?=x)' },
      { id: 'a', type: 'expression', expression: 'metrics.cost <' },
      { ...COVERAGE, id: 'c', type: 'metric', field: 'lines' },
      { ...COVERAGE, id: 'd', type: 'metric', format: 'json', field: 'a.b' },
      { id: 'e', type: 'approval', approvers: ['user:ann'], required: 2 },
      { id: 'f', type: 'approval', approvers: ['user:ann', 'crew'], required: 2 },
      { id: 'h', type: 'expression', expression: 'steps.a.output == 1' },
    ];
    const found = gateProblems(gates).map(({ index, field }) => `${index} ${field}`);
    expect(found).toEqual([
      ...['0 pattern', '1 expression', '1 id', '2 field', '3 field', '4 required', '6 expression'],
    ]);
    expect(gateProblems([{ ...COVERAGE, id: 'c', type: 'metric' }])).toEqual([]);
  });
});
