import type { GraphState } from '@tenuto/contract';
import { duration } from '../../logic/format.ts';
import type { RunStates } from '../../logic/run-states.ts';
import { lookOf } from '../../logic/status.ts';
import { type Bar, barsOf, type Span } from '../../logic/timeline.ts';
import { StatusMark } from '../../ui/status.tsx';
import { WORDS } from '../../words.ts';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.graph;

interface Props {
  readonly id: string;
  readonly node: number;
  readonly status: GraphState;
  readonly states: RunStates;
  readonly top: number;
  readonly span: Span;
  readonly now: number | undefined;
  readonly isPicked: boolean;
  /** What the picked node waits for, or what waits for it. */
  readonly isLit: boolean;
  readonly pick: (nodeId: string) => void;
}

/** One node: its sign, its name, and what it has done when. */
export function TimelineRow(props: Props) {
  const { id, node, status, states, top, span, now, isPicked, isLit, pick } = props;
  const bars = barsOf(states, node);
  return (
    <button
      type="button"
      className={`timeline-row ${isLit ? 'timeline-lit' : ''}`}
      aria-pressed={isPicked}
      style={{ top }}
      onClick={() => pick(id)}
    >
      <span className="timeline-names">
        <StatusMark status={status} bare />
        <span className="cut" title={id}>
          {id}
        </span>
      </span>
      <span className="timeline-bars">
        {bars.length === 0 && <span className="dim">{WORDS.status[status]}</span>}
        {bars.map((bar) => (
          <BarMark key={`${bar.kind}-${bar.from}-${bar.attempt}`} {...{ bar, span, now }} />
        ))}
        {now !== undefined && <NowLine span={span} now={now} />}
      </span>
    </button>
  );
}

interface BarProps {
  readonly bar: Bar;
  readonly span: Span;
  readonly now: number | undefined;
}

function BarMark({ bar, span, now }: BarProps) {
  const to = bar.to ?? now ?? span.to;
  const length = span.to - span.from;
  if (to < span.from || bar.from > span.to) return null;
  const left = ((bar.from - span.from) / length) * 100;
  const width = ((to - bar.from) / length) * 100;
  const said = WORDS.status[bar.status];
  const text = `${words.attempt(bar.attempt)}: ${said}, ${duration(to - bar.from)}`;
  return (
    <span
      className={`timeline-bar bar-${bar.kind} tone-${lookOf(bar.status).tone}`}
      style={{ left: `min(${left}%, 100% - 3px)`, width: `${width}%` }}
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
