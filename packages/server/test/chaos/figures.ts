/** What runs have shown, kept as lines of JSON and summed up. */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Strikes } from './nemesis.ts';

export interface Figures extends Strikes {
  readonly minutes: number;
  readonly leaseMs: number;
  readonly jobs: number;
  readonly effects: number;
  /** Effects that came more than once, each time under another attempt number and the same key. */
  readonly repeatedEffects: number;
  readonly fenced: number;
  readonly violations: number;
  readonly resumedMs: readonly number[];
  readonly aloneMs: readonly number[];
}

/** Not in version control. */
const FOLDER = join(import.meta.dirname, '../../../../bench/results');
const FILE = join(FOLDER, 'chaos.jsonl');

export async function keep(figures: Figures): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await appendFile(FILE, `${JSON.stringify(figures)}\n`);
}

export async function kept(): Promise<readonly Figures[]> {
  const text = await readFile(FILE, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Figures);
}

const COUNTS = [
  ['kills', 'kill -9 of a server'],
  ['failpointKills', 'kill -9 at a failpoint'],
  ['freezes', 'servers frozen beyond their lease'],
  ['databaseRestarts', 'PostgreSQL killed or restarted'],
  ['lostReplies', 'replies to commits lost'],
  ['cutConnections', 'connections cut'],
  ['gracefulStops', 'servers stopped in order'],
  ['fullDisks', 'disks full'],
  ['jobs', 'jobs acknowledged'],
  ['effects', 'effects'],
  ['repeatedEffects', 'effects that came again, with the same key'],
  ['fenced', 'refusals of batches of owners that were taken over'],
  ['violations', 'lost, doubled, early, unfinished, or otherwise wrong'],
] as const;

/** A table in Markdown. */
export function tableOf(all: readonly Figures[]): string {
  const minutes = all.reduce((sum, each) => sum + each.minutes, 0);
  const lease = all.at(-1)?.leaseMs ?? 0;
  const rows = COUNTS.map(([name, what]) => {
    return `| ${what} | ${all.reduce((sum, each) => sum + each[name], 0).toLocaleString('en')} |`;
  });
  return [
    `| in ${minutes.toFixed(0)} minutes | |`,
    '|---|---|',
    ...rows,
    `| from a kill alone to work going on, lease ${lease} ms: median, p99 | ${spread(all.flatMap(({ aloneMs }) => aloneMs))} |`,
    `| the same while other faults went on | ${spread(all.flatMap(({ resumedMs }) => resumedMs))} |`,
  ].join('\n');
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return `${at(sorted, 0.5)}, ${at(sorted, 0.99)} (${sorted.length} kills)`;
}

function at(sorted: readonly number[], part: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return value === undefined ? '-' : `${(value / 1000).toFixed(2)} s`;
}
