/** Runs of profiles: making them, going on, going back. */
import type { Advanced, RunDetail, RunStatus, RunView } from '@tenuto/contract';
import type { Client } from '@tenuto/sdk';
import { readObjectFile } from '../document/object-file.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { statusText } from '../terminal/status.ts';
import { tableLines } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { showingPhases } from '../watch/next-progress.ts';
import { runLines } from '../watch/phase-lines.ts';
import { exitCodeOf } from '../watch/snapshot.ts';
import type { Command, Session } from './command.ts';
import { readParams, readSource } from './job-input.ts';
import { PAGE, readCount, showList } from './listing.ts';

export interface StartOptions {
  /** A file with the intake. */
  readonly intake?: string;
  readonly set?: readonly string[];
  readonly param?: readonly string[];
  readonly name?: string;
  readonly auto?: boolean;
  readonly budget?: string;
  readonly at?: string;
  readonly idempotencyKey?: string;
}

/** `tenuto run start PROFILE`. */
export const startRun: Command<[profile: string, options: StartOptions]> = async (
  session,
  profile,
  options,
) => {
  const { param = [], name, auto, at, budget, idempotencyKey: key } = options;
  const intake = await readIntake(session, options);
  const params = readParams(param);
  const run = await session.client().runs.create(
    {
      ...{ profile, intake },
      ...(Object.keys(params).length > 0 && { params }),
      ...(name !== undefined && { project_name: name }),
      ...(auto !== undefined && { auto_advance: auto }),
      ...(budget !== undefined && { budget: { usd: readUsd(budget) } }),
      ...(at !== undefined && { profile_version: readCount(at, 'A version') }),
    },
    key === undefined ? {} : { idempotencyKey: key },
  );
  session.output.result(run, () => [
    `${statusText(run.status, session.output.palette)}  ${printable(run.profile)}  ${run.run_id}`,
    auto === true
      ? `Follow it: tenuto run follow ${run.run_id}`
      : `Execute its first phase: tenuto run next ${run.run_id}`,
  ]);
  return EXIT.ok;
};

/** What is in the file, and what the command line sets over it. */
async function readIntake(session: Session, { intake: path, set = [] }: StartOptions) {
  const given = readParams(set);
  if (path === undefined) return given;
  const file = readObjectFile(
    await readSource(session, path),
    'An intake is an object: what the profile asks for.',
  );
  session.about({
    ...file,
    // The server speaks of places in its request.
    findingOf: (problem) =>
      file.findingOf({ ...problem, path: problem.path.replace(/^\/intake/, '') }),
  });
  return { ...file.body, ...given };
}

function readUsd(text: string): number {
  const usd = Number(text);
  if (usd > 0 && Number.isFinite(usd)) return usd;
  throw new UsageError(`A budget is an amount in USD above 0; "${printable(text)}" is not.`);
}

/** `tenuto run show RUN`: its phases as the steps that they are. */
export const showRun: Command<[runId: string]> = async (session, runId) => {
  return shown(session, await session.client().runs.get(runId));
};

function shown({ output }: Session, run: RunDetail): ExitCode {
  output.result(run, () => runLines(run, output.palette));
  return EXIT.ok;
}

export interface ListRunsOptions {
  readonly profile?: string;
  readonly status?: readonly string[];
  readonly limit: string;
}

/** `tenuto run list`: phased runs, newest first. */
export const listRuns: Command<[options: ListRunsOptions]> = async (session, options) => {
  const { profile, status, limit: written } = options;
  const limit = readCount(written);
  const { palette } = session.output;
  const listing = session.client().runs.list({
    ...{ kind: 'phased', limit: Math.min(limit, PAGE) },
    ...(profile !== undefined && { profile }),
    ...(status !== undefined && { status }),
  });
  return showList(session, { listing, limit }, (runs: readonly RunView[]) =>
    tableLines(
      ['RUN', 'STATUS', 'PROFILE', 'PROJECT', 'CREATED'],
      runs.map((run) => [
        run.run_id,
        statusText(run.status, palette),
        printable(run.profile ?? ''),
        printable(run.project_name ?? run.name),
        run.created_at,
      ]),
    ),
  );
};

export interface NextOptions {
  readonly skipValidation?: boolean;
  /** False: answers at once. */
  readonly wait?: boolean;
  /** Goes on until the run is over or something blocks it. */
  readonly all?: boolean;
}

/** `tenuto run next RUN`: executes the current phase and waits for its end, however long it takes. */
export const nextPhase: Command<[runId: string, options: NextOptions]> = async (
  session,
  runId,
  { skipValidation = false, wait = true, all = false },
) => {
  const { output } = session;
  const client = session.client();
  for (;;) {
    if (!wait) {
      const begun = await client.runs.next(runId, { skipValidation, async: true });
      output.result(begun, () => [
        printable(begun.message),
        `Follow it: tenuto run follow ${runId}`,
      ]);
      return EXIT.ok;
    }
    const { answer, run } = await showingPhases(session, runId, async () => {
      const said = await client.runs.next(runId, { skipValidation, async: false });
      return { answer: said, run: await atRest(client, said) };
    });
    const goesOn = all && run.phases.some(({ status }) => status === 'ready');
    if (goesOn && run.status === 'running') {
      output.event({ type: 'advanced', ...answer });
      output.say(printable(answer.message));
      continue;
    }
    output.result(run, () => runLines(run, output.palette));
    return endOf(run.status);
  }
};

/** A phase may take longer than a server holds its answer back. */
async function atRest(client: Client, { run_id: runId }: Advanced): Promise<RunDetail> {
  const abort = new AbortController();
  let run = await client.runs.get(runId);
  if (isAtRest(run)) return run;
  for await (const _ of client.runs.follow(runId, { signal: abort.signal })) {
    run = await client.runs.get(runId);
    if (isAtRest(run)) break;
  }
  abort.abort();
  return run;
}

function isAtRest({ phases, completed_at: end, status }: RunDetail): boolean {
  if (end !== null || status === 'paused') return true;
  return !phases.some((phase) => phase.status === 'running') && phases.some(isWaiting);
}

function isWaiting({ status }: RunDetail['phases'][number]): boolean {
  return status === 'ready' || status === 'waiting';
}

function endOf(status: RunStatus): ExitCode {
  const isOver = ['completed', 'failed', 'timeout', 'cancelled', 'aborted'].includes(status);
  return isOver ? exitCodeOf({ status }) : EXIT.ok;
}

/** `tenuto run rollback RUN PHASE`. */
export const rollBackRun: Command<
  [runId: string, phase: string, options: { readonly reason?: string }]
> = async (session, runId, phase, { reason }) => {
  const body = { phase, ...(reason !== undefined && { reason }) };
  return shown(session, await session.client().runs.rollback(runId, body));
};

export interface CloneOptions {
  readonly from?: string;
  readonly name?: string;
  readonly idempotencyKey?: string;
}

/** `tenuto run clone RUN`. */
export const cloneRun: Command<[runId: string, options: CloneOptions]> = async (
  session,
  runId,
  { from, name, idempotencyKey: key },
) => {
  const body = {
    ...(from !== undefined && { from_phase: from }),
    ...(name !== undefined && { project_name: name }),
  };
  const run = await session
    .client()
    .runs.clone(runId, body, key === undefined ? {} : { idempotencyKey: key });
  session.output.result(run, () => [
    `${statusText(run.status, session.output.palette)}  ${printable(run.profile)}  ${run.run_id}`,
    `Look at it: tenuto run show ${run.run_id}`,
  ]);
  return EXIT.ok;
};

/** `tenuto run pause|resume|cancel RUN`. */
export const changeRun =
  (deed: 'pause' | 'resume' | 'cancel'): Command<[runId: string, options: ReasonOptions]> =>
  async (session, runId, { reason }) => {
    const options = reason === undefined ? {} : { reason };
    return shown(session, await session.client().runs[deed](runId, options));
  };

interface ReasonOptions {
  readonly reason?: string;
}
