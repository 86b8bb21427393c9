import type { GraphState } from '@tenuto/contract';
import { duration } from '../../logic/format.ts';
import type { RunStates } from '../../logic/run-states.ts';
import { lookOf } from '../../logic/status.ts';
import { type Bar, barsOf, type Span } from '../../logic/timeline.ts';
import { ownBar, type Places, type TimelineRowOf } from '../../logic/timeline-rows.ts';
import { StatusMark } from '../../ui/status.tsx';
import { WORDS } from '../../words.ts';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.graph;
const INDENT_PX = 14;
const FOLD_PX = 10;

interface Props {
  readonly id: string;
  readonly does: string;
  readonly row: TimelineRowOf;
  /** Names stand a little further in where some rows can be folded. */
  readonly hasGroups: boolean;
  readonly status: GraphState;
  readonly states: RunStates;
  readonly places: Places;
  readonly top: number;
  readonly span: Span;
  readonly now: number | undefined;
  readonly isPicked: boolean;
  /** What the picked node waits for, or what waits for it. */
  readonly isLit: boolean;
  readonly pick: (nodeId: string) => void;
  readonly fold: (node: number) => void;
}

/** One node: its sign, its name, and what it has done when. */
export function TimelineRow(props: Props) {
  const { id, does, row, hasGroups, status, states, places } = props;
  const { top, span, now, isPicked, isLit, pick, fold } = props;
  const { node, depth, isFolded } = row;
  const isGroup = places.groups[node] === 1;
  const own = ownBar(places, node, status);
  const bars = own === undefined ? barsOf(states, node, does) : [own];
  const indent = depth * INDENT_PX;
  return (
    <div className="timeline-slot" style={{ top }}>
      <button
        type="button"
        className={`timeline-row ${isLit ? 'timeline-lit' : ''}`}
        aria-pressed={isPicked}
        onClick={() => pick(id)}
      >
        <span
          className="timeline-names"
          style={{ paddingLeft: indent + (hasGroups ? FOLD_PX : 0) }}
        >
          <StatusMark status={status} bare />
          <span className="cut" title={id}>
            {id}
          </span>
        </span>
        <span className="timeline-bars">
          {bars.length === 0 && <span className="dim">{WORDS.status[status]}</span>}
          {bars.map((bar) => (
            <BarMark key={`${bar.kind}-${bar.from}-${bar.attempt}`} {...{ bar, span, now, does }} />
          ))}
          {now !== undefined && <NowLine span={span} now={now} />}
        </span>
      </button>
      {isGroup && (
        <button
          type="button"
          className="timeline-fold"
          style={{ left: indent }}
          aria-expanded={!isFolded}
          aria-label={words.fold(id)}
          onClick={() => fold(node)}
        >
          {isFolded ? '▸' : '▾'}
        </button>
      )}
    </div>
  );
}

interface BarProps {
  readonly bar: Bar;
  readonly does: string;
  readonly span: Span;
  readonly now: number | undefined;
}

function BarMark({ bar, span, now, does }: BarProps) {
  const to = bar.to ?? now ?? span.to;
  const length = span.to - span.from;
  if (to < span.from || bar.from > span.to) return null;
  const left = ((bar.from - span.from) / length) * 100;
  const width = ((to - bar.from) / length) * 100;
  const said = WORDS.status[bar.status];
  const what = bar.kind === 'attempt' ? words.attempt(bar.attempt) : does;
  const text = `${what}: ${said}${bar.kind === 'moment' ? '' : `, ${duration(to - bar.from)}`}`;
  return (
    <span
      className={`timeline-bar bar-${bar.kind} tone-${lookOf(bar.status).tone}`}
      style={
        bar.kind === 'moment'
          ? { left: `clamp(6px, ${left}%, 100% - 6px)` }
          : { left: `min(${left}%, 100% - 3px)`, width: `${width}%` }
      }
      title={text}
    >
      <span className="bar-text">
        {bar.attempt > 1 && bar.kind === 'attempt' ? bar.attempt : ''}
      </span>
    </span>
  );
}

function NowLine({ span, now }: { readonly span: Span; readonly now: number }) {
  const at = ((now - span.from) / (span.to - span.from)) * 100;
  if (at < 0 || at > 100) return null;
  return <span className="timeline-now" style={{ left: `min(${at}%, 100% - 1px)` }} />;
}
