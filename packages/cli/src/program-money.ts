import type { Command as Commander } from 'commander';
import { addPrice, listPrices, removePrice, setPrice } from './commands/prices.ts';
import { raiseBudget, showMetrics } from './commands/run-money.ts';
import type { Perform } from './perform.ts';

/** The commands about prices, and about what runs cost. */
export function addMoney(program: Commander, perform: Perform): void {
  addPrices(program.command('prices').description('what tokens of models cost'), perform);
  const run =
    program.commands.find((command) => command.name() === 'run') ?? program.command('run');
  run
    .command('metrics')
    .description('show what a run has cost, by phase and agent, and what came of it')
    .argument('<run>')
    .action((runId) => perform(showMetrics, runId));
  run
    .command('budget')
    .description('raise the budget of a run; what waits for money goes on')
    .argument('<run>')
    .argument('<usd>', 'the new limit')
    .option('--phase <phase>', 'the budget of this phase, not of the run')
    .option('-r, --reason <text>', 'why')
    .action((runId, usd, options) => perform(raiseBudget, runId, usd, options));
}

function addPrices(prices: Commander, perform: Perform): void {
  prices
    .command('ls')
    .description('list prices by pattern, in USD for a million tokens')
    .option('-m, --model <model>', 'only what this model matches, the one in force first')
    .option('--own', 'without those that come with Tenuto')
    .option('-l, --limit <count>', 'how many', '100')
    .action((options) => perform(listPrices, options));
  const rates = (command: Commander) =>
    command
      .requiredOption('--input <usd>', 'for a million tokens of input')
      .requiredOption('--output <usd>', 'for a million tokens of output')
      .option('--cached <usd>', 'for those of the input that were cached (default: as input)')
      .option(
        '--reasoning <usd>',
        'for those of the output that were reasoning (default: as output)',
      )
      .option('--from <time>', 'in force from then on, RFC 3339')
      .option('--to <time>', 'up to then, RFC 3339');
  rates(prices.command('add').description('add a price'))
    .argument('<model>', 'provider/model; * stands for any characters')
    .action((model, options) => perform(addPrice, model, options));
  rates(prices.command('set').description('replace a price; what it has priced stays'))
    .argument('<id>')
    .action((id, options) => perform(setPrice, id, options));
  prices
    .command('rm')
    .description('delete a price; what it has priced stays')
    .argument('<id>')
    .action((id) => perform(removePrice, id));
}
