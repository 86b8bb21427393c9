import { FAILPOINTS, type Failpoint } from '@tenuto/engine';
import { openBugOf } from './open-bugs.ts';
import type { Found, Sum } from './task.ts';

const HOUR_MS = 3_600_000;
const SHOWN = 10;

/** What many seeds came to, for people. */
export function summaryOf(sum: Sum, tookMs: number): string {
  const { seeds, virtualMs, runs, attempts, faults } = sum;
  const lines = [
    `${seeds} seeds, ${(virtualMs / HOUR_MS).toFixed(1)} virtual hours in ${(tookMs / 1000).toFixed(1)} s`,
    `${runs} runs ended, ${attempts} attempts, ${faults} faults`,
  ];
  const missed = unreached(sum);
  if (missed.length > 0) lines.push(`failpoints that nobody reached: ${missed.join(', ')}`);
  for (const [what, found] of Map.groupBy(sum.violations, nameOf)) {
    const numbers = found.map(({ seed }) => seed).sort((a, b) => a - b);
    const more = numbers.length > SHOWN ? ', ...' : '';
    lines.push(`  ${what}: ${numbers.length} seeds (${numbers.slice(0, SHOWN).join(', ')}${more})`);
  }
  const news = newsIn(sum).length;
  lines.push(news === 0 ? 'nothing new is wrong' : `${news} seeds found something new`);
  return lines.join('\n');
}

/** The failpoints of which these seeds say nothing. */
export function unreached({ reachedAt }: Pick<Sum, 'reachedAt'>): readonly Failpoint[] {
  return FAILPOINTS.filter((point) => !reachedAt.has(point));
}

/** What was found that is not known to be open. */
export function newsIn(sum: Sum): Sum['violations'] {
  return sum.violations.filter((violation) => openBugOf(violation) === undefined);
}

function nameOf(violation: Sum['violations'][number]): string {
  const open = openBugOf(violation);
  return open === undefined ? `BROKEN: ${violation.rule}` : `still open: ${open.name}`;
}

/** The rules that were taken away, and how soon their absence was noticed. */
export function plantedTable(rows: ReadonlyMap<string, Found | undefined>): string {
  const width = Math.max(...[...rows.keys()].map((rule) => rule.length));
  const lines = [...rows].map(([rule, found]) => {
    const text = found === undefined ? 'NOT FOUND' : `seed ${found.seed}: ${found.rule}`;
    return `${rule.padEnd(width)}  ${text}`;
  });
  const found = [...rows.values()].filter((one) => one !== undefined);
  const seeds = found.map(({ seed }) => seed).sort((a, b) => a - b);
  const median = seeds[seeds.length >> 1] ?? 0;
  return [...lines, `${found.length} of ${rows.size} found, at seed ${median} by the median`].join(
    '\n',
  );
}
