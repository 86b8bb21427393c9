/** The part of the command line that is about gates, approvals and hygiene. */
import type { Command as Commander } from 'commander';
import { decide, delegate, listApprovals, showApproval } from './commands/approvals.ts';
import { showGates } from './commands/gates.ts';
import { hygiene } from './commands/hygiene.ts';
import { collect, type Perform } from './perform.ts';

const COMMENT = [
  '-c, --comment <text>',
  'why; it stands in the approval and in the audit',
] as const;
const WHICH = ['--approval <approval>', 'which one, where several wait for you'] as const;

/** What can be asked of one run. */
export function addRunGovernance(run: Commander, perform: Perform): void {
  run
    .command('gates')
    .description('show what the gates of its phases have found; exit 1 when one blocks')
    .argument('<run>')
    .action((id) => perform(showGates, id));
  run
    .command('approve')
    .description('agree to what a run asks')
    .argument('<run>')
    .option(...COMMENT)
    .option(...WHICH)
    .option('--budget <usd>', 'what the run may cost from now on')
    .action((id, options) => perform(decide('approve'), id, options));
  run
    .command('reject')
    .description('refuse what a run asks')
    .argument('<run>')
    .option(...COMMENT)
    .option(...WHICH)
    .action((id, options) => perform(decide('reject'), id, options));
  run
    .command('delegate')
    .description('pass your vote about a run on to somebody')
    .argument('<run>')
    .argument('<whom>', 'user:<subject> or agent:<name>')
    .option(...COMMENT)
    .option(...WHICH)
    .action((id, whom, options) => perform(delegate, id, whom, options));
}

/** Commands beside those of runs. */
export function addGovernance(program: Commander, perform: Perform): void {
  const approvals = program.command('approvals').description('see what waits for a vote');
  approvals
    .command('ls')
    .alias('list')
    .description('list what you may decide, and what is asked about your runs, newest first')
    .option('-s, --state <state>', 'only these; may be repeated (default: open)', collect)
    .option('--all', 'those that were decided, too')
    .option('--mine', 'only what waits for your vote')
    .option('--run <run>', 'only about this run')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listApprovals, options));
  approvals
    .command('show')
    .description('show an approval, with who has said what')
    .argument('<approval>')
    .action((id) => perform(showApproval, id));
  program
    .command('hygiene')
    .description('look through a folder for what should not be there; needs no server')
    .argument('[folder]', 'the folder', '.')
    .option('--min-score <score>', 'exit 1 below it: a number from 0 to 1')
    .action((folder, options) => perform(hygiene, folder, options));
}
