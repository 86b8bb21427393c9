import { useEffect, useMemo, useState } from 'react';
import type { Graph } from '../../logic/graph.ts';
import { cardWidthOf, type Layout, layoutByLevels } from '../../logic/graph-layout.ts';

/** Nodes of runs, and cards, up to which ELK is quick: 300 cards take it a second, 1,000 ten. */
const ELK = { nodes: 1_000, cards: 300 } as const;

/** ELK lays out what has no frames; those are laid out by levels, inside and out. */
function isForElk({ cards, frames, endOf }: Graph): boolean {
  const isSmall = endOf.length <= ELK.nodes && cards.length <= ELK.cards;
  return frames.length === 0 && cards.length > 2 && isSmall;
}

const byLevelsOf = (graph: Graph) => layoutByLevels(graph, cardWidthOf(graph));

/**
 * Where each card lies; undefined until that is known. It depends on the form of the graph alone:
 * a node that changes its state moves nothing.
 */
export function useLayout(graph: Graph): Layout | undefined {
  const byLevels = useMemo(() => (isForElk(graph) ? undefined : byLevelsOf(graph)), [graph]);
  const [laid, setLaid] = useState<{ readonly graph: Graph; readonly layout: Layout }>();
  useEffect(() => {
    if (byLevels !== undefined) return;
    let wanted = true;
    const put = (layout: Layout) => {
      if (wanted) setLaid({ graph, layout });
    };
    import('./elk.ts')
      .then(({ layoutByElk }) => layoutByElk(graph))
      .then(put, () => put(byLevelsOf(graph)));
    return () => {
      wanted = false;
    };
  }, [graph, byLevels]);
  return byLevels ?? (laid?.graph === graph ? laid.layout : undefined);
}
