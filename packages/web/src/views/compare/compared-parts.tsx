import { Link } from '@tanstack/react-router';
import type { Comparison, DifferencesView } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { count } from '../../logic/format.ts';
import { bytes } from '../../logic/phases.ts';
import { COMPARE_WORDS as words } from '../../words-compare.ts';
import { Differences } from './differences.tsx';

interface Props {
  readonly comparison: Comparison;
}

/** What the runs were given, and how their plans differ. */
export function ComparedParams({ comparison: { runs, params, plans } }: Props) {
  const others = runs.slice(1).map(({ run_id: id, name }, index) => ({
    ...{ id, title: words.against(`${name} ${id.slice(-8)}`) },
    ...{ params: params[index], plan: plans[index] },
  }));
  return (
    <>
      <Part title={words.params}>
        {others.map(({ id, title, params: of }) => (
          <Against key={id} title={title} differences={of} />
        ))}
      </Part>
      <Part title={words.plan}>
        {others.map(({ id, title, plan }) => (
          <div key={id}>
            <h3>{title}</h3>
            {plan?.is_same !== false && <p className="dim">{words.nothing}</p>}
            <Names title={words.added} names={plan?.added ?? []} />
            <Names title={words.removed} names={plan?.removed ?? []} />
            {plan?.changed.map(({ node_id: node, changes }) => (
              <div key={node}>
                <code>{node}</code>
                <Differences changes={changes} truncated={false} />
              </div>
            ))}
          </div>
        ))}
      </Part>
    </>
  );
}

/** Files that not all runs have left alike. */
export function ComparedArtifacts({ comparison: { runs, artifacts } }: Props) {
  const { items, same, truncated } = artifacts;
  return (
    <Part title={words.artifacts} same={same} isEmpty={items.length === 0}>
      <table className="table compare-table">
        <tbody>
          {items.map(({ path, state, runs: of }) => (
            <tr key={path}>
              <td>
                <code>{path}</code> <span className="dim">{words[state]}</span>
              </td>
              {runs.map(({ run_id: id }, index) => {
                const file = of[index];
                return (
                  <td key={id} className="num">
                    {file ? `${file.hash.slice(0, 12)} · ${bytes(file.size_bytes)}` : '–'}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {truncated && <p className="dim">{words.truncated}</p>}
    </Part>
  );
}

/** Tests that have not come to the same in all runs. */
export function ComparedTests({ comparison: { runs, tests } }: Props) {
  const { items, same, truncated } = tests;
  return (
    <Part title={words.testsDiffer} same={same} isEmpty={items.length === 0}>
      <table className="table compare-table">
        <tbody>
          {items.map(({ test_id: testId, classname, name, runs: of }) => (
            <tr key={testId}>
              <td>
                <Link to="/tests/$testId" params={{ testId }}>
                  {name}
                </Link>{' '}
                <span className="dim">{classname}</span>
              </td>
              {runs.map(({ run_id: id }, index) => (
                <td key={id}>{of[index] ?? '–'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {truncated && <p className="dim">{words.truncated}</p>}
    </Part>
  );
}

interface PartProps {
  readonly title: string;
  readonly same?: number;
  readonly isEmpty?: boolean;
  readonly children: ReactNode;
}

function Part({ title, same, isEmpty, children }: PartProps) {
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
        {same !== undefined && <span className="dim num">{words.same(count(same))}</span>}
      </header>
      <div className="card-body table-scroll">
        {isEmpty ? <p className="dim">{words.nothing}</p> : children}
      </div>
    </section>
  );
}

interface AgainstProps {
  readonly title: string;
  readonly differences: DifferencesView | undefined;
}

function Against({ title, differences }: AgainstProps) {
  return (
    <div>
      <h3>{title}</h3>
      {differences === undefined || differences.changes.length === 0 ? (
        <p className="dim">{words.nothing}</p>
      ) : (
        <Differences {...differences} />
      )}
    </div>
  );
}

function Names({ title, names }: { readonly title: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <p>
      <span className="dim">{title}: </span>
      <code>{names.join(', ')}</code>
    </p>
  );
}
