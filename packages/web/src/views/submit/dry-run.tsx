import type { DryRun, JsonObject } from '@tenuto/contract';
import { ApiError } from '@tenuto/sdk';
import { nodesOfDag } from '../../logic/dag-nodes.ts';
import { count } from '../../logic/format.ts';
import { DagPicture } from '../../ui/dag-picture.tsx';
import { Failure } from '../../ui/notice.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { SUBMIT_WORDS as words } from '../../words-submit.ts';
import { TEMPLATE_WORDS } from '../../words-template.ts';
import './dry-run.css';

interface Props {
  readonly title: string;
  /** The graph as it is written. */
  readonly dag: unknown;
  readonly answer: DryRun | null | undefined;
  readonly error: unknown;
  /** What the text itself has wrong, before a server is asked. */
  readonly isUnread: boolean;
  /** What stands here while there is nothing to ask. */
  readonly waiting?: string | undefined;
  /** Something has merely not been filled in yet. */
  readonly isUnfilled?: boolean;
}

/** What a job would be: whether it can run, its levels, its longest way, its graph. */
export function DryRunCard(props: Props) {
  const { title, dag, answer, error, isUnread, waiting, isUnfilled = false } = props;
  const nodes = nodesOfDag(dag);
  const bad = isUnread || isRefusal(error);
  const shown = bad || isUnfilled || error ? undefined : (answer ?? undefined);
  return (
    <section className="card" aria-live="polite">
      <header>
        <h2>{title}</h2>
        {waiting === undefined && (
          <Verdict bad={bad} good={shown !== undefined} isUnfilled={isUnfilled} />
        )}
      </header>
      <div className="card-body dry-run">
        {waiting !== undefined && <p className="dim">{waiting}</p>}
        {Boolean(error) && !isRefusal(error) && <Failure error={error} />}
        {shown !== undefined && <Numbers run={shown} />}
        {nodes.length > 0 && (
          <DagPicture
            nodes={nodes}
            label={TEMPLATE_WORDS.pictureOf(words.graphOf, nodes.length)}
            tooLarge={TEMPLATE_WORDS.tooLarge(count(nodes.length))}
            lit={shown?.critical_path ?? []}
          />
        )}
        {shown !== undefined && shown.warnings.length > 0 && (
          <div className="dry-run-warnings">
            <h3>{words.warnings}</h3>
            <ul>
              {shown.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </section>
  );
}

/** Whether a server has refused what was written, and not something else gone wrong. */
export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.validationErrors.length > 0;
}

/** The graph of a body, whose form has not been checked. */
export function dagOf(body: JsonObject | undefined): unknown {
  return body?.dag_definition;
}

interface VerdictProps {
  readonly bad: boolean;
  readonly good: boolean;
  readonly isUnfilled: boolean;
}

function Verdict({ bad, good, isUnfilled }: VerdictProps) {
  if (!bad && !good) {
    return <span className="dim">{isUnfilled ? words.unfilled : words.checking}</span>;
  }
  return (
    <span className={`row ${bad ? 'tone-red' : 'tone-green'}`}>
      <StatusMark status={bad ? 'failed' : 'passed'} bare />
      {bad ? words.invalid : words.valid}
    </span>
  );
}

function Numbers({ run }: { readonly run: DryRun }) {
  const facts: readonly (readonly [string, string])[] = [
    [words.nodes, count(run.node_count)],
    [words.edges, count(run.edge_count)],
    [words.levels, count(run.levels.length)],
    [words.widest, count(run.widest_level.nodes)],
    [words.critical, words.criticalOf(run.critical_path_length)],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
