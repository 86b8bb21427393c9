import type { Command as Commander } from 'commander';
import {
  addCredential,
  createAgent,
  listAgents,
  removeAgent,
  revokeCredential,
  setStatus,
  showAgent,
  whoAmI,
} from './commands/agents.ts';
import { exportAudit, listAudit, verifyAudit } from './commands/audit.ts';
import { createToken, listTokens, revokeToken } from './commands/tokens.ts';
import { collect, type Perform } from './perform.ts';

const AGENT = 'its id, or its name';

/** The commands about agents, tokens and the audit. */
export function addPrincipals(program: Commander, perform: Perform): void {
  const agents = program.command('agents').description('who may call the API besides people');
  addAgents(agents, perform);
  addCredentials(agents, perform);
  addTokens(program.command('tokens').description('API tokens'), perform);
  addAudit(program.command('audit').description('what was changed by whom'), perform);
}

function addAgents(agents: Commander, perform: Perform): void {
  agents
    .command('ls')
    .description('list agents, newest first')
    .option('-n, --name <start>', 'only names that begin so')
    .option('-s, --scope <scope>', 'only with this scope')
    .option('--status <status>', 'active or disabled')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listAgents, options));
  agents
    .command('show')
    .description('show an agent and its credentials')
    .argument('<agent>', AGENT)
    .action((agent) => perform(showAgent, agent));
  agents
    .command('create')
    .description('make an agent')
    .argument('<name>')
    .option('-s, --scope <scope>', 'what it may; may be repeated', collect)
    .option('-d, --description <text>', 'what it is for')
    .option('--webhook <address>', 'where it wants to be told of things')
    .action((name, options) => perform(createAgent, name, options));
  for (const [verb, status] of [
    ['enable', 'active'],
    ['disable', 'disabled'],
  ] as const) {
    agents
      .command(verb)
      .description(status === 'active' ? 'let an agent in again' : 'let an agent in nowhere')
      .argument('<agent>', AGENT)
      .action((agent) => perform(setStatus, agent, status));
  }
  agents
    .command('rm')
    .description('delete an agent and all that leads to it')
    .argument('<agent>', AGENT)
    .action((agent) => perform(removeAgent, agent));
  agents
    .command('me')
    .description('say who this command line is, and what it may')
    .action(() => perform(whoAmI));
}

function addCredentials(agents: Commander, perform: Perform): void {
  agents
    .command('add-credential')
    .description('make a client id and a secret, shown once')
    .argument('<agent>', AGENT)
    .option('-n, --name <name>', 'to know it again by')
    .option('-s, --scope <scope>', 'at most this; may be repeated', collect)
    .option('-e, --expires <time>', 'when it ends: RFC 3339')
    .action((agent, options) => perform(addCredential, agent, options));
  agents
    .command('revoke-credential')
    .description('revoke a credential and the tokens that came of it')
    .argument('<agent>', AGENT)
    .argument('<credential>', 'its id')
    .action((agent, credential) => perform(revokeCredential, agent, credential));
}

function addTokens(tokens: Commander, perform: Perform): void {
  tokens
    .command('ls')
    .description('list API tokens that are good, newest first')
    .option('-a, --agent <agent>', 'only those of this agent')
    .option('--all', 'revoked and expired ones, too')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listTokens, options));
  tokens
    .command('create')
    .description('make an API token, shown once: for yourself, or for an agent')
    .argument('<name>')
    .option('-a, --agent <agent>', 'the agent it is for')
    .option('-s, --scope <scope>', 'at most this; may be repeated', collect)
    .option('-e, --expires <time>', 'when it ends: RFC 3339')
    .action((name, options) => perform(createToken, name, options));
  tokens
    .command('revoke')
    .description('revoke an API token')
    .argument('<token>', 'its id')
    .action((token) => perform(revokeToken, token));
}

function addAudit(audit: Commander, perform: Perform): void {
  const filtered = (command: Commander) =>
    command
      .option('--actor <name>', 'only by this principal')
      .option('--action <action>', 'only this, such as agent.created')
      .option('--subject <id>', 'only about this')
      .option('--from <time>', 'from this time on: RFC 3339')
      .option('--to <time>', 'before this time: RFC 3339');
  filtered(audit.command('list').alias('ls').description('list changes, newest first'))
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listAudit, options));
  filtered(audit.command('export').description('write changes to standard output, oldest first'))
    .option('-f, --format <format>', 'ndjson or csv', 'ndjson')
    .action((options) => perform(exportAudit, options));
  audit
    .command('verify')
    .description('look whether all of it is as it was sealed')
    .option('-k, --known <head>', 'the head that an earlier verdict told')
    .action((options) => perform(verifyAudit, options));
}
