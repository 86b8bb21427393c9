import { GRAPH_STATES } from '@tenuto/contract';
import { count } from '../../logic/format.ts';
import { countsOf, type RunStates } from '../../logic/run-states.ts';
import { StatusMark } from '../../ui/status.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.graph;

interface Props {
  readonly states: RunStates;
  readonly shown: ReadonlySet<string>;
  readonly show: (states: ReadonlySet<string>) => void;
}

/** What the colours mean, how many nodes there are of each, and which of them are to be seen well. */
export function GraphLegend({ states, shown, show }: Props) {
  const counts = countsOf(states);
  return (
    <fieldset className="graph-legend">
      <legend className="unseen">{words.legend}</legend>
      {GRAPH_STATES.map((state, code) => {
        const number = counts[code] ?? 0;
        if (number === 0 && !shown.has(state)) return null;
        const next = new Set(shown);
        if (!next.delete(state)) next.add(state);
        return (
          <button
            key={state}
            type="button"
            className="chip legend-chip"
            aria-pressed={shown.has(state)}
            onClick={() => show(next)}
          >
            <StatusMark status={state} />
            <span className="num">{count(number)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
