import type { Clock } from '@tenuto/engine';

/**
 * Which programs may be started: none, any, or those of a list. A bare name in the list allows the
 * program that the server's PATH finds under it; an absolute path allows exactly that file. The
 * list limits the programs, not what their arguments make them do: do not list a shell.
 */
export type AllowedCommands = 'none' | 'any' | readonly string[];

export interface CommandOptions {
  /** What `TENUTO_ALLOW_COMMANDS` says. */
  readonly allow: AllowedCommands;
  /** Working folders must lie in it, symbolic links resolved. Without it any existing folder does. */
  readonly root?: string | undefined;
  /** The server's environment: PATH for looking up programs, and what {@link envAllow} names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Variables that commands inherit; nothing else of the server's environment reaches them. */
  readonly envAllow?: readonly string[] | undefined;
  /** Milliseconds that processes get which a command left behind with its output still open. */
  readonly defaultGraceMs?: number | undefined;
  readonly clock: Clock;
}

export const DEFAULT_ENV_ALLOW = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const;

/** Long enough for a last line to be written, short enough not to hold a slot for a daemon. */
export const DEFAULT_GRACE_MS = 2_000;

export const COMMAND_LIMITS = {
  /** Bytes kept of each stream unless `max_output_bytes` says otherwise. */
  outputBytes: 256 * 1024,
  /** Most that may be asked for: two streams and `json` must fit into one attempt's output. */
  outputMaxBytes: 2 * 1024 * 1024,
  /** A longer line goes to the log in pieces, so that a line without end is not kept in memory. */
  logLineChars: 64 * 1024,
  /** Last lines of the standard error that a failure quotes, and their characters altogether. */
  quotedLines: 5,
  quotedChars: 1_000,
  /** After a kill that cannot be refused, how long the pipes may take to close. */
  pipeCloseMs: 1_000,
} as const;
