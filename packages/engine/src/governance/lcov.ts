/** Reports of coverage in the format of lcov (`lcov.info`). */

/** Of all records together; rates from 0 to 1, and 1 where there is nothing to cover. */
export interface LcovSummary {
  readonly line_rate: number;
  readonly branch_rate: number;
  readonly function_rate: number;
  readonly lines_found: number;
  readonly lines_hit: number;
}

type Counter = 'LF' | 'LH' | 'BRF' | 'BRH' | 'FNF' | 'FNH';

/**
 * Sums up a report. A record's own totals count; where it has none, its lines and branches do.
 * @returns undefined when the text holds no record
 */
export function readLcov(text: string): LcovSummary | undefined {
  const sums: Record<Counter, number> = { LF: 0, LH: 0, BRF: 0, BRH: 0, FNF: 0, FNH: 0 };
  let records = 0;
  let record = newRecord();
  for (const line of text.split('\n')) {
    if (line.startsWith('end_of_record')) {
      records += 1;
      for (const [name, count] of Object.entries(totals(record))) sums[name as Counter] += count;
      record = newRecord();
    } else {
      take(record, line.trimEnd());
    }
  }
  if (records === 0) return undefined;
  return {
    line_rate: rate(sums.LH, sums.LF),
    branch_rate: rate(sums.BRH, sums.BRF),
    function_rate: rate(sums.FNH, sums.FNF),
    lines_found: sums.LF,
    lines_hit: sums.LH,
  };
}

interface LcovRecord {
  readonly said: Map<string, number>;
  readonly counted: Record<Counter, number>;
}

function newRecord(): LcovRecord {
  return { said: new Map(), counted: { LF: 0, LH: 0, BRF: 0, BRH: 0, FNF: 0, FNH: 0 } };
}

function take({ said, counted }: LcovRecord, line: string): void {
  const colon = line.indexOf(':');
  if (colon < 0) return;
  const name = line.slice(0, colon);
  const rest = line.slice(colon + 1);
  switch (name) {
    case 'LF':
    case 'LH':
    case 'BRF':
    case 'BRH':
    case 'FNF':
    case 'FNH':
      said.set(name, countOf(rest));
      break;
    case 'DA':
      tally(counted, ['LF', 'LH'], rest.split(',')[1]);
      break;
    case 'BRDA':
      tally(counted, ['BRF', 'BRH'], rest.split(',')[3]);
      break;
    case 'FNDA':
      tally(counted, ['FNF', 'FNH'], rest.split(',')[0]);
      break;
  }
}

function tally(
  counted: Record<Counter, number>,
  [found, hit]: readonly [Counter, Counter],
  times: string | undefined,
): void {
  counted[found] += 1;
  if (countOf(times ?? '') > 0) counted[hit] += 1;
}

function totals({ said, counted }: LcovRecord): Record<Counter, number> {
  const of = (name: Counter) => said.get(name) ?? counted[name];
  return {
    ...{ LF: of('LF'), LH: Math.min(of('LH'), of('LF')) },
    ...{ BRF: of('BRF'), BRH: Math.min(of('BRH'), of('BRF')) },
    ...{ FNF: of('FNF'), FNH: Math.min(of('FNH'), of('FNF')) },
  };
}

function countOf(text: string): number {
  const count = Number.parseInt(text, 10);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

function rate(hit: number, found: number): number {
  return found === 0 ? 1 : hit / found;
}
