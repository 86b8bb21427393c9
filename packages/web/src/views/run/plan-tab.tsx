import type { Job, RunDetail } from '@tenuto/contract';
import { useRunPlan } from '../../data/runs.ts';
import { count } from '../../logic/format.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.plan;

/** What the run was given, what it came to, and its graph as it was submitted. */
export function PlanTab({ run }: { readonly run: RunDetail }) {
  const { data: job } = useRunPlan(run.run_id);
  const parts: readonly (readonly [string, unknown])[] = [
    [words.params, run.params],
    [words.results, run.output ?? undefined],
    [words.metadata, run.metadata],
    [words.graph, job?.plan],
  ];
  return (
    <div className="stack">
      {parts
        .filter(([, value]) => !isEmpty(value))
        .map(([title, value]) => (
          <section className="card" key={title}>
            <header>
              <h2>{title}</h2>
              {title === words.graph && job?.plan_omitted && (
                <span className="dim">{omitted(job.plan_omitted)}</span>
              )}
            </header>
            <div className="card-body">
              <JsonView value={value} label={title} />
            </div>
          </section>
        ))}
    </div>
  );
}

function omitted({ nodes, edges }: NonNullable<Job['plan_omitted']>): string {
  return words.omitted(count(nodes), edges === 0 ? undefined : count(edges));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}
