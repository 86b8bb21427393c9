import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import type { Command } from './command.ts';

/** A setting of the server as a flag; what it may be is said where the variable is read. */
export interface ServeFlag {
  readonly flag: string;
  readonly variable: string;
  readonly help: string;
}

/** Secrets are not among them: a command line can be read by everybody on the machine. */
export const SERVE_FLAGS: readonly ServeFlag[] = [
  { flag: '--port <port>', variable: 'PORT', help: 'port of the API (8420)' },
  { flag: '--host <address>', variable: 'HOST', help: 'address to listen on (127.0.0.1)' },
  { flag: '--data-dir <folder>', variable: 'TENUTO_DATA_DIR', help: 'data folder (./.tenuto)' },
  {
    flag: '--database-url <url>',
    variable: 'DATABASE_URL',
    help: 'PostgreSQL to use (unset: one that comes along, in the data folder)',
  },
  {
    flag: '--redis-url <url>',
    variable: 'REDIS_URL',
    help: 'Redis that carries events (unset: the database alone does)',
  },
  {
    flag: '--postgres-bin <folder>',
    variable: 'TENUTO_POSTGRES_BIN',
    help: 'programs of the PostgreSQL that comes along',
  },
  {
    flag: '--allow-commands <programs>',
    variable: 'TENUTO_ALLOW_COMMANDS',
    help: 'programs that jobs may start (none), separated by commas',
  },
  {
    flag: '--http-allow <hosts>',
    variable: 'TENUTO_HTTP_ALLOW',
    help: 'private hosts that jobs may reach by HTTP (none)',
  },
  {
    flag: '--max-concurrent-nodes <count>',
    variable: 'MAX_CONCURRENT_NODES',
    help: 'nodes of one job that run at once (10)',
  },
  {
    flag: '--capacity <count>',
    variable: 'TENUTO_CAPACITY',
    help: 'jobs that this server has in memory at most (500)',
  },
  {
    flag: '--slots <count>',
    variable: 'TENUTO_SLOTS',
    help: 'attempts that it makes at once (500)',
  },
  {
    flag: '--lease-ms <ms>',
    variable: 'TENUTO_LEASE_MS',
    help: 'after so long without a heartbeat others take its jobs over (10000)',
  },
  {
    flag: '--rate-limits <limits>',
    variable: 'TENUTO_RATE_LIMITS',
    help: 'requests a minute: submit=100,change=300,read=1000, or off',
  },
  {
    flag: '--allowed-origins <origins>',
    variable: 'ALLOWED_ORIGINS',
    help: 'web origins that may call the API (none)',
  },
  {
    flag: '--trusted-proxies <addresses>',
    variable: 'TRUSTED_PROXIES',
    help: 'proxies whose word on the user is taken (none)',
  },
  { flag: '--docs <on|off>', variable: 'TENUTO_DOCS', help: 'interactive documentation (on)' },
  { flag: '--log-level <level>', variable: 'LOG_LEVEL', help: 'how much is logged (info)' },
];

/** `tenuto serve`: runs a server until it is told to stop. Only here the server is loaded. */
export const serve: Command<[flags: Readonly<Record<string, string>>]> = async (
  { output },
  flags,
) => {
  const { loadSettings, SettingsError, startServer, stopOnSignals } = await import(
    '@tenuto/server'
  );
  try {
    const server = await startServer(loadSettings(variablesOf(flags)));
    const { url, adminToken: token } = server;
    output.event({ type: 'started', url, ...(token !== undefined && { admin_token: token }) });
    output.say(...startedLines(url, token));
    await stopOnSignals(server);
    output.event({ type: 'stopped' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(flagged(error.message));
    throw startFailure(error);
  }
};

function startedLines(url: string, token: string | undefined): readonly string[] {
  return [
    `Tenuto is at ${url}, its documentation at ${url}/docs. Ctrl-C stops it.`,
    ...(token === undefined
      ? []
      : ['', 'Administrator token, shown only this once:', `  export TENUTO_TOKEN=${token}`, '']),
  ];
}

/** Flags by the names of their variables, as the server takes them. */
function variablesOf(flags: Readonly<Record<string, string>>): Record<string, string> {
  const given = SERVE_FLAGS.flatMap(({ flag, variable }) => {
    const value = flags[optionName(flag)];
    return value === undefined ? [] : [[variable, value] as const];
  });
  return Object.fromEntries(given);
}

/** `dataDir` for `--data-dir <folder>`: how the command line's parser calls it. */
function optionName(flag: string): string {
  const name = flag.replace(/^--| .*$/g, '');
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Names the flag beside the variable that a message begins with. */
function flagged(message: string): string {
  const known = SERVE_FLAGS.find(({ variable }) => message.startsWith(`${variable} `));
  return known
    ? `${known.flag.replace(/ .*$/, '')} (${known.variable})${message.slice(known.variable.length)}`
    : message;
}

/** What keeps a server from starting is mostly the machine's state: said without further ado. */
function startFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new UsageError(
      'The port is taken; stop what listens there, or choose another with --port.',
    );
  }
  if (code === 'EACCES') {
    return new UsageError(`Not allowed: ${error.message}; choose another --port or --data-dir.`);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new UsageError('This machine has no such address; correct --host.');
  }
  return error;
}
