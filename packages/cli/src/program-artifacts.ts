import type { Command as Commander } from 'commander';
import { getArtifacts, listArtifacts, zipArtifacts } from './commands/artifacts.ts';
import type { Perform } from './perform.ts';

/** The commands about files that runs have left. */
export function addArtifacts(program: Commander, perform: Perform): void {
  const artifacts = program.command('artifacts').description('list and download what runs leave');
  filtered(artifacts.command('list').alias('ls'))
    .description('list the files that a run has left')
    .argument('<run-id>')
    .option('-l, --limit <count>', 'how many', '1000')
    .action((runId, options) => perform(listArtifacts, runId, options));
  artifacts
    .command('get')
    .description('download files into a folder, under their paths')
    .argument('<run-id>')
    .argument('<what...>', 'ids or patterns of paths, such as artifacts/qa/** in quotes')
    .option('-o, --output <folder>', 'where to', '.')
    .option('--force', 'replace files that are there')
    .action((runId, what, options) => perform(getArtifacts, runId, what, options));
  filtered(artifacts.command('zip'))
    .description('download the files of a run as one zip file')
    .argument('<run-id>')
    .option('-o, --output <file>', 'where to (run-<id>.zip)')
    .option('--force', 'replace a file that is there')
    .action((runId, options) => perform(zipArtifacts, runId, options));
}

function filtered(command: Commander): Commander {
  return command
    .option('--phase <phase>', 'only of this phase; - for those of none')
    .option('--type <type>', 'only of this type: code, doc, report, ...')
    .option('--path <pattern>', 'only paths that match: *, ** and ? are wildcards')
    .option('--generation <number>', 'as they stood in this generation of the run');
}
