import type { Command as Commander } from 'commander';
import { createPolicy, listPolicies, removePolicy, showPolicy } from './commands/retry-policies.ts';
import type { Perform } from './perform.ts';

const POLICY = 'its id, or its name';

/** The commands about stored retry policies. */
export function addRetryPolicies(program: Commander, perform: Perform): void {
  const policies = program
    .command('retry-policies')
    .description('keep retry policies that jobs name');
  policies
    .command('ls')
    .description('list retry policies, newest first')
    .option('-n, --name <name>', 'only of this name')
    .option('-t, --job-type <type>', 'only those that name this type of jobs')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listPolicies, options));
  policies
    .command('show')
    .description('show a retry policy, and what came of it')
    .argument('<policy>', POLICY)
    .option('--versions', 'all of its versions, deleted or not')
    .action((policy, options) => perform(showPolicy, policy, options));
  policies
    .command('create')
    .description('make a retry policy')
    .argument('<file>', 'YAML or JSON; - reads standard input')
    .option('-n, --name <name>', 'its name (default: as the file says, or its name)')
    .option('--idempotency-key <key>', 'make it at most once under this key')
    .action((file, options) => perform(createPolicy, file, options));
  policies
    .command('rm')
    .description('delete a retry policy; what has used it stays as it is')
    .argument('<policy>', POLICY)
    .action((policy) => perform(removePolicy, policy));
}
