/** The attempts of a run over time, as bars, in plain SVG. */
import type { Attempt, BundleData } from '@tenuto/contract';
import { type Html, html } from './html.ts';
import { duration, plural, shorten } from './words.ts';

const ROW = 22;
const LEFT = 190;
const WIDTH = 760;
const RIGHT = 60;
const TOP = 26;
/** Bars that are drawn. */
export const BARS_MOST = 300;
const TICKS = 6;

interface Bar {
  readonly attempt: Attempt;
  readonly from: number;
  readonly to: number;
}

/** What a fork has taken over lies before its beginning, and has no place in it. */
export function barsOf({ run, attempts }: Pick<BundleData, 'run' | 'attempts'>): readonly Bar[] {
  const begin = run.started_at === null ? 0 : Date.parse(run.started_at);
  return attempts
    .map((attempt) => {
      const to = Date.parse(attempt.completed_at);
      return { attempt, to, from: Math.min(to, Date.parse(attempt.started_at ?? '') || to) };
    })
    .filter(({ to }) => run.forked_from === null || to >= begin)
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

export function timeline(data: Pick<BundleData, 'run' | 'attempts'>): Html {
  const bars = barsOf(data);
  const [first] = bars;
  if (first === undefined) return html`<p class="none">No attempt has ended.</p>`;
  const shown = bars.slice(0, BARS_MOST);
  const from = first.from;
  const to = Math.max(from + 1, ...shown.map((bar) => bar.to));
  const x = (at: number) => LEFT + ((at - from) / (to - from)) * WIDTH;
  const height = TOP + shown.length * ROW + 8;
  const width = LEFT + WIDTH + RIGHT;
  const ticks = Array.from({ length: TICKS }, (_, i) => from + ((to - from) * i) / (TICKS - 1));
  const left = bars.length - shown.length;
  const taken = data.attempts.length - bars.length;
  return html`<div class="scroll"><svg class="gantt" role="img" aria-label="Attempts over time" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
${ticks.map((at) => html`<line class="tick" x1="${round(x(at))}" x2="${round(x(at))}" y1="${TOP - 8}" y2="${height}"/><text class="when" x="${round(x(at))}" y="12">${duration(at - from)}</text>`)}
${shown.map((bar, i) => row(bar, TOP + i * ROW, x))}
</svg></div>${left > 0 ? html`<p class="none">${plural(left, 'attempt')} more are listed below.</p>` : null}${taken > 0 ? html`<p class="none">${plural(taken, 'attempt')} taken over from the run that this is a fork of.</p>` : null}`;
}

function row({ attempt, from, to }: Bar, y: number, x: (at: number) => number): Html {
  const width = Math.max(2, x(to) - x(from));
  const number = attempt.attempt > 1 ? ` #${attempt.attempt}` : '';
  const kind = attempt.kind === 'work' ? '' : ` (${attempt.kind})`;
  const took = duration(to - from);
  return html`<g class="s-${attempt.status}"><title>${attempt.node_id}${number}${kind}: ${attempt.status}, ${took}</title><text class="who" x="${LEFT - 8}" y="${y + 14}">${shorten(`${attempt.node_id}${number}${kind}`, 26)}</text><rect class="bar" x="${round(x(from))}" y="${y + 3}" width="${round(width)}" height="${ROW - 7}" rx="3"/><text class="took" x="${round(x(from) + width + 5)}" y="${y + 14}">${took}</text></g>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
