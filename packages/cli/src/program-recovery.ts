/** The part of the command line that is about failures and what is done about them. */
import type { Command as Commander } from 'commander';
import { bulk } from './commands/bulk.ts';
import { explain } from './commands/explain.ts';
import {
  assignIntervention,
  listInterventions,
  resolveIntervention,
} from './commands/interventions.ts';
import {
  cancelRetry,
  pauseJob,
  recoverJob,
  resumeJob,
  retryJob,
  signalJob,
} from './commands/job-control.ts';
import { listRecoveries, showRecovery } from './commands/recoveries.ts';
import { collect, type Perform } from './perform.ts';

/** Of everything that changes a job and may say why. */
export const REASON = ['-r, --reason <reason>', 'why; it stands in the audit'] as const;
const VALUE = 'JSON, or a text';

/** What can be asked of one job. */
export function addJobControl(jobs: Commander, perform: Perform): void {
  jobs
    .command('pause')
    .description('let nothing more of a job start')
    .argument('<job>')
    .option(...REASON)
    .action((job, options) => perform(pauseJob, job, options));
  jobs
    .command('resume')
    .description('let a paused job go on')
    .argument('<job>')
    .option(...REASON)
    .action((job, options) => perform(resumeJob, job, options));
  jobs
    .command('retry')
    .description('take a failed or timed-out job up again')
    .argument('<job>')
    .option('--from <where>', 'failed (what did not complete) or start (default: failed)')
    .option('--node <node>', 'from this node on, with all that comes after it')
    .option(...REASON)
    .action((job, options) => perform(retryJob, job, options));
  addRecover(jobs, perform);
  jobs
    .command('signal')
    .description('send a job a signal')
    .argument('<job>')
    .argument('<name>')
    .argument('[payload]', VALUE)
    .action((job, name, payload) => perform(signalJob, job, name, payload));
  jobs
    .command('cancel-retry')
    .description('give up the retry that a node waits for')
    .argument('<job>')
    .argument('<node>')
    .option(...REASON)
    .action((job, node, options) => perform(cancelRetry, job, node, options));
}

function addRecover(jobs: Commander, perform: Perform): void {
  jobs
    .command('recover')
    .description('recover a job by hand')
    .argument('<job>')
    .argument(
      '<action>',
      'retry_job, rollback_state, skip_node, escalate_manual, abort_execution, requeue_job or fallback_strategy',
    )
    .requiredOption(...REASON)
    .option('--node <node>', 'the node that it is about')
    .option('--to <checkpoint>', 'rollback_state: where to go back to, or start')
    .option('--after <what>', 'rollback_state: resume, fail or abort')
    .option('--result <value>', `skip_node: the output of the node; ${VALUE}`)
    .option('--message <text>', 'escalate_manual: what is asked')
    .option('--assignee <who>', 'escalate_manual: who is asked')
    .option('--deadline <span>', 'escalate_manual: for how long, such as 90s, 30m, 8h or 2d')
    .option('--default <resolution>', 'escalate_manual: retry, skip or abort, when nobody decides')
    .action((job, action, options) => perform(recoverJob, job, action, options));
}

/** Commands beside those of jobs. */
export function addRecovery(program: Commander, perform: Perform): void {
  program
    .command('explain')
    .description('say why a job, and each of its nodes, does not go on')
    .argument('<job>')
    .option('--node <node>', 'only this node, whatever its state')
    .action((job, options) => perform(explain, job, options));
  addInterventions(
    program.command('interventions').description('decide about what waits for somebody'),
    perform,
  );
  const recoveries = program
    .command('recoveries')
    .description('look at what was done about failures');
  recoveries
    .command('ls')
    .description('list recoveries, newest first')
    .option('--job <job>', 'only of this job')
    .option('-s, --status <status>', 'only running, completed, failed or cancelled ones')
    .option('--action <action>', 'only of this action')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listRecoveries, options));
  recoveries
    .command('show')
    .description('show a recovery with its audit')
    .argument('<recovery>')
    .action((id) => perform(showRecovery, id));
  addBulk(program, perform);
}

function addInterventions(interventions: Commander, perform: Perform): void {
  interventions
    .command('ls')
    .description('list what waits for a decision, newest first')
    .option('-s, --state <state>', 'only these; may be repeated (default: open, assigned)', collect)
    .option('--all', 'those that were decided, too')
    .option('--job <job>', 'only about this job')
    .option('--assignee <who>', 'only those that somebody is to decide')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listInterventions, options));
  interventions
    .command('assign')
    .description('name who is to decide')
    .argument('<intervention>')
    .argument('[who]')
    .option('--nobody', 'give it back')
    .action((id, who, options) => perform(assignIntervention, id, who, options));
  interventions
    .command('resolve')
    .description('decide: the job goes on by that')
    .argument('<intervention>')
    .argument('<resolution>', 'retry, skip or abort')
    .option('--result <value>', `skip: the output of the node; ${VALUE}`)
    .option(...REASON)
    .action((id, resolution, options) => perform(resolveIntervention, id, resolution, options));
}

function addBulk(program: Commander, perform: Perform): void {
  program
    .command('bulk')
    .description('do one thing to all runs that match; says what it would do unless --yes')
    .argument('<action>', 'cancel, retry, pause, resume or reprioritise')
    .option('-s, --status <status>', 'only these; may be repeated', collect)
    .option('-t, --tag <tag>', 'only with this tag')
    .option('-n, --name <name>', 'only of this name; with * at its end, of names that begin so')
    .option('--type <type>', 'only of this job type')
    .option('--kind <kind>', 'job (unless told otherwise), phased, task or any')
    .option('--profile <profile>', 'only phased runs of this profile')
    .option('--waiting-for <what>', 'only what waits for a person, money or a phase')
    .option('--created-after <time>', 'only from this time on (RFC 3339)')
    .option('--created-before <time>', 'only before this time')
    .option('-m, --metadata <key=value>', 'only with this metadata; may be repeated', collect)
    .option('--priority <priority>', 'reprioritise: 1 (highest) to 10')
    .option(...REASON)
    .option('-y, --yes', 'do it')
    .action((action, options) => perform(bulk, action, options));
}
