import { Command as Commander } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { doctor } from './commands/doctor.ts';
import { followRun } from './commands/follow.ts';
import { health } from './commands/health.ts';
import {
  cancelJob,
  getJob,
  listAttempts,
  listHistory,
  listJobs,
  listNodes,
  watchJob,
} from './commands/jobs.ts';
import { showLogs } from './commands/logs.ts';
import { showNeeds } from './commands/needs.ts';
import { run } from './commands/run.ts';
import { SERVE_FLAGS, serve } from './commands/serve.ts';
import { deleteEntry, getEntry, listEntries, putEntries } from './commands/test-catalogue.ts';
import { listTests, quarantineTest, rerunFailed, showHistory } from './commands/tests.ts';
import { validate } from './commands/validate.ts';
import { EXIT_CODE_HELP } from './exit-code.ts';
import { addNotifications } from './notifications-program.ts';
import { collect, type Perform } from './perform.ts';
import { addArtifacts } from './program-artifacts.ts';
import { addCircuits } from './program-circuits.ts';
import { addEvents, addWebhooks } from './program-events.ts';
import { addBundles, addRunForks } from './program-forks.ts';
import { addGovernance, addRunGovernance } from './program-governance.ts';
import { addMoney } from './program-money.ts';
import { addOperation } from './program-operation.ts';
import { addPhased } from './program-phased.ts';
import { addPrincipals } from './program-principals.ts';
import { addJobControl, addRecovery, REASON } from './program-recovery.ts';
import { addResources } from './program-resources.ts';
import { addRetryPolicies } from './program-retry-policies.ts';
import { addTasks } from './program-tasks.ts';
import { addTeamsAndLimits } from './program-teams.ts';

const FILE = 'YAML or JSON: a job, or just its nodes; - reads standard input';

/** The command line: every command, argument and option there is. */
export function buildProgram(perform: Perform): Commander {
  const program = new Commander('tenuto')
    .description('Runs durable jobs. Commands talk to a server; `tenuto serve` is one.')
    .version(manifest.version)
    .option('--url <address>', 'the server (default: TENUTO_URL, or http://127.0.0.1:8420)')
    .option('--token <token>', 'API token (default: TENUTO_TOKEN, or what a local server left)')
    .option('--json', 'machine output: one JSON document on stdout, one a line for streams')
    .option('--no-color', 'no colours')
    .option('--verbose', 'show where an error arose')
    .showHelpAfterError('(--help shows what is possible)')
    .addHelpText('after', EXIT_CODE_HELP);
  addServe(program, perform);
  addWork(program, perform);
  const jobs = program.command('jobs').description('look at jobs and ask things of them');
  addJobs(jobs, perform);
  addJobControl(jobs, perform);
  addRecovery(program, perform);
  addGovernance(program, perform);
  addRetryPolicies(program, perform);
  addTasks(program, perform);
  addBundles(program, perform);
  addCircuits(program, perform);
  addOperation(program, perform);
  addArtifacts(program, perform);
  addEvents(program, perform);
  addWebhooks(program, perform);
  addResources(program, perform);
  const tests = program.command('tests').description('look at tests, quarantine and rerun them');
  addTests(tests, perform);
  addCatalogue(tests.command('catalogue').description('suites and cases by their ids'), perform);
  const notifications = program.command('notifications').description('who is told of what');
  addNotifications(notifications, perform);
  addPrincipals(program, perform);
  addMoney(program, perform);
  addTeamsAndLimits(program, perform);
  addStanding(program, perform);
  return program;
}

/** How the server is, what it needs, and what is in its store. */
function addStanding(program: Commander, perform: Perform): void {
  program
    .command('health')
    .description('say how the server is')
    .action(() => perform(health));
  program
    .command('needs')
    .description('say what waits for you, and how to answer it')
    .option('-a, --all', 'what waits for others, too')
    .action((options) => perform(showNeeds, options));
  program
    .command('doctor')
    .description('check what must be true of the store, and repair what is not')
    .option('--repair', 'mend what can be mended')
    .option('--dry-run', 'with --repair: only say what would be')
    .option('--deep', 'look at many more runs, which takes a while')
    .option('-c, --check <name>', 'only this check; may be repeated', collect)
    .action((options) => perform(doctor, options));
}

function addServe(program: Commander, perform: Perform): void {
  const command = program
    .command('serve')
    .description('run a server; each flag is also an environment variable')
    .action((flags) => perform(serve, flags));
  for (const { flag, variable, help } of SERVE_FLAGS) {
    command.option(flag, `${help} [${variable}]`);
  }
}

function addWork(program: Commander, perform: Perform): void {
  const one = program.command('run');
  addPhased(program, one, perform);
  addRunGovernance(one, perform);
  one
    .command('follow')
    .description('show what happens to a run, from its beginning to its end')
    .argument('<run>')
    .option('-a, --after <number>', 'go on behind the entry of this number')
    .option('--no-logs', 'without what nodes write')
    .action((runId, options) => perform(followRun, runId, options));
  addRunForks(one, perform);
  one
    .description('submit a job')
    .argument('<file>', FILE)
    .option('-w, --watch', 'stay until it is over, and end as it does')
    .option('-p, --param <key=value>', 'a parameter; may be repeated', collect)
    .option('-n, --name <name>', 'name of the job (default: as the file says, or its name)')
    .option('--idempotency-key <key>', 'submit at most once under this key')
    .action((file, options) => perform(run, file, options));
  program
    .command('validate')
    .description('check a job without running it')
    .argument('<file>', FILE)
    .option('-p, --param <key=value>', 'a parameter; may be repeated', collect)
    .action((file, options) => perform(validate, file, options));
}

function addJobs(jobs: Commander, perform: Perform): void {
  jobs
    .command('ls')
    .description('list jobs, newest first')
    .option('-s, --status <status>', 'only these; may be repeated', collect)
    .option('-t, --tag <tag>', 'only with this tag')
    .option('-n, --name <name>', 'only of this name')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listJobs, options));
  jobs
    .command('get')
    .description('show a job')
    .argument('<job>')
    .action((job) => perform(getJob, job));
  jobs
    .command('nodes')
    .description("list a job's nodes")
    .argument('<job>')
    .option('-s, --status <status>', 'only these; may be repeated', collect)
    .action((job, options) => perform(listNodes, job, options));
  jobs
    .command('watch')
    .description('watch a job until it is over, and end as it does')
    .argument('<job>')
    .action((job) => perform(watchJob, job));
  jobs
    .command('logs')
    .description('show what a node, or each node, wrote')
    .argument('<job>')
    .argument('[node]')
    .option('--times', 'with the time of each line')
    .action((job, node, options) => perform(showLogs, job, node, options));
  jobs
    .command('attempts')
    .description('list the attempts of a node, or of all, with what was undone')
    .argument('<job>')
    .argument('[node]')
    .action((job, node) => perform(listAttempts, job, node));
  jobs
    .command('history')
    .description("list the changes of a job's status")
    .argument('<job>')
    .action((job) => perform(listHistory, job));
  jobs
    .command('cancel')
    .description('cancel a job')
    .argument('<job>')
    .option('--immediate', 'do not wait for running nodes to end in their grace time')
    .option(...REASON)
    .action((job, options) => perform(cancelJob, job, options));
}

function addTests(tests: Commander, perform: Perform): void {
  tests
    .command('ls')
    .description('list tests, the flakiest first')
    .option('--suite <suite>', 'only of this suite')
    .option('-n, --name <name>', 'only of this name; with * at its end, of names that begin so')
    .option('--owner <owner>', 'only those that this person or team is in charge of')
    .option('-s, --status <status>', 'only with this last result; may be repeated', collect)
    .option('--flaky', 'only flaky ones')
    .option('--quarantined', 'only those in quarantine')
    .option('--sort <order>', 'flake_score, duration or last_failure', 'flake_score')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listTests, options));
  tests
    .command('history')
    .description('list the results of a test, newest first')
    .argument('<test>', 'its id, or its name as `tests ls` and test runs print it')
    .option('-l, --limit <count>', 'how many', '20')
    .action((test, options) => perform(showHistory, test, options));
  tests
    .command('quarantine')
    .description('let failures of a test fail no node, or end that')
    .argument('<test>', 'its id, or its name as `tests ls` and test runs print it')
    .option('-r, --reason <reason>', 'why')
    .option('--until <time>', 'until when: RFC 3339, or days such as 14d (default: for good)')
    .option('--end', 'take it out of quarantine')
    .action((test, options) => perform(quarantineTest, test, options));
  tests
    .command('rerun')
    .description('submit a job of the tests that failed in a job')
    .argument('<job>')
    .option('-w, --watch', 'stay until it is over, and end as it does')
    .option('--idempotency-key <key>', 'submit at most once under this key')
    .action((job, options) => perform(rerunFailed, job, options));
}

function addCatalogue(catalogue: Commander, perform: Perform): void {
  catalogue
    .command('ls')
    .description('list the catalogue, by id')
    .option('--kind <kind>', 'suite or case')
    .option('--suite <suite>', 'only the cases of this suite')
    .option('--owner <owner>', 'only those that this person or team is in charge of')
    .option('-l, --limit <count>', 'how many', '100')
    .action((options) => perform(listEntries, options));
  catalogue
    .command('get')
    .description('show an entry')
    .argument('<id>')
    .action((id) => perform(getEntry, id));
  catalogue
    .command('put')
    .description('register suites and cases, or replace them')
    .argument('<file>', 'YAML or JSON: an entry with its id, or a list of them; - reads stdin')
    .action((file) => perform(putEntries, file));
  catalogue
    .command('rm')
    .description('delete an entry')
    .argument('<id>')
    .action((id) => perform(deleteEntry, id));
}
