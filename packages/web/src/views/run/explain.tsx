import { Link } from '@tanstack/react-router';
import type { Explanation, ReasonToWait, RunDetail } from '@tenuto/contract';
import { useState } from 'react';
import { useExplanation } from '../../data/runs.ts';
import { withLocalTimes } from '../../logic/format.ts';
import { lookOf } from '../../logic/status.ts';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.explain;

interface Props {
  readonly run: RunDetail;
  readonly select: (nodeId: string) => void;
}

/** Why a run stands where it does: one sentence, and what each node waits for on demand. */
export function Explain({ run, select }: Props) {
  const { data } = useExplanation(run.run_id);
  const [open, setOpen] = useState(false);
  if (data === undefined) return <div className="explain" />;
  const { intervention, approval } = data.causes;
  const isAsked = intervention !== undefined || approval !== undefined;
  const needsPerson = isAsked || data.reasons.some(({ cause }) => cause === 'phase');
  const tone = needsPerson ? 'magenta' : lookOf(run.status).tone;
  return (
    <section className={`explain explain-${tone}`} aria-label={words.why}>
      <p>
        {needsPerson && <StatusMark status="needs_person" bare />} {withLocalTimes(data.summary)}
        <ToCircuit explanation={data} />
        {data.nodes.length > 0 && (
          <button
            type="button"
            className="link"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? words.hide : words.show(data.nodes.length + data.nodes_omitted)}
          </button>
        )}
      </p>
      {run.error !== null && !data.summary.includes(run.error.message) && (
        <p className="tone-red explain-error">
          <code>{run.error.type}</code> {run.error.message}
        </p>
      )}
      {data.reasons.length > 0 && <Reasons reasons={data.reasons} summary={data.summary} />}
      {open && <Nodes explanation={data} select={select} />}
    </section>
  );
}

/** The way to the circuit that the run waits for. */
function ToCircuit({ explanation }: { readonly explanation: Explanation }) {
  const reasons = explanation.nodes.flatMap((node) => node.reasons);
  const circuit = reasons.find(({ cause }) => cause === 'circuit')?.of?.circuit;
  if (typeof circuit !== 'string') return null;
  return (
    <Link to="/system/circuits" search={{ circuit }} className="link">
      {words.circuit}
    </Link>
  );
}

interface ReasonsProps {
  readonly reasons: readonly ReasonToWait[];
  readonly summary?: string;
}

function Reasons({ reasons, summary }: ReasonsProps) {
  return (
    <ul className="reasons">
      {reasons.map(({ cause, detail, frees, until }) => (
        <li key={cause + detail}>
          {detail !== summary && withLocalTimes(detail)}
          {frees !== null && (
            <span className="dim">
              {' '}
              {words.frees}: {frees}
            </span>
          )}
          {until !== null && (
            <>
              {' · '}
              <When at={until} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

interface NodesProps {
  readonly explanation: Explanation;
  readonly select: (nodeId: string) => void;
}

function Nodes({ explanation: { nodes, nodes_omitted: omitted }, select }: NodesProps) {
  return (
    <div className="explain-nodes">
      {nodes.map(({ node_id: id, status, reasons }) => (
        <div key={id}>
          <StatusMark status={status} bare />
          <button type="button" className="link" onClick={() => select(id)}>
            {id}
          </button>
          <Reasons reasons={reasons} />
        </div>
      ))}
      {omitted > 0 && <p className="dim">{words.omitted(omitted)}</p>}
    </div>
  );
}
