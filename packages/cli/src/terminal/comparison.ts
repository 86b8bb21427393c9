/** Runs side by side, as people read them. */
import type { ComparedNode, Comparison, DifferencesView } from '@tenuto/contract';
import { duration } from './duration.ts';
import type { Palette } from './palette.ts';
import { statusText } from './status.ts';
import { tableLines } from './table.ts';
import { plural, printable, truncate } from './text.ts';

/** Differences that are shown of one thing. */
const SHOWN = 5;
const VALUE_WIDTH = 40;
const NAMES = 'ABCD';

export function comparisonLines(comparison: Comparison, palette: Palette): readonly string[] {
  return [
    ...totals(comparison, palette),
    ...changes('Parameters', comparison.params, palette),
    ...plans(comparison, palette),
    ...nodes(comparison, palette),
    ...artifacts(comparison, palette),
    ...tests(comparison, palette),
  ];
}

function nameOf(run: number): string {
  return NAMES[run] ?? String(run + 1);
}

function totals({ runs }: Comparison, palette: Palette): readonly string[] {
  const usage = runs.map(({ token_usage: { input, output } }) => input + output);
  const row = (title: string, pick: (run: Comparison['runs'][number], i: number) => string) => [
    palette.dim(title),
    ...runs.map(pick),
  ];
  const rows = [
    row('run', ({ run_id: id }) => id),
    row('name', ({ name }) => truncate(printable(name), VALUE_WIDTH)),
    row('status', ({ status }) => statusText(status, palette)),
    row('took', ({ total_duration_seconds: seconds }) =>
      seconds === null ? '' : duration(seconds * 1_000),
    ),
    row('attempts', ({ attempts }) => String(attempts)),
    row('cost', ({ cost_usd: usd }) => `$${usd.toFixed(4)}`),
    row('tokens', (_, i) => String(usage[i] ?? 0)),
    row('artifacts', ({ artifacts: { count } }) => String(count)),
    row('tests', ({ tests: { total, passed } }) =>
      total === 0 ? '' : `${passed} of ${total} passed`,
    ),
  ];
  return tableLines(['', ...runs.map((_, i) => palette.bold(nameOf(i)))], rows);
}

function heading(title: string, palette: Palette): readonly string[] {
  return ['', palette.bold(title)];
}

function changes(
  title: string,
  all: readonly DifferencesView[],
  palette: Palette,
): readonly string[] {
  const lines = all.flatMap((found, i) =>
    differenceLines(found, { run: i + 1, of: all.length, palette }),
  );
  return lines.length === 0 ? [] : [...heading(title, palette), ...lines];
}

interface Telling {
  readonly run: number;
  readonly of: number;
  readonly palette: Palette;
}

function differenceLines(
  { changes: found, truncated }: DifferencesView,
  { run, of, palette }: Telling,
): readonly string[] {
  const who = of > 1 ? `${nameOf(run)} ` : '';
  const lines = found.slice(0, SHOWN).map(({ op, path, before, after }) => {
    const place = printable(path === '' ? 'the whole' : path);
    const was = op === 'added' ? '' : palette.red(valueText(before));
    const is = op === 'removed' ? '' : palette.green(valueText(after));
    return `  ${who}${place}: ${[was, is].filter((text) => text !== '').join(' → ')}`;
  });
  const left = found.length - lines.length;
  if (left > 0 || truncated)
    lines.push(palette.dim(`  ${who}and ${left}${truncated ? ' or more' : ''} others`));
  return lines;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return truncate(printable(text), VALUE_WIDTH);
}

function plans({ plans: all }: Comparison, palette: Palette): readonly string[] {
  const lines = all.flatMap((plan, i) => {
    if (plan.is_same) return [];
    const who = all.length > 1 ? `${nameOf(i + 1)} ` : '';
    return [
      ...plan.added.map((id) => `  ${who}${palette.green(`+ ${printable(id)}`)}`),
      ...plan.removed.map((id) => `  ${who}${palette.red(`- ${printable(id)}`)}`),
      ...plan.changed.flatMap(({ node_id: id, changes: found }) => [
        `  ${who}${palette.yellow(`~ ${printable(id)}`)}`,
        ...differenceLines({ changes: found, truncated: false }, { run: 1, of: 1, palette }).map(
          (line) => `  ${line}`,
        ),
      ]),
    ];
  });
  return lines.length === 0 ? [] : [...heading('Plan', palette), ...lines];
}

function nodes({ nodes: { items, total, same } }: Comparison, palette: Palette): readonly string[] {
  const note = palette.dim(`${plural(same, 'node')} the same in all runs.`);
  if (items.length === 0) return ['', note];
  const runs = items[0]?.runs.length ?? 0;
  const head = ['NODE', ...Array.from({ length: runs }, (_, i) => nameOf(i)), 'OUTPUT'];
  const rows = items.map((node) => [
    (node.is_same ? palette.dim : palette.bold)(truncate(printable(node.node_id), VALUE_WIDTH)),
    ...node.runs.map((run) => runText(run, palette)),
    outputText(node, palette),
  ]);
  const more = total > items.length ? [palette.dim(`${total - items.length} more: --limit`)] : [];
  const details = items.flatMap((node) => [
    ...node.output.flatMap((found, i) => {
      const lines = differenceLines(found, { run: i + 1, of: node.output.length, palette });
      return lines.length === 0
        ? []
        : [`  ${palette.bold(printable(node.node_id))}`, ...lines.map((line) => `  ${line}`)];
    }),
  ]);
  const outputs = details.length === 0 ? [] : [...heading('Outputs', palette), ...details];
  return ['', ...tableLines(head, rows), ...more, note, ...outputs];
}

function runText(run: ComparedNode['runs'][number], palette: Palette): string {
  if (run === null) return palette.dim('none');
  const again = run.attempts > 1 ? ` ×${run.attempts}` : '';
  const took = run.duration_ms === null ? '' : ` ${duration(run.duration_ms)}`;
  return `${statusText(run.status, palette)}${again}${palette.dim(took)}`;
}

function outputText({ output }: ComparedNode, palette: Palette): string {
  const count = output.reduce((sum, { changes: found }) => sum + found.length, 0);
  return count === 0 ? palette.dim('the same') : palette.yellow(plural(count, 'difference'));
}

function artifacts(
  { artifacts: { items, same } }: Comparison,
  palette: Palette,
): readonly string[] {
  if (items.length === 0) return [];
  const marks = {
    added: (text: string) => palette.green(`+ ${text}`),
    removed: (text: string) => palette.red(`- ${text}`),
    changed: (text: string) => palette.yellow(`~ ${text}`),
  };
  return [
    ...heading('Artifacts', palette),
    ...items.map(({ path, state, runs }) => {
      const sizes = runs.map((run) => (run === null ? '–' : `${run.size_bytes} B`)).join(' → ');
      return `  ${marks[state](printable(path))}  ${palette.dim(sizes)}`;
    }),
    palette.dim(`  ${plural(same, 'artifact')} the same.`),
  ];
}

function tests({ tests: { items, same } }: Comparison, palette: Palette): readonly string[] {
  if (items.length === 0) return [];
  return [
    ...heading('Tests', palette),
    ...items.map(({ classname, name, runs }) => {
      const test = printable([classname, name].filter((part) => part !== '').join(' '));
      return `  ${test}: ${runs.map((status) => resultText(status, palette)).join(' → ')}`;
    }),
    palette.dim(`  ${plural(same, 'test')} with the same result.`),
  ];
}

function resultText(
  status: Comparison['tests']['items'][number]['runs'][number],
  palette: Palette,
): string {
  if (status === null) return palette.dim('not run');
  if (status === 'passed') return palette.green(status);
  return status === 'skipped' ? palette.dim(status) : palette.red(status);
}
