import type { Command as Commander } from 'commander';
import { listCircuits, resetCircuit, showCircuit, tripCircuit } from './commands/circuits.ts';
import type { Perform } from './perform.ts';

/** The commands about circuit breakers. */
export function addCircuits(program: Commander, perform: Perform): void {
  const circuits = program.command('circuits').description('see, open and close circuit breakers');
  circuits
    .command('ls')
    .description('list circuits by their keys')
    .option('-s, --state <state>', 'only closed, open or half_open ones')
    .option('-k, --key <start>', 'only keys that begin so')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listCircuits, options));
  circuits
    .command('show')
    .description('show a circuit')
    .argument('<key>')
    .action((key) => perform(showCircuit, key));
  circuits
    .command('trip')
    .description('open a circuit by hand: what would call its target waits')
    .argument('<key>')
    .option('-f, --for <time>', 'for so long, such as 90s, 10m or 2h (default: 30s)')
    .option('-r, --reason <text>', 'why')
    .action((key, options) => perform(tripCircuit, key, options));
  circuits
    .command('reset')
    .description('close a circuit by hand')
    .argument('<key>')
    .option('-r, --reason <text>', 'why')
    .action((key, options) => perform(resetCircuit, key, options));
}
