import type { Command as Commander } from 'commander';
import { listBudgets, removeBudget, setBudget, showSpending } from './commands/budgets.ts';
import {
  listQuotas,
  removeQuota,
  setQuota,
  showOwnQuota,
  showQuotaUse,
} from './commands/quotas.ts';
import { changeMembers, createTeam, listTeams, removeTeam, showTeam } from './commands/teams.ts';
import { collect, type Perform } from './perform.ts';

const TEAM = 'its id, or its name';
const SHOWN = '100';

/** The commands about who shares what, and how much of it each may have. */
export function addTeamsAndLimits(program: Commander, perform: Perform): void {
  addTeams(program.command('teams').description('who shares what they own'), perform);
  addQuotas(program.command('quotas').description('how much each principal may have'), perform);
  addBudgets(
    program.command('budgets').description('what all runs of a task or a profile may cost'),
    perform,
  );
}

function addTeams(teams: Commander, perform: Perform): void {
  teams
    .command('ls')
    .description('list teams, newest first')
    .option('-l, --limit <count>', 'how many', SHOWN)
    .action((options) => perform(listTeams, options));
  teams
    .command('show')
    .description('show a team and its members')
    .argument('<team>', TEAM)
    .action((team) => perform(showTeam, team));
  teams
    .command('create')
    .description('make a team; its name is never given out again')
    .argument('<name>')
    .option('-m, --member <principal>', 'user:ana, agent:deployer; may be repeated', collect)
    .option('-d, --description <text>', 'what it is for')
    .action((name, options) => perform(createTeam, name, options));
  for (const [verb, description] of [
    ['add', 'let members reach what a team owns'],
    ['drop', 'let members reach it no more'],
  ] as const) {
    teams
      .command(verb)
      .description(description)
      .argument('<team>', TEAM)
      .argument('<members...>', 'user:ana, agent:deployer, ...')
      .action((team, members) => perform(changeMembers, team, members, verb));
  }
  teams
    .command('rm')
    .description('delete a team; what it owns stays, and nobody reaches it by the team')
    .argument('<team>', TEAM)
    .action((team) => perform(removeTeam, team));
}

function addQuotas(quotas: Commander, perform: Perform): void {
  quotas
    .command('ls')
    .description('list quotas by principal')
    .option('-l, --limit <count>', 'how many', SHOWN)
    .action((options) => perform(listQuotas, options));
  quotas
    .command('set')
    .description('set limits; those that are not named stay, and "none" takes one away')
    .argument('<principal>', 'user:ana, agent:deployer, team:qa; * is for who has none')
    .option('--runs-per-day <count>', 'runs submitted in a day of UTC')
    .option('--runs-at-once <count>', 'runs that are not over')
    .option('--storage <bytes>', 'artifacts of all runs')
    .option('--events-per-minute <count>', 'events published')
    .option('--usd-per-day <usd>', 'what models may cost in a day of UTC')
    .option('--usd-per-month <usd>', 'and in a month of UTC')
    .action((principal, options) => perform(setQuota, principal, options));
  quotas
    .command('rm')
    .description('delete a quota; that of * counts from then on')
    .argument('<principal>')
    .action((principal) => perform(removeQuota, principal));
  quotas
    .command('use')
    .description('say what somebody may have, and has')
    .argument('<principal>')
    .action((principal) => perform(showQuotaUse, principal));
  quotas
    .command('me')
    .description('say what this command line may have, and has')
    .action(() => perform(showOwnQuota));
}

function addBudgets(budgets: Commander, perform: Perform): void {
  const OF = 'task or profile';
  const WHICH = 'the id of the task, or the name of the profile';
  budgets
    .command('ls')
    .description('list budgets, newest first')
    .option('-l, --limit <count>', 'how many', SHOWN)
    .action((options) => perform(listBudgets, options));
  budgets
    .command('set')
    .description('set a budget, or change the limit of one')
    .argument('<scope>', OF)
    .argument('<subject>', WHICH)
    .argument('<usd>', 'the limit')
    .option('--warn-at <percent>', 'of the limit (default: 80)')
    .option('--then <what>', 'before the call that would cross it: pause, stop or degrade')
    .option('--degrade-to <model>', 'the cheaper model')
    .action((scope, subject, usd, options) => perform(setBudget, scope, subject, usd, options));
  budgets
    .command('rm')
    .description('delete a budget')
    .argument('<scope>', OF)
    .argument('<subject>', WHICH)
    .action((scope, subject) => perform(removeBudget, scope, subject));
  budgets
    .command('spent')
    .description('say what models have cost, the dearest first')
    .option('-d, --days <count>', 'of UTC, today too; up to 90', '30')
    .action((options) => perform(showSpending, options));
}
