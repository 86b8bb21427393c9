/** Changes of status of runs that nobody owns, as lines of their journals. */
import type { RunStatus } from '@tenuto/contract';
import type { Parameters } from './database.ts';

interface Transition {
  /** The common table expression with the changed run; it has `run_id` and what `from` names. */
  readonly changed: string;
  /** The run's id, as a placeholder. */
  readonly id: string;
  /** SQL that gives the status before. */
  readonly from: string;
  /** SQL that gives the status after. */
  readonly to: string;
  readonly actor: string;
  readonly reason?: string | undefined;
  /** Lines that the same statement writes before this one. */
  readonly behind?: number;
  /** SQL of further pairs for `json_build_object`, each with a comma before it. */
  readonly more?: string;
  /** SQL of a condition on the changed run. */
  readonly when?: string;
}

/**
 * The part of a statement that writes a change of status down, numbered after everything that the
 * run's journal has. Only for runs without an owner: an owner gives the numbers of its runs itself.
 */
export function transitionPart(given: Parameters, transition: Transition): string {
  const { changed, id, from, to, actor, reason, behind = 0, more = '', when } = transition;
  return `insert into run_events (run_id, seq, at, type, body)
    select run_id, ${1 + behind} + greatest(
        (select coalesce(max(e.seq), 0) from run_events e where e.run_id = ${id}),
        (select coalesce(max(a.seq), 0) from attempts a where a.run_id = ${id})),
      clock_timestamp(), 'transition',
      json_strip_nulls(json_build_object('from', ${from}, 'to', ${to},
        'actor', ${given.add(actor)}::text, 'reason', ${given.add(reason ?? null)}::text${more}))::text
    from ${changed}${when === undefined ? '' : ` where ${when}`}`;
}

/** A status of our own vocabulary, as a literal. */
export function literal(status: RunStatus): string {
  return `'${status}'`;
}
