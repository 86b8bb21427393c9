import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ComparedNode, Comparison } from '@tenuto/contract';
import { count, duration } from '../../logic/format.ts';
import { usd } from '../../logic/phases.ts';
import { shownStatus } from '../../logic/status.ts';
import { StatusMark } from '../../ui/status.tsx';
import { COMPARE_WORDS as words } from '../../words-compare.ts';
import { Differences } from './differences.tsx';

interface Props {
  readonly comparison: Comparison;
  readonly more: () => void;
  readonly isReading: boolean;
}

/** Each node in each run, with what differs in its output. */
export function ComparedNodes({ comparison, more, isReading }: Props) {
  const { nodes, runs } = comparison;
  return (
    <section className="card">
      <header>
        <h2>{words.nodes}</h2>
        <span className="dim num">{words.same(count(nodes.same))}</span>
      </header>
      {nodes.items.length === 0 && <p className="card-body dim">{words.nothing}</p>}
      {nodes.items.length > 0 && (
        <div className="table-scroll">
          <table className="table compare-table">
            <thead>
              <tr>
                <th>{words.node}</th>
                {runs.map(({ run_id: id, name }) => (
                  <th key={id} scope="col">
                    {name} <code>{id.slice(-8)}</code>
                  </th>
                ))}
              </tr>
            </thead>
            {nodes.items.map((node) => (
              <Node key={node.node_id} node={node} runs={runs.map(({ run_id: id }) => id)} />
            ))}
          </table>
        </div>
      )}
      {nodes.has_more && (
        <div className="card-body">
          <Button variant="default" onClick={more} loading={isReading}>
            {words.more}
          </Button>
        </div>
      )}
    </section>
  );
}

function Node({ node, runs }: { readonly node: ComparedNode; readonly runs: readonly string[] }) {
  const differing = node.output.filter(({ changes }) => changes.length > 0);
  return (
    <tbody>
      <tr>
        <td>
          <code>{node.node_id}</code>
        </td>
        {runs.map((id, index) => (
          <NodeOf key={id} runId={id} nodeId={node.node_id} of={node.runs[index] ?? null} />
        ))}
      </tr>
      {differing.length > 0 && (
        <tr>
          <td className="dim">{words.output}</td>
          {runs.map((id, index) => {
            const differences = index === 0 ? undefined : node.output[index - 1];
            return <td key={id}>{differences && <Differences {...differences} />}</td>;
          })}
        </tr>
      )}
    </tbody>
  );
}

interface NodeOfProps {
  readonly runId: string;
  readonly nodeId: string;
  readonly of: ComparedNode['runs'][number];
}

function NodeOf({ runId, nodeId, of }: NodeOfProps) {
  if (of === null) return <td className="dim">{words.noNode}</td>;
  return (
    <td>
      <span className="row">
        <Link to="/runs/$runId" params={{ runId }} search={{ node: nodeId }}>
          <StatusMark status={shownStatus(of)} />
        </Link>
        <span className="num">{of.duration_ms === null ? '–' : duration(of.duration_ms)}</span>
        {of.attempts > 1 && (
          <span className="dim num">
            {of.attempts} {words.attempts.toLowerCase()}
          </span>
        )}
        {of.cost_usd > 0 && <span className="dim num">{usd(of.cost_usd)}</span>}
      </span>
      {of.error !== null && (
        <p className="tone-red compare-error">
          <code>{of.error.type}</code> {of.error.message}
        </p>
      )}
    </td>
  );
}
