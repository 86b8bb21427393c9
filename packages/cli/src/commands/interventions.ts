import { INTERVENTION_STATES, type Intervention, RESOLUTIONS } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { oneOf } from './job-control.ts';
import { readResult } from './job-input.ts';
import { PAGE, readCount, showList } from './listing.ts';

export interface InterventionListOptions {
  readonly state?: readonly string[];
  readonly job?: string;
  readonly assignee?: string;
  readonly all?: boolean;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto interventions ls`: what waits for a decision, newest first. */
export const listInterventions: Command<[options: InterventionListOptions]> = async (
  session,
  { state, job, assignee, all = false, limit: written },
) => {
  const limit = readCount(written);
  const states = (state ?? ['open', 'assigned']).map((one) =>
    oneOf(INTERVENTION_STATES, one, 'A state'),
  );
  const listing = session.client().interventions.list({
    ...(all ? {} : { state: states }),
    ...(job !== undefined && { job_id: job }),
    ...(assignee !== undefined && { assignee }),
    limit: Math.min(limit, PAGE),
  });
  return showList(session, { listing, limit }, (found) =>
    tableLines(
      ['INTERVENTION', 'JOB', 'NODE', 'STATE', 'BY', 'UNTIL', ''],
      found.map((one) => [
        one.intervention_id,
        one.job_id,
        truncate(printable(one.node_id ?? ''), 40),
        one.state,
        truncate(printable(one.resolved_by ?? one.assignee ?? ''), 20),
        one.deadline_at ?? '',
        truncate(printable(one.message), 60),
      ]),
    ),
  );
};

/** `tenuto interventions assign ID WHO`. */
export const assignIntervention: Command<
  [id: string, assignee: string | undefined, options: { readonly nobody?: boolean }]
> = async (session, id, assignee, { nobody = false }) => {
  if (nobody === (assignee !== undefined)) {
    throw new UsageError('Name who is to decide, or give it back with --nobody.');
  }
  return show(session, await session.client().interventions.assign(id, assignee ?? null));
};

export interface ResolveOptions {
  /** JSON, or a text. */
  readonly result?: string;
  readonly reason?: string;
}

/** `tenuto interventions resolve ID RESOLUTION`. */
export const resolveIntervention: Command<
  [id: string, resolution: string, options: ResolveOptions]
> = async (session, id, written, { result, reason }) => {
  const resolution = oneOf(RESOLUTIONS, written, 'A resolution');
  const body = {
    resolution,
    ...(result !== undefined && { result: readResult(result) }),
    ...(reason !== undefined && { reason }),
  };
  return show(session, await session.client().interventions.resolve(id, body));
};

function show({ output }: Session, one: Intervention): typeof EXIT.ok {
  const about = one.node_id === null ? 'the job' : `"${one.node_id}"`;
  const done =
    one.resolution !== null
      ? `${one.state}: ${one.resolution}`
      : one.assignee === null
        ? one.state
        : `assigned to ${one.assignee}`;
  output.result(one, () => [printable(`${one.intervention_id} about ${about} is ${done}.`)]);
  return EXIT.ok;
}
