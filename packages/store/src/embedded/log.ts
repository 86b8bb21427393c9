import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What this package logs to; a pino logger is one. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};

/** Enough to name the cause of a failed start. */
const LINES_KEPT = 20;

/**
 * PostgreSQL's severities that are not a matter of course. ERROR is what a client was told, so it
 * is the client's to report; LOG is chatter.
 */
const LEVELS: Readonly<Record<string, keyof Logger>> = {
  WARNING: 'warn',
  FATAL: 'warn',
  PANIC: 'error',
};

export interface ServerLog {
  /** Takes up a stream line by line until it ends. */
  follow(stream: Readable): void;
  /** The newest complaints, oldest first, to say why a server did not start. */
  complaints(): string;
}

/** Passes what PostgreSQL writes to stderr on to `logger`, each line at a level that fits it. */
export function createServerLog(logger: Logger): ServerLog {
  const kept: string[] = [];
  return {
    follow(stream) {
      const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
      lines.on('line', (line) => {
        const severity = /^([A-Z]+\d?):\s/.exec(line)?.[1] ?? '';
        logger[LEVELS[severity] ?? 'debug']({ source: 'postgres' }, line);
        if (severity === 'LOG') return;
        kept.push(line);
        if (kept.length > LINES_KEPT) kept.shift();
      });
    },
    complaints: () => kept.join(' / '),
  };
}
