import { useEffect, useMemo, useState } from 'react';
import type { Graph } from '../../logic/graph.ts';
import { layoutByLevels, type Places } from '../../logic/graph-layout.ts';
import { layoutByElk } from './elk.ts';

/** Beyond so many cards ELK takes longer than anybody waits, on a machine that has other work. */
const ELK_CARDS = 300;

/**
 * Where each card lies; undefined until that is known. Only the form of the graph matters: a node
 * that changes its state moves nothing.
 */
export function useLayout(graph: Graph): Places | undefined {
  const form = useMemo(
    () => JSON.stringify([graph.cards.map(({ id }) => id), graph.edges.map((e) => [e.from, e.to])]),
    [graph],
  );
  const [laid, setLaid] = useState<{ readonly form: string; readonly places: Places }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form is what counts of the graph.
  useEffect(() => {
    let wanted = true;
    const put = (places: Places) => {
      if (wanted) setLaid({ form, places });
    };
    if (graph.cards.length > ELK_CARDS) put(layoutByLevels(graph));
    else layoutByElk(graph).then(put, () => put(layoutByLevels(graph)));
    return () => {
      wanted = false;
    };
  }, [form]);
  return laid?.form === form ? laid.places : undefined;
}
