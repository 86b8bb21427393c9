import type { Command as Commander } from 'commander';
import {
  addServer,
  callServerTool,
  checkServer,
  deleteServer,
  listServers,
  listTools,
} from './commands/mcp.ts';
import { deleteSecret, listSecrets, setSecret } from './commands/secrets.ts';
import {
  listTemplates,
  putTemplate,
  removeTemplate,
  runTemplate,
  showTemplate,
} from './commands/templates.ts';
import { collect, type Perform } from './perform.ts';

/** The commands about what jobs name: secrets, MCP servers and templates. */
export function addResources(program: Commander, perform: Perform): void {
  addSecrets(program, perform);
  addMcp(program, perform);
  addTemplates(program, perform);
}

function addSecrets(program: Commander, perform: Perform): void {
  const secrets = program.command('secrets').description('keep secrets that jobs name');
  secrets
    .command('set')
    .description('set a secret; its value is read from stdin, or asked for')
    .argument('<name>', 'as jobs name it: ${secrets.NAME}')
    .option('--host <host>', 'send it to this host only; may be repeated', collect)
    .option('-d, --description <text>', 'what it is for')
    .action((name, options) => perform(setSecret, name, options));
  secrets
    .command('list')
    .alias('ls')
    .description('list secrets, without their values')
    .option('-l, --limit <count>', 'how many', '100')
    .action((options) => perform(listSecrets, options));
  secrets
    .command('delete')
    .alias('rm')
    .description('delete a secret; jobs that name it fail where they would use it')
    .argument('<name>')
    .action((name) => perform(deleteSecret, name));
}

function addMcp(program: Commander, perform: Perform): void {
  const mcp = program.command('mcp').description('use tools of MCP servers in jobs');
  mcp
    .command('add')
    .description('register an MCP server: --http, or its program behind --')
    .argument('<name>', 'its tools are the actions <name>.<tool>')
    .argument('[command...]', 'the program and its arguments')
    .option('--http <address>', 'of a server over HTTP')
    .option('-H, --header <name:value>', 'sent to it; may be repeated', collect)
    .option('-e, --env <name=value>', 'a variable of its process; may be repeated', collect)
    .option('-t, --tool <tool>', 'allow only this tool; * at its end; may be repeated', collect)
    .option('-d, --description <text>', 'what it is for')
    .action((name, command, options) => perform(addServer, name, command, options));
  mcp
    .command('list')
    .alias('ls')
    .description('list MCP servers, newest first')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listServers, options));
  mcp
    .command('tools')
    .description('list the tools of a server')
    .argument('<name>')
    .action((name) => perform(listTools, name));
  mcp
    .command('check')
    .description('try whether a server can be spoken with')
    .argument('<name>')
    .action((name) => perform(checkServer, name));
  mcp
    .command('call')
    .description('call a tool, as a job of one node, and wait for its answer')
    .argument('<name>')
    .argument('<tool>')
    .option('-a, --arg <key=value>', 'an argument; may be repeated', collect)
    .option('--arguments <json>', 'all arguments, as a JSON object')
    .action((name, tool, { arguments: json, ...options }) =>
      perform(callServerTool, name, tool, { ...options, json }),
    );
  mcp
    .command('delete')
    .alias('rm')
    .description('delete the registration of a server')
    .argument('<name>')
    .action((name) => perform(deleteServer, name));
}

function addTemplates(program: Commander, perform: Perform): void {
  const templates = program.command('templates').description('keep templates of jobs');
  templates
    .command('ls')
    .alias('list')
    .description('list templates, newest first')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listTemplates, options));
  templates
    .command('show')
    .description('show a template')
    .argument('<name>')
    .option('--versions', 'all of its versions')
    .option('--at <version>', 'an earlier version')
    .action((name, options) => perform(showTemplate, name, options));
  templates
    .command('put')
    .description('make a template, or a new version of it')
    .argument('<file>', 'YAML or JSON; - reads standard input')
    .option('-n, --name <name>', 'its name (default: as the file says, or its name)')
    .action((file, options) => perform(putTemplate, file, options));
  templates
    .command('run')
    .description('submit a job that is made from a template')
    .argument('<name>')
    .option('-p, --param <key=value>', 'a parameter; may be repeated', collect)
    .option('-n, --name <name>', 'name of the job (default: that of the template)')
    .option('--at <version>', 'an earlier version')
    .option('-w, --watch', 'stay until it is over, and end as it does')
    .option('--dry-run', 'only say what the job would be')
    .option('--idempotency-key <key>', 'submit at most once under this key')
    .action((name, options) => perform(runTemplate, name, options));
  templates
    .command('rm')
    .alias('delete')
    .description('delete a template; runs that were made from it stay as they are')
    .argument('<name>')
    .action((name) => perform(removeTemplate, name));
}
