/** The plan as a drawing: layers from left to right, in plain SVG. */
import type { BundleData, JobNode } from '@tenuto/contract';
import { type Html, html } from './html.ts';
import { shorten } from './words.ts';

const BOX = { width: 170, height: 40 } as const;
const GAP = { x: 60, y: 16 } as const;
const MARGIN = 16;
/** More nodes than this are no drawing any more. */
export const DRAWN_MOST = 400;

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Where each node stands: its level says the column, the rows of its parents the row. */
export function layout(plan: BundleData['plan']): readonly Spot[] {
  const parents = plan.nodes.map((): number[] => []);
  for (const [from, to] of plan.edges) parents[to]?.push(from);
  plan.nodes.forEach(({ group }, i) => {
    if (group >= 0) parents[i]?.push(group);
  });
  const rows = new Map<number, number>();
  const columns = Map.groupBy(
    plan.nodes.map((_, i) => i),
    (i) => plan.nodes[i]?.level ?? 0,
  );
  for (const [, column] of [...columns].sort(([a], [b]) => a - b)) {
    const wish = (i: number) => {
      const known = (parents[i] ?? []).flatMap((parent) => rows.get(parent) ?? []);
      return known.length === 0 ? i / 1e6 : known.reduce((sum, row) => sum + row, 0) / known.length;
    };
    const wishes = new Map(column.map((i) => [i, wish(i)]));
    column.sort((a, b) => (wishes.get(a) ?? 0) - (wishes.get(b) ?? 0) || a - b);
    for (const [row, i] of column.entries()) rows.set(i, row);
  }
  const tallest = Math.max(1, ...[...columns.values()].map((column) => column.length));
  return plan.nodes.map(({ level }, i) => {
    const inColumn = columns.get(level)?.length ?? 1;
    const top = ((tallest - inColumn) * (BOX.height + GAP.y)) / 2;
    return {
      x: MARGIN + level * (BOX.width + GAP.x),
      y: MARGIN + top + (rows.get(i) ?? 0) * (BOX.height + GAP.y),
    };
  });
}

/** @param nodes as they have ended; a node that has instances counts as one */
export function graph(plan: BundleData['plan'], nodes: readonly JobNode[]): Html {
  if (plan.nodes.length === 0) return html`<p class="none">The plan has no nodes.</p>`;
  if (plan.nodes.length > DRAWN_MOST) {
    return html`<p class="none">A plan of ${plan.node_count} nodes is too large to be drawn: up to ${DRAWN_MOST} are. They are listed below.</p>`;
  }
  const spots = layout(plan);
  const width = Math.max(...spots.map(({ x }) => x)) + BOX.width + MARGIN;
  const height = Math.max(...spots.map(({ y }) => y)) + BOX.height + MARGIN;
  return html`<div class="scroll"><svg class="graph" role="img" aria-label="The plan as a graph" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" class="head"/></marker></defs>
${plan.nodes.map(({ group }, i) => (group >= 0 ? line(spots[group], spots[i], 'inside') : null))}
${plan.edges.map(([from, to, label]) => line(spots[from], spots[to], 'edge', label))}
${plan.nodes.map((node, i) => box(node, spots[i], statesOf(node.id, nodes)))}
</svg></div>`;
}

function line(from: Spot | undefined, to: Spot | undefined, kind: string, label?: string): Html {
  if (from === undefined || to === undefined) return html``;
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = Math.max(20, Math.abs(x2 - x1) / 2);
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  const text =
    label === undefined
      ? null
      : html`<text class="label" x="${(x1 + x2) / 2}" y="${(y1 + y2) / 2 - 4}">${shorten(label, 14)}</text>`;
  return html`<path class="${kind}" d="${path}"${kind === 'edge' ? html` marker-end="url(#head)"` : null}/>${text}`;
}

function box(
  node: BundleData['plan']['nodes'][number],
  spot: Spot | undefined,
  { status, count }: States,
): Html {
  if (spot === undefined) return html``;
  const { x, y } = spot;
  const inner = node.type.endsWith('_group') || node.type === 'condition' ? ' derived' : '';
  const times = count > 1 ? ` ×${count}` : '';
  return html`<g class="node s-${status}${inner}"><title>${node.id}: ${status}${times}</title><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8"/><text x="${x + 12}" y="${y + 17}" class="id">${shorten(node.id, 19)}${times}</text><text x="${x + 12}" y="${y + 32}" class="uses">${shorten(node.uses ?? node.type, 24)}</text></g>`;
}

interface States {
  readonly status: string;
  readonly count: number;
}

/** A node of the plan itself, or what its instances have come to: the worst of them. */
function statesOf(id: string, nodes: readonly JobNode[]): States {
  const own = nodes.filter(
    ({ node_id }) => node_id === id || (node_id.startsWith(`${id}[`) && node_id.endsWith(']')),
  );
  const worst = WORST.find((status) => own.some((node) => node.status === status));
  return { status: worst ?? 'pending', count: own.length };
}

const WORST = [
  'failed',
  'timeout',
  'running',
  'waiting',
  'ready',
  'cancelled',
  'pending',
  'completed',
  'skipped',
] as const;
