/**
 * The demo: a server on a store of its own in a temporary folder, two real jobs, a run
 * with agents whose model is scripted, and their results.
 * It needs nothing from outside the repository and leaves nothing behind.
 */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Client, createClient, type JobBody } from '@tenuto/sdk';
import { loadSettings, startServer } from '@tenuto/server';
import { createPalette } from '../terminal/palette.ts';
import { auditJob, testsJob } from './demo-jobs.ts';
import { auditLines, phasedLines, testLines } from './demo-report.ts';
import { lockfileGraph } from './lockfile-graph.ts';
import { followJob } from './progress.ts';

const project = resolve(import.meta.dirname, '../../../..');
const palette = createPalette(process.stdout.isTTY === true && !process.env.NO_COLOR);

process.exitCode = await main();

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-demo-'));
  // PostgreSQL does not run as root: started by root, it runs as a user who must get through here.
  await chmod(folder, 0o711);
  say('Starting a server with a PostgreSQL of its own ...');
  const settings = loadSettings({
    PORT: '0',
    TENUTO_DATA_DIR: join(folder, 'data'),
    TENUTO_ALLOW_COMMANDS: process.execPath,
    // Also where there is a key of a provider: a demo asks nobody who wants money.
    TENUTO_DEFAULT_MODEL: 'scripted/default',
    LOG_LEVEL: 'error',
  });
  const server = await startServer(settings);
  try {
    say(`  ${server.url}`, '');
    const client = createClient({ baseUrl: server.url, token: server.adminToken ?? '' });
    const audited = await runAudit(client);
    const tested = await runTests(client, folder);
    const phased = await runPhased(client);
    sayWhereNext();
    return audited && tested && phased ? 0 : 1;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAudit(client: Client): Promise<boolean> {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
  const packages = lockfileGraph(lock, (found) => existsSync(join(project, found, 'package.json')));
  const edges = packages.reduce((sum, { needs }) => sum + needs.length, 0);
  say(palette.bold('1. A dependency audit'));
  say(`  ${packages.length} installed packages, ${edges} edges from the lock file, one node each`);
  const { ok, job } = await run(client, auditJob(packages, project));
  const report = await client.jobs.node(job.job_id, 'report');
  say(...auditLines(report.output, palette), '');
  return ok;
}

async function runTests(client: Client, folder: string): Promise<boolean> {
  say(palette.bold('2. A test suite'));
  const { ok, job } = await run(client, testsJob(project, folder));
  const suite = await client.jobs.node(job.job_id, 'retry-tests');
  say(...testLines(suite.output, palette), '');
  return ok;
}

async function runPhased(client: Client): Promise<boolean> {
  say(palette.bold('3. A run with agents, in phases'));
  say('  scripted: no model is asked, the answers are recorded ones, and nobody is paid');
  const { run_id: runId } = await client.runs.create({
    profile: 'analytics_forecast_app',
    intake: { goal: 'Forecast the weekly demand' },
    auto_advance: true,
  });
  const job = await followJob(client, { job_id: runId }, process.stdout);
  const metrics = await client.runs.metrics(runId);
  say(...phasedLines(await client.runs.get(runId), metrics, palette), '');
  return job.status === 'completed';
}

async function run(client: Client, body: JobBody) {
  const job = await followJob(client, await client.jobs.submit(body), process.stdout);
  if (job.status !== 'completed') {
    say(palette.red(`  the job ended ${job.status}: ${job.error_details?.message ?? ''}`));
  }
  return { ok: job.status === 'completed', job };
}

function sayWhereNext(): void {
  say(
    palette.bold('Where to look next'),
    '  npm start                                     a server that stays, on http://127.0.0.1:8420',
    '  npx tenuto run examples/hello.yaml --watch    a job of your own',
    '  npx tenuto profiles list                      profiles, and docs/phased-runs.md for their runs',
    '  http://127.0.0.1:8420/docs                    every route, with examples',
    '  docs/architecture.md                          how it works inside',
  );
}

function say(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
