import type { ForkChanges, ForkRequest, RunDetail } from '@tenuto/contract';
import { readObjectFile } from '../document/object-file.ts';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { comparisonLines } from '../terminal/comparison.ts';
import { statusText } from '../terminal/status.ts';
import { plural, printable } from '../terminal/text.ts';
import { readOutline } from '../watch/outline.ts';
import { watch } from '../watch/watch.ts';
import type { Command, Session } from './command.ts';
import { readParams, readSource } from './job-input.ts';
import { readCount } from './listing.ts';

export interface ForkOptions {
  readonly from?: string;
  readonly param?: readonly string[];
  readonly name?: string;
  /** What changes, as the API takes it. */
  readonly changes?: string;
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
}

/** `tenuto run fork ID`: a run that begins with what another one has done. */
export const forkRun: Command<[runId: string, options: ForkOptions]> = async (
  session,
  runId,
  options,
) => {
  const body = await bodyOf(session, options);
  const { io, output } = session;
  const client = session.client();
  const { idempotencyKey } = options;
  const run = await client.runs.fork(
    runId,
    body,
    idempotencyKey === undefined ? {} : { idempotencyKey },
  );
  if (options.watch !== true) {
    output.result(run, () => forkLines(session, run));
    return EXIT.ok;
  }
  output.event({ type: 'forked', run });
  output.say(...forkLines(session, run));
  const { plan } = await client.jobs.get(run.run_id, { include: ['plan'] });
  return watch({ io, output, client, jobId: run.run_id, outline: readOutline(plan) });
};

async function bodyOf(session: Session, options: ForkOptions): Promise<ForkRequest> {
  const { from, param = [], name, changes: path } = options;
  const params = readParams(param);
  const changes: ForkChanges = {
    ...(path !== undefined && (await changesIn(session, path))),
    ...(name !== undefined && { name }),
    ...(param.length > 0 && { params }),
  };
  return {
    ...(from !== undefined && { from_node: from }),
    ...(Object.keys(changes).length > 0 && { changes }),
  };
}

/** The server says what is wrong with them, at its place. */
async function changesIn(session: Session, path: string): Promise<ForkChanges> {
  const source = await readSource(session, path);
  const file = readObjectFile(source, 'A file of changes is an object: params, nodes, name.');
  return file.body as ForkChanges;
}

function forkLines(
  { output: { palette } }: Session,
  { run_id: id, name, status, forked_from: from }: RunDetail,
): readonly string[] {
  const taken = from?.attempts_taken_over ?? 0;
  const since = from?.node === null || from?.node === undefined ? 'its beginning' : from.node;
  return [
    `${id}  ${printable(name)}  ${statusText(status, palette)}`,
    `A fork of ${from?.run_id ?? 'a run'} from ${printable(since)}; ${plural(taken, 'attempt')} taken over.`,
  ];
}

export interface CompareOptions {
  readonly all?: boolean;
  readonly limit: string;
}

/** `tenuto run compare A B`: what runs differ in. */
export const compareRuns: Command<[runIds: readonly string[], options: CompareOptions]> = async (
  { output, client },
  runIds,
  { all = false, limit: written },
) => {
  if (runIds.length < 2) throw new UsageError('Name two to four runs to compare.');
  const limit = readCount(written);
  const comparison = await client().runs.compare(runIds, { all, limit });
  output.result(comparison, () => comparisonLines(comparison, output.palette));
  return EXIT.ok;
};
