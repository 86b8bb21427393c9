import { Link } from '@tanstack/react-router';
import type { Task } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { isPlanned } from '../../logic/task-draft.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { Exact } from '../../ui/time.tsx';
import { TASK_WORDS } from '../../words-task.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';

const words = TASK_WORDS.page;
type Fact = readonly [name: string, value: ReactNode];

/** When it fires and what is done about what comes between. */
export function TriggerFacts({ task }: { readonly task: Task }) {
  const facts = [...triggerOf(task), ...policiesOf(task)];
  return (
    <dl className="facts-column">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function triggerOf(task: Task): readonly Fact[] {
  const { schedule_kind: kind, filter, probe, poll_interval_seconds: poll } = task;
  return [
    [TASK_FORM_WORDS.expr[kind], <code key="expr">{task.schedule_expr}</code>],
    ...(isPlanned(kind) ? ([[words.timezone, task.timezone ?? 'UTC']] as const) : []),
    ...(filter === undefined ? [] : ([[words.filter, <code key="f">{filter}</code>]] as const)),
    ...(probe === undefined ? [] : ([[words.probe, <code key="p">{probe.uses}</code>]] as const)),
    ...(probe === undefined ? [] : ([[words.poll, `${poll ?? 60} s`]] as const)),
  ];
}

function policiesOf(task: Task): readonly Fact[] {
  const { concurrency_key: key, batch, debounce_seconds: debounce, dedupe_key: dedupe } = task;
  const { start_at: start, end_at: end, max_runs: most, dst_policy: dst } = task;
  const { gaps, overlapTimes, overlaps, misfires, labels } = TASK_FORM_WORDS;
  const isBounded = start !== undefined || end !== undefined || most !== undefined;
  const facts: readonly (Fact | false)[] = [
    [words.overlap, overlaps[task.overlap_policy ?? 'allow']],
    isPlanned(task.schedule_kind) && [words.misfire, misfires[task.misfire_policy ?? 'fire_once']],
    dst?.gap !== undefined && [labels.dst_gap, gaps[dst.gap]],
    dst?.overlap !== undefined && [labels.dst_overlap, overlapTimes[dst.overlap]],
    task.jitter_seconds !== undefined && [labels.jitter_seconds, task.jitter_seconds],
    key !== undefined && [words.concurrency, words.limits(task.concurrency_limit ?? 1, key)],
    debounce !== undefined && [words.gathers, words.debounce(debounce)],
    batch !== undefined && [words.gathers, words.batch(batch.max_events, batch.max_wait_seconds)],
    dedupe !== undefined && [words.dedupe, words.window(dedupe, task.dedupe_window_seconds ?? 0)],
    isBounded && [
      words.bounds,
      <span key="bounds">
        <Exact at={start ?? null} /> – <Exact at={end ?? null} />
        {most !== undefined && `, ${task.fired_count} / ${most}`}
      </span>,
    ],
    [words.by, task.created_by],
    task.updated_by !== task.created_by && [words.changed, task.updated_by],
  ];
  return facts.filter((fact) => fact !== false);
}

/** What its runs are made of. */
export function WhatItStarts({ task: { payload } }: { readonly task: Task }) {
  return (
    <section className="card" aria-label={words.definition}>
      <header>
        <h2>{words.definition}</h2>
      </header>
      <div className="card-body stack-tight">
        <Named payload={payload} />
        <JsonView value={payload} label={words.definition} />
      </div>
    </section>
  );
}

function Named({ payload }: Pick<Task, 'payload'>) {
  const { template, profile, pipeline, dag_definition: graph } = payload;
  if (typeof template === 'string') {
    return (
      <p>
        {words.template}{' '}
        <Link to="/templates/$name" params={{ name: template }}>
          {template}
        </Link>
      </p>
    );
  }
  if (typeof profile === 'string') {
    return (
      <p>
        {words.profile}{' '}
        <Link to="/profiles/$name" params={{ name: profile }}>
          {profile}
        </Link>
      </p>
    );
  }
  if (Array.isArray(pipeline)) return <p>{words.pipeline(pipeline.length)}</p>;
  const nodes = typeof graph === 'object' && graph !== null && 'nodes' in graph ? graph.nodes : [];
  return <p>{words.graph(Array.isArray(nodes) ? nodes.length : 0)}</p>;
}
