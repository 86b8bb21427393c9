import { GRAPH_STATES } from '@tenuto/contract';
import { useMemo, useState } from 'react';
import { type Graph, partOf } from '../../logic/graph.ts';
import { ZOOM } from '../../logic/graph-viewport.ts';
import { Waiting } from '../../ui/skeleton.tsx';
import { WORDS } from '../../words.ts';
import { RUN_WORDS } from '../../words-run.ts';
import type { Hit } from './graph-canvas.ts';
import { keysOf } from './graph-keys.ts';
import type { Looks } from './graph-scene.ts';
import { GraphTools } from './graph-tools.tsx';
import { useGraphCanvas, useShown, useToggle } from './use-graph-canvas.ts';
import { useScene, type Wish } from './use-scene.ts';

const words = RUN_WORDS.graph;
/** From so many cards on, a map of them helps. */
const MAP_FROM = 15;

interface Props extends Wish {
  readonly pick: (nodeId: string) => void;
  readonly look: (change: { readonly open?: string; readonly lit?: string | undefined }) => void;
}

/** The graph of a run from left to right, with the state of each node. */
export function GraphView(props: Props) {
  const { graph, pick, look, open, isCritical } = props;
  const { drawn, layout, looks } = useScene(props);
  const [cursor, setCursor] = useState(-1);
  const [hover, setHover] = useState('');
  const { anchor, toggle } = useToggle({ drawn, layout }, open, (next) => look({ open: next }));
  const act = (at: Hit) => {
    if (at === undefined) return;
    const card = 'card' in at ? drawn.cards[at.card] : undefined;
    if (card?.kind === 'node') pick(card.label);
    else toggle('card' in at ? at.card : drawn.cards.length + at.frame);
  };
  const say = (card: number) => sayingOf(card, { drawn, looks });
  const { canvas, map, controls } = useGraphCanvas({
    act,
    hover: (at) => setHover(at !== undefined && 'card' in at ? say(at.card) : ''),
  });
  const withCursor = useMemo(() => ({ ...looks, cursor }), [looks, cursor]);
  useShown(controls, { drawn, layout, looks: withCursor }, anchor);
  const find = (nodeId: string) => {
    pick(nodeId);
    const box = layout && partOf(layout, drawn.endOf[graph.indexOf.get(nodeId) ?? -1] ?? -1);
    if (box !== undefined) controls.current?.reveal(box, true);
  };
  const onKeyDown = keysOf({
    ...{ layout, cursor, controls, act: () => act({ card: cursor }) },
    from: cursor >= 0 ? cursor : looks.picked,
    go(card) {
      setCursor(card);
      const box = layout?.cards[card];
      if (box !== undefined) controls.current?.reveal(box);
    },
  });
  return (
    <>
      <GraphTools
        {...{ graph, isCritical, find }}
        {...foldsOf(drawn, (next) => look({ open: next }))}
        setCritical={(on) => look({ lit: on ? 'critical' : undefined })}
        zoom={(by) =>
          by === 0 ? controls.current?.fit() : controls.current?.zoom(ZOOM.step ** by)
        }
      />
      <div
        className="graph-field"
        role="application"
        aria-label={words.field(drawn.cards.length)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys go from card to card in it.
        tabIndex={0}
        title={hover}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(-1)}
      >
        {layout === undefined && <Waiting />}
        <canvas ref={canvas} className="graph-canvas" />
        <canvas ref={map} className="graph-map" hidden={drawn.cards.length < MAP_FROM} />
        <p className="unseen" aria-live="polite">
          {cursor >= 0 && say(cursor)}
        </p>
      </div>
    </>
  );
}

/** What can be folded and unfolded at once. */
function foldsOf({ cards, frames }: Graph, put: (open: string) => void) {
  return {
    unfold: cards.some(({ kind }) => kind !== 'node') ? () => put('all') : undefined,
    fold: frames.length > 0 ? () => put('none') : undefined,
  };
}

/** A card in words. */
function sayingOf(
  at: number,
  { drawn, looks }: { readonly drawn: Graph; readonly looks: Looks },
): string {
  const card = drawn.cards[at];
  if (card === undefined) return '';
  const state = GRAPH_STATES[looks.codes[at] ?? 0] ?? 'pending';
  const about = card.kind === 'node' ? '' : `, ${looks.about[at]}`;
  return `${card.label}: ${WORDS.status[state]}${about}`;
}
