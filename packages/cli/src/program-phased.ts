import type { Command as Commander } from 'commander';
import {
  changeRun,
  cloneRun,
  listRuns,
  nextPhase,
  rollBackRun,
  showRun,
  startRun,
} from './commands/phased-runs.ts';
import {
  createProfile,
  deleteProfile,
  listProfiles,
  showProfile,
  updateProfile,
  validateProfile,
} from './commands/profiles.ts';
import { collect, type Perform } from './perform.ts';
import { REASON } from './program-recovery.ts';

const FILE = 'YAML or JSON; - reads standard input';

/** The commands about profiles, and those of `run` that are about runs of profiles. */
export function addPhased(program: Commander, run: Commander, perform: Perform): void {
  addProfiles(program, perform);
  addStarting(run, perform);
  addGoingOn(run, perform);
}

function addProfiles(program: Commander, perform: Perform): void {
  const profiles = program.command('profiles').description('look at profiles and keep your own');
  profiles
    .command('list')
    .alias('ls')
    .description('list profiles: those that ship, then your own, newest first')
    .option('-l, --limit <count>', 'how many', '50')
    .action((options) => perform(listProfiles, options));
  profiles
    .command('show')
    .description('show a profile')
    .argument('<name>')
    .option('--versions', 'all of its versions')
    .option('--at <version>', 'an earlier version')
    .action((name, options) => perform(showProfile, name, options));
  profiles
    .command('validate')
    .description('say all that is wrong with a profile, without storing it')
    .argument('<file|name>', 'a file (YAML or JSON; - reads stdin), or a profile that is there')
    .option('--plan', 'show the nodes that it becomes, level by level')
    .action((what, options) => perform(validateProfile, what, options));
  profiles
    .command('create')
    .description('make a profile of your own')
    .argument('<file>', FILE)
    .option('-n, --name <name>', 'its name (default: as the file says, or its name)')
    .action((file, options) => perform(createProfile, file, options));
  profiles
    .command('update')
    .description('make a new version of a profile')
    .argument('<file>', FILE)
    .option('-n, --name <name>', 'its name (default: as the file says, or its name)')
    .action((file, options) => perform(updateProfile, file, options));
  profiles
    .command('delete')
    .alias('rm')
    .description('delete a profile; runs of it stay as they are')
    .argument('<name>')
    .action((name) => perform(deleteProfile, name));
}

function addStarting(run: Commander, perform: Perform): void {
  run
    .command('start')
    .description('make a run of a profile')
    .argument('<profile>')
    .option('-i, --intake <file>', `what the profile asks for, ${FILE}`)
    .option('-s, --set <key=value>', 'a field of the intake; may be repeated', collect)
    .option('-p, --param <key=value>', 'a parameter; may be repeated', collect)
    .option('-n, --name <name>', 'name of the project')
    .option('--auto', 'go from phase to phase without being told')
    .option('--no-auto', 'wait for `run next` before each phase, whatever the profile says')
    .option('-b, --budget <usd>', 'what it may cost at most')
    .option('--at <version>', 'an earlier version of the profile')
    .option('--idempotency-key <key>', 'make it at most once under this key')
    .action((profile, options) => perform(startRun, profile, options));
  run
    .command('list')
    .alias('ls')
    .description('list runs of profiles, newest first')
    .option('--profile <name>', 'only of this profile')
    .option('-s, --status <status>', 'only these; may be repeated', collect)
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listRuns, options));
  run
    .command('show')
    .description('show a run with its phases')
    .argument('<run>')
    .action((runId) => perform(showRun, runId));
  run
    .command('clone')
    .description('make the same run again, or from one of its phases on')
    .argument('<run>')
    .option('--from <phase>', 'the first phase that is executed again')
    .option('-n, --name <name>', 'name of the project')
    .option('--idempotency-key <key>', 'make it at most once under this key')
    .action((runId, options) => perform(cloneRun, runId, options));
}

function addGoingOn(run: Commander, perform: Perform): void {
  run
    .command('next')
    .description('execute the current phase, and wait for its end')
    .argument('<run>')
    .option('--all', 'and the phases behind it, until the run is over or something blocks it')
    .option('--skip-validation', 'leave out gates that do not block (scope runs:override)')
    .option('--no-wait', 'only begin')
    .action((runId, options) => perform(nextPhase, runId, options));
  run
    .command('rollback')
    .description('take a run back to where one of its phases began')
    .argument('<run>')
    .argument('<phase>')
    .option(...REASON)
    .action((runId, phase, options) => perform(rollBackRun, runId, phase, options));
  for (const [deed, about] of [
    ['pause', 'let nothing more of a run start'],
    ['resume', 'let a paused run go on'],
    ['cancel', 'cancel a run'],
  ] as const) {
    run
      .command(deed)
      .description(about)
      .argument('<run>')
      .option(...REASON)
      .action((runId, options) => perform(changeRun(deed), runId, options));
  }
}
