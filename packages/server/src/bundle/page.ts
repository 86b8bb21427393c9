/** A bundle as one page that opens without a network. */
import { createHash } from 'node:crypto';
import { BUNDLE_ELEMENT_ID, type Bundle } from '@tenuto/contract';
import { graph } from './graph.ts';
import { Html, html, scriptJson } from './html.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import {
  artifacts,
  attempts,
  audit,
  badge,
  costs,
  decisions,
  history,
  logs,
  nodes,
  phases,
  section,
  tests,
  value,
} from './tables.ts';
import { timeline } from './timeline.ts';
import { bytes, dollars, duration, moment, plural } from './words.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded from anywhere, and nothing runs but the one script that is known. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const PARTS = [
  ['plan', 'Plan'],
  ['inputs', 'Inputs'],
  ['timeline', 'Timeline'],
  ['nodes', 'Nodes'],
  ['attempts', 'Attempts'],
  ['logs', 'Logs'],
  ['artifacts', 'Artifacts'],
  ['tests', 'Tests'],
  ['costs', 'Costs'],
  ['decisions', 'Decisions'],
  ['history', 'History'],
  ['audit', 'Audit'],
] as const;

/** @returns the whole document */
export function bundlePage(bundle: Bundle): string {
  const { run, plan, omitted, integrity } = bundle;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Tenuto ${bundle.server_version}">
<title>${run.name}: ${run.status}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header class="top">
<h1>${run.name} ${badge(run.status)}</h1>
<p class="meta">Run <code>${run.run_id}</code>, a ${nounOf(run.kind)} that ${run.triggered_by} asked for${origin(bundle)}</p>
${facts(bundle)}
</header>
<nav><div>${PARTS.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</div></nav>
<main>
${run.error && section({ id: 'error', title: 'Why it failed' }, html`<p class="error">${run.error.node_id}${run.error.node_id && ': '}${run.error.type}: ${run.error.message}</p>`)}
${
  omitted.length > 0 &&
  section(
    { id: 'omitted', title: 'Not in this bundle' },
    omitted.map((what) => html`<p class="note">${what}</p>`),
  )
}
${section({ id: 'plan', title: 'Plan', count: plan.node_count }, graph(plan, bundle.nodes))}
${section({ id: 'inputs', title: 'Inputs' }, inputs(bundle))}
${section({ id: 'timeline', title: 'Timeline' }, timeline(bundle))}
${phases(bundle)}
${nodes(bundle)}
${attempts(bundle)}
${logs(bundle)}
${artifacts(bundle)}
${tests(bundle)}
${costs(bundle)}
${decisions(bundle)}
${history(bundle)}
${audit(bundle)}
</main>
<footer>
<p>Made ${moment(bundle.created_at)} by ${bundle.created_by}, with Tenuto ${bundle.server_version}. Bundle schema ${bundle.schema_version}.</p>
<p>SHA-256 <code>${integrity.hash}</code>. <span id="verdict">tenuto bundle verify says whether its data are what that says.</span></p>
</footer>
<script type="application/json" id="${BUNDLE_ELEMENT_ID}">${scriptJson(JSON.stringify(bundle))}</script>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}

const NOUNS: Readonly<Record<string, string>> = { phased: 'phased run', task: 'run of a task' };

/** What a kind of run is called in a sentence. */
function nounOf(kind: string): string {
  return NOUNS[kind] ?? kind;
}

function origin({ run: { forked_from: from } }: Bundle): Html {
  if (from === null) return html`.`;
  const { node, run_id: id, attempts_taken_over: taken } = from;
  const where = node === null ? 'from its beginning' : html`from node <code>${node}</code>`;
  return html`. It is a fork of <code>${id}</code> ${where}; ${plural(taken, 'attempt')} taken over.`;
}

function facts({ run, totals }: Bundle): Html {
  const seconds = run.total_duration_seconds;
  const entries: (readonly [string, string | number | null])[] = [
    ['Began', run.started_at === null ? 'not yet' : moment(run.started_at)],
    ['Took', seconds === null ? '' : duration(seconds * 1_000)],
    ['Nodes', `${run.counts.completed} of ${total(run.counts)} completed`],
    ['Attempts', totals.attempts],
    ['Artifacts', `${totals.artifacts.count}, ${bytes(totals.artifacts.size_bytes)}`],
    [
      'Tests',
      totals.tests.total === 0 ? 'none' : `${totals.tests.passed} of ${totals.tests.total} passed`,
    ],
    ['Cost', dollars(totals.cost_usd)],
  ];
  return html`<dl class="facts">${entries.map(([term, fact]) => html`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>`;
}

function total(counts: Bundle['run']['counts']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function inputs({ run, rerun }: Bundle): Html {
  const { params, metadata, tags } = run;
  return html`<p>${tags.map((tag) => [badge(tag), ' '])}</p><h3>Parameters</h3><pre>${JSON.stringify(params, undefined, 2)}</pre>
<h3>Metadata</h3><pre>${JSON.stringify(metadata, undefined, 2)}</pre>
<h3>Output</h3>${value(run.output) ?? html`<p class="none">None.</p>`}
<h3>Graph</h3>${value(rerun?.dag_definition, 'as it was submitted') ?? html`<p class="none">Too large.</p>`}`;
}
