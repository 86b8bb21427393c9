import { Link } from '@tanstack/react-router';
import type { Comparison, DifferencesView } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { count } from '../../logic/format.ts';
import { bytes } from '../../logic/phases.ts';
import { Card } from '../../ui/card.tsx';
import { COMPARE_WORDS as words } from '../../words-compare.ts';
import { Differences } from './differences.tsx';

interface Props {
  readonly comparison: Comparison;
}

/** What the runs were given, their plans, files and tests: in full where they differ. */
export function ComparedParts({ comparison }: Props) {
  const { params, plans, artifacts, tests } = comparison;
  const parts = [
    [words.params, params.some(({ changes }) => changes.length > 0), ComparedParams],
    [words.plan, plans.some(({ is_same: isSame }) => !isSame), ComparedPlans],
    [words.files, artifacts.items.length > 0, ComparedArtifacts],
    [words.tests, tests.items.length > 0, ComparedTests],
  ] as const;
  const alike = parts.filter(([, differs]) => !differs).map(([title]) => title.toLowerCase());
  return (
    <>
      {parts.map(
        ([title, differs, Body]) => differs && <Body key={title} comparison={comparison} />,
      )}
      {alike.length > 0 && <p className="dim">{words.alike(alike)}</p>}
    </>
  );
}

/** The runs that are held against the first, by their place behind it. */
const othersOf = (runs: Comparison['runs']) =>
  runs.slice(1).map(({ run_id: id, name }) => ({ id, title: words.against(name, id.slice(-8)) }));

function ComparedParams({ comparison: { runs, params } }: Props) {
  return (
    <Part title={words.params}>
      {othersOf(runs).map(({ id, title }, index) => (
        <Against key={id} title={title} differences={params[index]} />
      ))}
    </Part>
  );
}

function ComparedPlans({ comparison: { runs, plans } }: Props) {
  return (
    <Part title={words.plan}>
      {othersOf(runs).map(({ id, title }, index) => (
        <div key={id}>
          <h3>{title}</h3>
          {plans[index]?.is_same !== false && <p className="dim">{words.nothing}</p>}
          <Names title={words.added} names={plans[index]?.added ?? []} />
          <Names title={words.removed} names={plans[index]?.removed ?? []} />
          {plans[index]?.changed.map(({ node_id: node, changes }) => (
            <div key={node}>
              <code>{node}</code>
              <Differences changes={changes} truncated={false} />
            </div>
          ))}
        </div>
      ))}
    </Part>
  );
}

function ComparedArtifacts({ comparison: { runs, artifacts } }: Props) {
  const { items, same, truncated } = artifacts;
  return (
    <Part title={words.files} same={same}>
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

function ComparedTests({ comparison: { runs, tests } }: Props) {
  const { items, same, truncated } = tests;
  return (
    <Part title={words.tests} same={same}>
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
  readonly children: ReactNode;
}

function Part({ title, same, children }: PartProps) {
  const note = same === undefined ? {} : { note: words.same(count(same)) };
  return (
    <Card title={title} {...note}>
      <div className="card-body table-scroll">{children}</div>
    </Card>
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
