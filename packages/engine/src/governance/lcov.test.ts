import { describe, expect, it } from 'vitest';
import { readLcov } from './lcov.ts';

describe('a report of coverage', () => {
  it('sums its records up', () => {
    const text = `TN:
SF:src/a.ts
FN:1,f
FNDA:2,f
FNF:2
FNH:1
DA:1,2
DA:2,0
LF:4
LH:3
BRF:2
BRH:1
end_of_record
SF:src/b.ts\r
LF:6\r
LH:6\r
end_of_record\r
`;
    expect(readLcov(text)).toEqual({
      ...{ line_rate: 0.9, branch_rate: 0.5, function_rate: 0.5, lines_found: 10, lines_hit: 9 },
    });
  });

  it('counts lines, branches and functions where a record has no totals', () => {
    const text = 'SF:a\nDA:1,1\nDA:2,0\nBRDA:1,0,0,-\nBRDA:1,0,1,4\nFNDA:0,f\nend_of_record\n';
    expect(readLcov(text)).toMatchObject({ line_rate: 0.5, branch_rate: 0.5, function_rate: 0 });
  });

  it('has covered everything where there is nothing to cover', () => {
    expect(readLcov('SF:a\nend_of_record')).toMatchObject({ line_rate: 1, branch_rate: 1 });
  });

  it('is none without a record', () => {
    expect(readLcov('')).toBeUndefined();
    expect(readLcov('<html>')).toBeUndefined();
    expect(readLcov('SF:a\nDA:1,1')).toBeUndefined();
  });

  it('is not made better than all by numbers that cannot be', () => {
    expect(readLcov('LF:2\nLH:9\nend_of_record')?.line_rate).toBe(1);
    expect(readLcov('LF:-4\nLH:x\nend_of_record')?.line_rate).toBe(1);
  });
});
