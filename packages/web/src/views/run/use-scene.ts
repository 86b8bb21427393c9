import { GRAPH_STATES, type GraphState } from '@tenuto/contract';
import { useMemo } from 'react';
import { count } from '../../logic/format.ts';
import { type Graph, graphOf } from '../../logic/graph.ts';
import type { Layout } from '../../logic/graph-layout.ts';
import {
  type CardStates,
  cardStates,
  cardsIn,
  criticalEdges,
  dependenciesOf,
  dependencyEdges,
  endsOf,
  foldingOf,
  tallyOf,
} from '../../logic/graph-looks.ts';
import type { RunGraph } from '../../logic/run-graph.ts';
import type { RunStates } from '../../logic/run-states.ts';
import { RUN_WORDS } from '../../words-run.ts';
import type { Looks, Scene } from './graph-scene.ts';
import { useLayout } from './use-layout.ts';

const words = RUN_WORDS.graph;

export interface Wish {
  readonly graph: RunGraph;
  readonly states: RunStates;
  /** The node that is looked at. */
  readonly picked: string | undefined;
  readonly shown: ReadonlySet<string>;
  readonly open: string | undefined;
  readonly isCritical: boolean;
}

/** What is drawn of a run; each part is made anew only when what it is made of has changed. */
export function useScene({ graph, states, picked, shown, open, isCritical }: Wish) {
  const drawn = useMemo(() => graphOf(graph, foldingOf(open, graph.size)), [graph, open]);
  const layout = useLayout(drawn);
  const stands = useMemo(() => cardStates(drawn, states), [drawn, states]);
  const about = useMemo(() => aboutOf(drawn, stands, states), [drawn, stands, states]);
  const node = picked === undefined ? -1 : (graph.indexOf.get(picked) ?? -1);
  const edges = useMemo(() => {
    if (isCritical) return criticalEdges(drawn, graph);
    return node < 0 ? undefined : dependencyEdges(drawn, dependenciesOf(graph, node));
  }, [drawn, graph, isCritical, node]);
  const seen = useMemo(() => {
    const wanted = cardsIn(drawn, states, shown);
    return wanted ?? (isCritical && edges ? endsOf(drawn, edges) : undefined);
  }, [drawn, states, shown, isCritical, edges]);
  const looks: Looks = useMemo(
    () => ({
      ...{ codes: stands.codes, counts: stands.counts, about },
      ...{ shown: seen, lit: edges, cursor: -1 },
      picked: node < 0 ? -1 : (drawn.endOf[node] ?? -1),
    }),
    [stands, about, seen, edges, drawn, node],
  );
  return { drawn, layout, looks };
}

export type { Layout, Scene };

/** The line under the name of each card. */
function aboutOf(graph: Graph, { counts }: CardStates, states: RunStates): readonly string[] {
  return graph.cards.map((card, at) => {
    const [node = 0] = card.nodes;
    if (card.kind !== 'node') {
      const { total, done, failed } = tallyOf(card, counts.get(at));
      const what = card.kind === 'stack' ? words.stack(count(total)) : words.group(count(total));
      const part = failed > 0 ? words.failed(count(failed)) : words.done(count(done));
      return done === total ? what : `${what} · ${part}`;
    }
    const state: GraphState = GRAPH_STATES[states.codes[node] ?? 0] ?? 'pending';
    const attempts = states.attempts[node] ?? 0;
    const isAgain = attempts > 1 || state === 'retrying';
    return isAgain ? `${words.attempt(attempts)} · ${card.about}` : card.about;
  });
}
