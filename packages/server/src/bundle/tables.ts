/** Lists of a bundle's page, as tables. */
import type { Bundle } from '@tenuto/contract';
import { type Html, html, type Part } from './html.ts';
import { bytes, dollars, duration, moment, plural } from './words.ts';

/** A part of the page; one with nothing in it says so. */
export function section(
  { id, title, count }: { readonly id: string; readonly title: string; readonly count?: number },
  content: Part,
): Html {
  const counted = count === undefined ? null : html`<small>${count}</small>`;
  return html`<section id="${id}"><h2>${title}${counted}</h2>${content}</section>`;
}

interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  readonly isId?: boolean;
}

function table(id: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Html {
  if (rows.length === 0) return html`<p class="none">None.</p>`;
  const kind = ({ isNumber, isId }: Column) =>
    isNumber ? html` class="n"` : isId ? html` class="id"` : null;
  return html`<input class="find" type="search" data-list="${id}-list" placeholder="Filter" aria-label="Filter"><div class="scroll" id="${id}-list"><table><thead><tr>${columns.map((column) => html`<th${kind(column)}>${column.title}</th>`)}</tr></thead><tbody>
${rows.map(
  (
    row,
  ) => html`<tr>${row.map((cell, i) => html`<td${kind(columns[i] ?? { title: '' })}>${cell}</td>`)}</tr>
`,
)}</tbody></table></div>`;
}

export function badge(status: string): Html {
  const known = /^[a-z_]+$/.test(status) ? ` s-${status}` : '';
  return html`<span class="badge${known}">${status}</span>`;
}

/** A value that is unfolded by whoever wants to see it. */
export function value(json: unknown, label = 'output'): Html | null {
  if (json === null || json === undefined) return null;
  const text = typeof json === 'string' ? json : JSON.stringify(json, undefined, 2);
  if (text.length <= 60 && !text.includes('\n')) return html`<code>${text}</code>`;
  return html`<details><summary>${label}</summary><pre>${text}</pre></details>`;
}

function failure(error: { readonly type: string; readonly message: string } | null): Html | null {
  return error && html`<div class="error">${error.type}: ${error.message}</div>`;
}

const name = { title: 'Node', isId: true } as const;
const when = (at: string | null) =>
  at === null ? null : html`<time datetime="${at}">${moment(at)}</time>`;

/** Of a run of a profile: how far its phases are. */
export function phases({ run: { phases: all } }: Bundle): Html | null {
  if (all.length === 0) return null;
  const columns = [
    { title: 'Phase', isId: true },
    { title: 'Status' },
    { title: 'Agents' },
    { title: 'Artifacts', isNumber: true },
    { title: 'Began' },
    { title: 'Took', isNumber: true },
  ];
  const rows = all.map((one) => [
    ...[one.phase, badge(one.status), one.agent_ids.join(', '), one.artifacts_count],
    ...[when(one.started_at), duration(one.duration_seconds && one.duration_seconds * 1_000)],
  ]);
  return section({ id: 'phases', title: 'Phases' }, table('phases', columns, rows));
}

export function nodes({ nodes: all }: Bundle): Html {
  const columns = [
    name,
    { title: 'Action' },
    { title: 'Status' },
    { title: 'Attempts', isNumber: true },
    { title: 'Took', isNumber: true },
    { title: 'Result' },
  ];
  const rows = all.map((node) => [
    node.node_id,
    node.uses ?? node.type,
    badge(node.status),
    node.attempts,
    duration(node.duration_ms),
    [failure(node.error), value(node.output)],
  ]);
  return section({ id: 'nodes', title: 'Nodes', count: all.length }, table('nodes', columns, rows));
}

export function attempts({ attempts: all }: Bundle): Html {
  const columns = [
    name,
    { title: '#', isNumber: true },
    { title: 'Kind' },
    { title: 'Status' },
    { title: 'Ended' },
    { title: 'Took', isNumber: true },
    { title: 'Result' },
  ];
  const rows = all.map((one) => [
    one.node_id,
    one.attempt,
    one.kind,
    badge(one.status),
    when(one.completed_at),
    duration(one.duration_ms),
    [failure(one.error), value(one.output)],
  ]);
  const about = { id: 'attempts', title: 'Attempts', count: all.length };
  return section(about, table('attempts', columns, rows));
}

export function history({ history: all }: Bundle): Html {
  const columns = [
    { title: 'At' },
    { title: 'From' },
    { title: 'To' },
    { title: 'By' },
    { title: 'Why' },
  ];
  const rows = all.map((one) => [when(one.at), one.from, badge(one.to), one.actor, one.reason]);
  return section({ id: 'history', title: 'History' }, table('history', columns, rows));
}

export function logs({ logs: all }: Bundle): Html {
  const byAttempt = Map.groupBy(all, ({ node_id, attempt }) => `${node_id}\n${attempt}`);
  const blocks = [...byAttempt.values()].map((lines) => {
    const [first] = lines;
    const text = lines.map((line) => line.text).join('\n');
    return html`<details><summary>${first?.node_id} <span class="soft">attempt ${first?.attempt}, ${plural(lines.length, 'line')}</span></summary><pre>${text}</pre></details>`;
  });
  const none = html`<p class="none">None.</p>`;
  return section(
    { id: 'logs', title: 'Logs', count: all.length },
    all.length === 0 ? none : blocks,
  );
}

export function artifacts({ artifacts: all }: Bundle): Html {
  const columns = [
    { title: 'Path', isId: true },
    { title: 'Type' },
    { title: 'Size', isNumber: true },
    { title: 'SHA-256' },
  ];
  const rows = all.map((one) => [
    one.text === undefined
      ? one.path
      : html`<details><summary>${one.path}</summary><pre>${one.text}</pre></details>`,
    one.media_type,
    bytes(one.size_bytes),
    html`<code>${one.hash}</code>`,
  ]);
  const about = { id: 'artifacts', title: 'Artifacts', count: all.length };
  return section(about, table('artifacts', columns, rows));
}

export function tests({ tests: all }: Bundle): Html {
  const columns = [
    { title: 'Test', isId: true },
    { title: 'Suite' },
    name,
    { title: 'Result' },
    { title: 'Took', isNumber: true },
    { title: 'Message' },
  ];
  const rows = all.map((test) => [
    [test.classname, test.classname && ' ', test.name],
    test.suite,
    test.node_id,
    [badge(test.status), test.flaky && [' ', badge('flaky')], test.quarantined && ' in quarantine'],
    duration(test.duration_ms),
    value(test.message, 'message'),
  ]);
  return section({ id: 'tests', title: 'Tests', count: all.length }, table('tests', columns, rows));
}

export function costs({ costs: all, totals }: Bundle): Html {
  const columns = [
    name,
    { title: 'Input tokens', isNumber: true },
    { title: 'of it cached', isNumber: true },
    { title: 'Output tokens', isNumber: true },
    { title: 'of it reasoning', isNumber: true },
    { title: 'Cost', isNumber: true },
  ];
  const row = (id: string, usage: Bundle['totals']['token_usage'], usd: number) => [
    ...[id, usage.input, usage.cached, usage.output, usage.reasoning, dollars(usd)],
  ];
  const rows = all.map((one) => row(one.node_id, one.token_usage, one.cost_usd));
  const sum = rows.length > 1 ? [row('all together', totals.token_usage, totals.cost_usd)] : [];
  return section({ id: 'costs', title: 'Costs' }, table('costs', columns, [...rows, ...sum]));
}

export function decisions(bundle: Bundle): Html {
  return section({ id: 'decisions', title: 'Approvals, interventions and recoveries' }, [
    html`<h3>Approvals</h3>`,
    approvals(bundle),
    html`<h3>Interventions</h3>`,
    interventions(bundle),
    html`<h3>Recoveries</h3>`,
    recoveries(bundle),
  ]);
}

const titled = (...titles: readonly string[]) =>
  titles.map((title) => (title === 'Node' ? name : { title, isId: LONG.has(title) }));
/** What is written in whole sentences. */
const LONG: ReadonlySet<string> = new Set(['Question', 'Why']);

function approvals({ approvals: all }: Bundle): Html {
  const columns = titled('Asked', 'Node', 'Question', 'State', 'Votes', 'Why');
  const vote = ({ by, decision, comment }: Bundle['approvals'][number]['decisions'][number]) =>
    html`<div>${by}: ${decision} <span class="soft">${comment}</span></div>`;
  const rows = all.map((one) => [
    ...[when(one.opened_at), one.node_id, one.title, badge(one.state)],
    ...[one.decisions.map(vote), one.reason],
  ]);
  return table('approvals', columns, rows);
}

function interventions({ interventions: all }: Bundle): Html {
  const columns = titled('Asked', 'Node', 'Question', 'State', 'Answer', 'By');
  const rows = all.map((one) => [
    ...[when(one.opened_at), one.node_id, one.message, badge(one.state)],
    ...[[one.resolution, value(one.result, 'result')], one.resolved_by],
  ]);
  return table('interventions', columns, rows);
}

function recoveries({ recoveries: all }: Bundle): Html {
  const columns = titled('Began', 'Node', 'What', 'Because of', 'State', 'By', 'Why');
  const rows = all.map((one) => [
    ...[when(one.started_at), one.node_id, one.action, one.trigger, badge(one.status)],
    ...[one.actor, one.reason],
  ]);
  return table('recoveries', columns, rows);
}

export function audit({ audit: all }: Bundle): Html {
  const columns = [
    { title: 'At' },
    { title: 'Who' },
    { title: 'What' },
    { title: 'Details' },
    { title: 'Seal' },
  ];
  const rows = all.map((row) => [
    when(row.at),
    row.actor,
    row.action,
    value(row.details, 'details'),
    row.seal === null
      ? html`<span class="soft">not sealed yet</span>`
      : html`<code>${row.seal.number}:${row.seal.hash.slice(0, 16)}…</code>`,
  ]);
  return section({ id: 'audit', title: 'Audit', count: all.length }, table('audit', columns, rows));
}
