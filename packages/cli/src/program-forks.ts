import type { Command as Commander } from 'commander';
import { bundleRun, runBundle, verifyBundle } from './commands/bundles.ts';
import { compareRuns, type ForkOptions, forkRun } from './commands/forks.ts';
import { collect, type Perform } from './perform.ts';

/** What is done with runs that there are: `tenuto run fork`, `compare`, `bundle`. */
export function addRunForks(run: Commander, perform: Perform): void {
  run
    .command('fork')
    .description('make a run that begins with what another one has done')
    .argument('<run>')
    .option('-f, --from <node>', 'run this node and what comes of it again (default: all)')
    .option('-p, --param <key=value>', 'another value of a parameter; may be repeated', collect)
    .option('-n, --name <name>', 'name of the fork')
    .option(
      '-c, --changes <file>',
      'YAML or JSON: params, nodes, budget and the rest; - reads stdin',
    )
    .option('-w, --watch', 'stay until it is over, and end as it does')
    .option('--idempotency-key <key>', 'make it at most once under this key')
    // What `tenuto run FILE` takes, too, is read as an option of that.
    .action((id, _options, command: Commander) =>
      perform(forkRun, id, command.optsWithGlobals<ForkOptions>()),
    );
  run
    .command('compare')
    .description('say what two to four runs differ in')
    .argument('<run...>')
    .option('-a, --all', 'with the nodes that are the same')
    .option('-l, --limit <count>', 'how many nodes', '50')
    .action((ids, options) => perform(compareRuns, ids, options));
  run
    .command('bundle')
    .description('write all that is known of a run into one file, a page that opens anywhere')
    .argument('<run>')
    .option('-o, --output <file>', 'where to (default: run-<id>.html); - writes to stdout')
    .option('--data', 'data in place of a page')
    .option('--artifacts', 'with the small texts among its artifacts')
    .action((id, options) => perform(bundleRun, id, options));
}

/** What is done with bundles: `tenuto bundle verify`, `run`. */
export function addBundles(program: Commander, perform: Perform): void {
  const bundle = program.command('bundle').description('look at the bundle of a run, and run it');
  const file = 'as `tenuto run bundle` has written it; - reads standard input';
  bundle
    .command('verify')
    .description('say whether a bundle is what it was when it was made')
    .argument('<file>', file)
    .option('--server', 'ask the server whether its audit says the same')
    .action((path, options) => perform(verifyBundle, path, options));
  bundle
    .command('run')
    .description('submit the plan and the inputs of a bundle as a job')
    .argument('<file>', file)
    .option('-p, --param <key=value>', 'another value of a parameter; may be repeated', collect)
    .option('-n, --name <name>', 'name of the job')
    .option('-w, --watch', 'stay until it is over, and end as it does')
    .option('--force', 'also when it is not what its hash says')
    .option('--idempotency-key <key>', 'submit at most once under this key')
    .action((path, options) => perform(runBundle, path, options));
}
