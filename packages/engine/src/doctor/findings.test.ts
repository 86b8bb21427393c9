import { describe, expect, it } from 'vitest';
import { createFindings, EVIDENCE_TOLD } from './findings.ts';

const evidence = (n: number) => ({ subject: `run ${n}`, detail: 'is wrong' });

describe('findings', () => {
  it('are nothing for a check that has found nothing', () => {
    expect(createFindings(['a']).all()).toEqual([
      { check: 'a', count: 0, more: false, evidence: [] },
    ]);
  });

  it('are counted, and the first of them are told', () => {
    const findings = createFindings(['a', 'b']);
    for (let n = 1; n <= EVIDENCE_TOLD + 5; n += 1) findings.add('b', evidence(n));
    const [, b] = findings.all();
    expect(b).toMatchObject({ check: 'b', count: EVIDENCE_TOLD + 5 });
    expect(b?.evidence).toHaveLength(EVIDENCE_TOLD);
    expect(b?.evidence[0]).toEqual(evidence(1));
  });

  it('are none of a check that is not made', () => {
    const findings = createFindings(['a']);
    findings.add('b', evidence(1));
    expect(findings.all().map(({ check, count }) => [check, count])).toEqual([['a', 0]]);
  });
});
