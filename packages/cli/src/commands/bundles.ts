import { readFile, writeFile } from 'node:fs/promises';
import type { AuditRow, Bundle, SubmitJob } from '@tenuto/contract';
import { ApiError, type Client } from '@tenuto/sdk';
import { hashOfBundle, readBundleText } from '../document/bundle-file.ts';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { verdictLine } from '../terminal/bundle-verdict.ts';
import { printable } from '../terminal/text.ts';
import { jobLine } from '../watch/frame.ts';
import { readOutline } from '../watch/outline.ts';
import { watch } from '../watch/watch.ts';
import type { Command, Session } from './command.ts';
import { readParams } from './job-input.ts';

export interface BundleOptions {
  readonly output?: string;
  /** Data in place of a page. */
  readonly data?: boolean;
  /** Small texts come along. */
  readonly artifacts?: boolean;
}

/** `tenuto run bundle ID`: all that is known of a run, in one file. */
export const bundleRun: Command<[runId: string, options: BundleOptions]> = async (
  { io, output, client },
  runId,
  { output: path, data = false, artifacts = false },
) => {
  const { runs } = client();
  const query = { artifacts: artifacts ? ('inline' as const) : ('list' as const) };
  const file = path ?? `run-${runId}.${data ? 'json' : 'html'}`;
  const text = data
    ? `${JSON.stringify(await runs.bundle(runId, query))}\n`
    : (await Array.fromAsync(runs.bundlePage(runId, query))).join('');
  if (file === '-') {
    io.stdout.write(text);
    return EXIT.ok;
  }
  await writeFile(file, text).catch((error: unknown) => {
    throw new UsageError(`Cannot write "${file}": ${String(error)}.`);
  });
  const { integrity } = readBundleText({ name: file, text });
  output.result({ file, ...integrity }, () => [
    `Wrote ${printable(file)}.`,
    `SHA-256 of its data: ${integrity.hash}`,
  ]);
  return EXIT.ok;
};

/** One thing that was looked at. */
export interface BundleCheck {
  readonly check: 'hash' | 'audit' | 'seals';
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * `tenuto bundle verify FILE`: whether it is what it was when it was made; with --server, whether the
 * audit of the server that made it says the same.
 */
export const verifyBundle: Command<[path: string, options: { readonly server?: boolean }]> = async (
  session,
  path,
  { server = false },
) => {
  const bundle = await loadBundle(session, path);
  const checks: BundleCheck[] = [checkHash(bundle)];
  if (server) checks.push(...(await checkServer(session.client(), bundle)));
  const isSound = checks.every(({ ok }) => ok);
  const document = { valid: isSound, run_id: bundle.run.run_id, checks };
  session.output.result(document, () => [
    `Bundle of run ${bundle.run.run_id} (${printable(bundle.run.name)}), made ${bundle.created_at}`,
    ...checks.map((check) => verdictLine(check, session.output.palette)),
    ...(server ? [] : ['Whoever changes a bundle can write a new hash: --server asks its server.']),
  ]);
  return isSound ? EXIT.ok : EXIT.unsound;
};

function checkHash(bundle: Bundle): BundleCheck {
  const ok = hashOfBundle(bundle) === bundle.integrity.hash;
  const detail = ok
    ? `Its data are what their hash says: ${bundle.integrity.hash}.`
    : 'Its data are not what their hash says: they have been changed.';
  return { check: 'hash', ok, detail };
}

async function checkServer(client: Client, bundle: Bundle): Promise<BundleCheck[]> {
  const sealed = bundle.audit.flatMap(({ seal }) => seal ?? []);
  const last = sealed.toSorted((a, b) => b.number - a.number)[0];
  return [
    await checkRows(client, bundle),
    ...(last === undefined ? [] : [await checkSeal(client, `${last.number}:${last.hash}`)]),
  ];
}

async function checkRows(client: Client, { run, audit }: Bundle): Promise<BundleCheck> {
  const there = new Map<string, AuditRow>();
  const listing = client.audit.list({ subject: run.run_id, limit: 100 });
  for await (const row of listing) there.set(row.audit_id, row);
  const wrong = audit.filter(({ row_hash: _hash, seal: _seal, ...row }) => {
    const found = there.get(row.audit_id);
    return found === undefined || !isSame(found, row);
  });
  const [first] = wrong;
  const detail =
    first === undefined
      ? `The server has all ${audit.length} rows of its audit, and they are the same.`
      : `The server does not have ${wrong.length} rows of its audit as it tells of them: the first is ${first.audit_id}.`;
  return { check: 'audit', ok: first === undefined, detail };
}

function isSame(a: AuditRow, b: AuditRow): boolean {
  const text = ({ audit_id, at, actor, action, subject, details, request_id }: AuditRow) =>
    JSON.stringify([audit_id, at, actor, action, subject, sorted(details), request_id]);
  return text(a) === text(b);
}

function sorted(details: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(details).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function checkSeal(client: Client, known: string): Promise<BundleCheck> {
  try {
    const { valid, findings_total: wrong } = await client.audit.verify(known);
    const detail = valid
      ? `The chain of the audit holds, and has the seal ${known.slice(0, 20)}….`
      : `The audit of the server is not what was sealed: ${wrong} findings (tenuto audit verify).`;
    return { check: 'seals', ok: valid, detail };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    return {
      check: 'seals',
      ok: false,
      detail: 'The chain was not looked at: that takes the scope audit:read.',
    };
  }
}

export interface RunBundleOptions {
  readonly param?: readonly string[];
  readonly name?: string;
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
  /** Also one that is not what its hash says. */
  readonly force?: boolean;
}

/** `tenuto bundle run FILE`: the same run again, on the server that is asked. */
export const runBundle: Command<[path: string, options: RunBundleOptions]> = async (
  session,
  path,
  options,
) => {
  const bundle = await loadBundle(session, path);
  const { rerun } = bundle;
  if (rerun === null) {
    throw new UsageError('The plan of this run was too large to be put into its bundle.');
  }
  if (!checkHash(bundle).ok && options.force !== true) {
    throw new UsageError(
      'The bundle is not what its hash says: somebody has changed it. --force runs it all the same.',
    );
  }
  const body: SubmitJob = {
    ...rerun,
    ...(options.name !== undefined && { job_name: options.name }),
    execution_context: { ...rerun.execution_context, ...readParams(options.param ?? []) },
  };
  const client = session.client();
  const { idempotencyKey } = options;
  const job = await client.jobs.submit(
    body,
    idempotencyKey === undefined ? {} : { idempotencyKey },
  );
  const { io, output } = session;
  if (options.watch !== true) {
    output.result(job, () => [
      jobLine(job, output.palette),
      `Watch it: tenuto jobs watch ${job.job_id}`,
    ]);
    return EXIT.ok;
  }
  output.event({ type: 'submitted', job });
  output.say(jobLine(job, output.palette));
  const outline = readOutline(body.dag_definition);
  return watch({ io, output, client, jobId: job.job_id, outline });
};

async function loadBundle({ io }: Session, path: string): Promise<Bundle> {
  const text =
    path === '-'
      ? await io.readStdin()
      : await readFile(path, 'utf8').catch((error: unknown) => {
          throw new UsageError(`Cannot read "${path}": ${String(error)}.`);
        });
  return readBundleText({ name: path, text });
}
