import { availableParallelism, cpus, totalmem } from 'node:os';
import { type Figure, isReached } from './figure.ts';

const GIB = 1_073_741_824;

/** Results with what is needed to read them later. */
export interface Report {
  readonly at: string;
  readonly machine: {
    readonly cpus: number;
    readonly model: string;
    readonly memoryGib: number;
    readonly platform: string;
    readonly node: string;
  };
  readonly runs: number;
  /** Tiny workloads: the numbers mean nothing. */
  readonly quick: boolean;
  readonly figures: readonly Figure[];
}

export function reportOf(
  figures: readonly Figure[],
  { runs, quick }: Pick<Report, 'runs' | 'quick'>,
): Report {
  return {
    at: new Date().toISOString(),
    machine: {
      cpus: availableParallelism(),
      model: cpus()[0]?.model ?? 'unknown',
      memoryGib: Math.round(totalmem() / GIB),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
    },
    runs,
    quick,
    figures,
  };
}

const HEADER = ['figure', 'value', 'unit', 'reference', '', 'ratio', 'aim', ''];

/** The figures as lines of text, a column for each thing to look at. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEADER, ...figures.map(rowOf)];
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) => row.map((cell, i) => pad(cell, widths[i] ?? 0, i)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

const NUMBER_COLUMNS = new Set([1, 3, 5]);

function pad(cell: string, width: number, column: number): string {
  return NUMBER_COLUMNS.has(column) ? cell.padStart(width) : cell.padEnd(width);
}

function rowOf(figure: Figure): string[] {
  const { name, unit, value, reference, ratio } = figure;
  const reached = isReached(figure);
  return [
    name,
    amount(value),
    unit,
    reference === undefined ? '' : amount(reference.value),
    reference?.what ?? '',
    ratio === undefined ? '' : ratio.toFixed(2),
    aimText(figure),
    reached === undefined ? '' : reached ? 'reached' : 'missed',
  ];
}

function aimText({ aim }: Figure): string {
  if (aim === undefined) return '';
  const bound = aim.least === undefined ? `<= ${aim.most}` : `>= ${aim.least}`;
  return aim.of === 'ratio' ? `ratio ${bound}` : bound;
}

const WHOLE_FROM = 100;

/** Whole numbers with separators where they are large, else three digits. */
export function amount(value: number): string {
  if (value >= WHOLE_FROM) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}
