import type { Command as Commander } from 'commander';
import { listTaskRuns, showRunStats } from './commands/task-runs.ts';
import {
  backfillTask,
  cancelTask,
  createTask,
  listFirings,
  listTasks,
  pauseTask,
  previewTask,
  resumeTask,
  runTaskNow,
  showTask,
  snoozeTask,
} from './commands/tasks.ts';
import { collect, type Perform } from './perform.ts';

const TASK = 'its id';
const FILE = 'YAML or JSON; - reads standard input';

/** The commands about tasks. */
export function addTasks(program: Commander, perform: Perform): void {
  const tasks = program.command('tasks').description('what fires when, and what came of it');
  tasks
    .command('list')
    .alias('ls')
    .description('list tasks, newest first')
    .option('-s, --status <status>', 'active, paused, cancelled or completed')
    .option('-k, --kind <kind>', 'cron, rrule, once, event or condition')
    .option('-t, --title <title>', 'of this title; a * at its end stands for anything')
    .option('--failing', 'only those whose last run has failed')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listTasks, options));
  tasks
    .command('create')
    .description('make a task')
    .argument('[file]', FILE)
    .option('-f, --file <file>', FILE)
    .option('-t, --title <title>', 'its title (default: as the file says, or its name)')
    .option('--dry-run', 'check it and show when it would fire; nothing is made')
    .option('--idempotency-key <key>', 'make it at most once under this key')
    .action((file, options) => perform(createTask, file, options));
  addLooks(tasks, perform);
  addOperations(tasks, perform);
}

function addLooks(tasks: Commander, perform: Perform): void {
  tasks
    .command('show')
    .description('show a task')
    .argument('<task>', TASK)
    .action((task) => perform(showTask, task));
  tasks
    .command('preview')
    .description('show the next firings of a task')
    .argument('<task>', TASK)
    .option('-c, --count <count>', 'how many', '10')
    .option('--from <time>', 'from then on (RFC 3339)')
    .action((task, options) => perform(previewTask, task, options));
  tasks
    .command('firings')
    .description('list what came of each firing, newest first')
    .argument('<task>', TASK)
    .option('-o, --outcome <outcome>', 'fired, coalesced, skipped or queued')
    .option('-l, --limit <count>', 'how many', '20')
    .action((task, options) => perform(listFirings, task, options));
  tasks
    .command('runs')
    .description('list the runs of a task, newest first')
    .argument('<task>', TASK)
    .option('-l, --limit <count>', 'how many', '20')
    .action((task, options) => perform(listTaskRuns, task, options));
  tasks
    .command('stats')
    .description('count the runs of a task, or all runs there are: rates, times, days')
    .argument('[task]', TASK)
    .option('-d, --days <count>', 'the last days', '30')
    .action((task, options) => perform(showRunStats, task, options));
}

function addOperations(tasks: Commander, perform: Perform): void {
  tasks
    .command('run-now')
    .description('make a run now, whether the task is paused or not')
    .argument('<task>', TASK)
    .option('-p, --param <key=value>', 'a parameter; may be repeated', collect)
    .action((task, options) => perform(runTaskNow, task, options));
  tasks
    .command('snooze')
    .description('move the next firing by some seconds')
    .argument('<task>', TASK)
    .argument('<seconds>', '1 to 604800')
    .option('-r, --reason <text>', 'why')
    .action((task, seconds, options) => perform(snoozeTask, task, seconds, options));
  tasks
    .command('pause')
    .description('let a task fire no more until it is resumed')
    .argument('<task>', TASK)
    .option('-r, --reason <text>', 'why')
    .action((task, options) => perform(pauseTask, task, options));
  tasks
    .command('resume')
    .description('let a paused task go on')
    .argument('<task>', TASK)
    .option('--catch-up', 'make up for what it missed, as its misfire policy says')
    .action((task, options) => perform(resumeTask, task, options));
  tasks
    .command('cancel')
    .description('end a task for good; runs that go on go on')
    .argument('<task>', TASK)
    .option('-r, --reason <text>', 'why')
    .action((task, options) => perform(cancelTask, task, options));
  tasks
    .command('backfill')
    .description('make the runs that a task would have made in a past range')
    .argument('<task>', TASK)
    .requiredOption('--from <time>', 'RFC 3339')
    .requiredOption('--to <time>', 'RFC 3339, not in the future')
    .option('--dry-run', 'only say what would be made')
    .action((task, options) => perform(backfillTask, task, options));
}
