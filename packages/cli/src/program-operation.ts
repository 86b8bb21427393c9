import type { Command as Commander } from 'commander';
import { listEngines } from './commands/engines.ts';
import { listSettings } from './commands/settings.ts';
import type { Perform } from './perform.ts';

/** The commands about the servers themselves. */
export function addOperation(program: Commander, perform: Perform): void {
  const engines = program.command('engines').description('see the engines that own runs');
  engines
    .command('list')
    .alias('ls')
    .description('list the engines of the database, the last one that started first')
    .option('-s, --state <state>', 'only live, silent, lost or stopped ones')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listEngines, options));
  const settings = program.command('settings').description('see how the server was set up');
  settings
    .command('list')
    .alias('ls')
    .description('list the settings of the server, and where each comes from')
    .option('-c, --changed', 'only those that are not at their default')
    .action((options) => perform(listSettings, options));
}
